"""A share consent signed anew: requests go on under it, and the foundation reads no more than it covers."""

from cases.models.codes import ShareItem
from cases.models.consents import Disclosure
from donations.models.requests import FundingRequest
from donations.services import holds
from donations.services.copies import NEEDED
from tests.factories import cases
from tests.factories.donations import as_person, make_approved, make_submitted

ENOUGH = [*NEEDED, ShareItem.DOCUMENTS]


def _sign_anew(people, money, asked, items):
    with as_person(people.worker) as by:
        return cases.make_consent(
            asked.case,
            by,
            "share_to_org",
            recipient=money.version.organization,
            signer="演示母",
            signer_relation="mother",
            items=[str(item) for item in items],
        )


def _read(people, request):
    with as_person(people.officer) as by:
        row = FundingRequest.objects.get(pk=request.pk)
        copies = Disclosure.objects.visible_to(by)
        return row, copies.get(pk=row.review_disclosure_id)


def test_signed_anew_with_the_same_items_the_request_can_tell_who_it_is(people, money):
    asked = make_approved(people, money)
    anew = _sign_anew(people, money, asked, asked.consent.items)
    row, copy = _read(people, asked.request)
    assert (row.consent_id, row.on_hold_at, copy.version) == (anew.pk, None, 1)
    with as_person(people.worker) as by:
        assert holds.identity_disclose(request=row, by=by).consent_id == anew.pk


def test_signed_anew_with_less_the_review_copy_loses_it_and_the_name_is_taken_back(people, money):
    asked = make_approved(people, money)
    with as_person(people.worker) as by:
        told = holds.identity_disclose(request=asked.request, by=by)
    anew = _sign_anew(people, money, asked, ENOUGH)
    row, copy = _read(people, asked.request)
    assert (row.consent_id, row.identity_disclosure_id, copy.version) == (anew.pk, None, 2)
    assert set(copy.fields) <= set(ENOUGH)
    with as_person(people.worker):
        told.refresh_from_db()
        assert told.withdrawn_at is not None
        assert told.payload is None


def test_signed_anew_for_too_little_the_request_stops(people, money):
    asked = make_submitted(people, money)
    _sign_anew(people, money, asked, [ShareItem.AGE_BAND])
    with as_person(people.worker):
        row = FundingRequest.objects.get(pk=asked.request.pk)
        assert row.on_hold_at is not None
        assert row.review_disclosure.payload is None
