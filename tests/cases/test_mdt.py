"""A clinician reads what a live `mdt_share` consent names, for its time, and nothing else."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cases.models.casework import Case
from cases.models.codes import TEAM_ITEMS
from cases.models.consents import Disclosure
from cases.models.team import CaseMember
from cases.models.work import Contact
from cases.services.consents import consent_withdraw
from cases.services.disclosures import disclosure_read
from cases.services.mdt import mdt_renew, mdt_share, mdt_unshare, share_told
from cases.services.members import case_member_end
from cases.services.secrecy import case_raise_secrecy
from departments.models.mechanisms import Notification
from departments.models.queues import Outbox
from departments.services.desk import notices
from departments.services.entering import house_scope
from msw_portal.kernel.scope import scope
from tests.cases.pages import make_file, queries, text_of
from tests.factories.cases import make_mdt_consent, make_need, make_template

pytestmark = pytest.mark.django_db
ITEMS = ["name", "needs", "goals"]


@pytest.fixture
def file(worker, head, acting):
    file = make_file(worker, head, acting)
    with acting(worker):
        file.mdt = make_mdt_consent(file.case, worker, [*ITEMS, "risk"])
    return file


def _until(days: int = 7) -> dt.date:
    return timezone.localdate() + dt.timedelta(days=days)


def _share(file, worker, clinician, **given):
    values = {"items": ITEMS, "until": _until(), **given}
    return mdt_share(case=file.case, clinician=clinician, by=worker, **values)


def test_the_clinician_reads_what_is_named_and_no_more(file, worker, clinician, acting):
    with acting(worker):
        share = _share(file, worker, clinician)
        assert sorted(share.fields) == sorted(ITEMS)
    with acting(clinician):
        assert not Case.objects.exists()
        assert not Contact.objects.exists()
        seen = Disclosure.objects.visible_to(clinician).get()
        payload = disclosure_read(disclosure=seen, by=clinician)
        assert sorted(payload) == sorted(ITEMS)
        assert payload["name"] == file.client.name
        assert payload["needs"] == "经济困难 / 医疗费用"
        assert file.goal.statement in payload["goals"]


def _nobody_reads(clinician, acting):
    with acting(clinician):
        assert not Disclosure.objects.visible_to(clinician).exists()
        assert not Disclosure.objects.exists()  # the first wall


def test_a_withdrawal_empties_it_in_the_same_transaction(file, worker, clinician, acting):
    with acting(worker):
        share = _share(file, worker, clinician)
        consent_withdraw(consent=file.mdt, reason="本人不愿意", withdrawn_by="self", by=worker)
        share.refresh_from_db()
        assert (share.payload, share.withdrawn_at is not None) == (None, True)
    _nobody_reads(clinician, acting)


def test_taking_back_leaving_the_team_and_level_5_end_it(file, worker, clinician, acting, refuses):
    with acting(worker):
        share = _share(file, worker, clinician)
        mdt_unshare(disclosure=share, case=file.case, by=worker)
        share.refresh_from_db()
        with refuses("mdt.is_over", status=409):
            mdt_unshare(disclosure=share, case=file.case, by=worker)
    _nobody_reads(clinician, acting)
    with acting(worker):
        _share(file, worker, clinician)
        member = CaseMember.objects.get(case=file.case, user=clinician)
        case_member_end(member=member, by=worker)
    _nobody_reads(clinician, acting)
    with acting(worker):
        _share(file, worker, clinician)
        sealed = case_raise_secrecy(
            case=file.case, named=[], reason="涉及家庭暴力，需要严格保密", by=worker
        )
    _nobody_reads(clinician, acting)
    with acting(worker), refuses("mdt.not_at_level5", status=409):
        mdt_share(case=sealed, clinician=clinician, items=ITEMS, until=_until(), by=worker)


def test_its_time_is_over_for_both_walls(file, worker, clinician, acting):
    with acting(worker):
        share = _share(file, worker, clinician)
        Disclosure.objects.filter(pk=share.pk).update(
            expires_at=timezone.now() - dt.timedelta(days=1)
        )
    _nobody_reads(clinician, acting)


def test_another_of_the_house_sees_no_share_by_either_wall(
    file, worker, clinician, volunteer, sysadmin, other_worker, acting
):
    with acting(worker):
        _share(file, worker, clinician)
    for stranger in (volunteer, sysadmin, other_worker):
        with acting(stranger):
            assert not Disclosure.objects.visible_to(stranger).exists()
            assert not Disclosure.objects.exists(), stranger.username


def test_sharing_again_replaces(file, worker, clinician, acting):
    with acting(worker):
        _share(file, worker, clinician)
        _share(file, worker, clinician, items=["risk"])
        assert CaseMember.objects.filter(case=file.case, user=clinician).count() == 1
    with acting(clinician):
        assert Disclosure.objects.visible_to(clinician).get().fields == ["risk"]


@pytest.mark.parametrize(
    ("given", "rule", "field"),
    [
        ({"items": ["name", "diagnosis"]}, "mdt.item_not_consented", "items"),
        ({"items": []}, "mdt.item_not_consented", "items"),
        ({"until": timezone.localdate() - dt.timedelta(days=1)}, "mdt.until", "until"),
        ({"until": timezone.localdate() + dt.timedelta(days=181)}, "mdt.until", "until"),
    ],
)
def test_what_is_not_a_share(file, worker, clinician, acting, refuses, given, rule, field):
    with acting(worker), refuses(rule, field):
        _share(file, worker, clinician, **given)


def test_who_shares_with_whom(file, worker, worker2, head, clinician, acting, refuses):
    with acting(worker), refuses("mdt.not_a_clinician", "clinician"):
        _share(file, worker, worker2)
    with acting(head), refuses("permission.can_share_mdt", status=403):
        _share(file, head, clinician)


def test_without_a_consent_and_after_its_own_day(worker, head, clinician, acting, refuses):
    file = make_file(worker, head, acting)
    with acting(worker):
        with refuses("mdt.needs_consent", "items"):
            _share(file, worker, clinician)
        make_mdt_consent(file.case, worker, ITEMS, valid_to=_until(3))
        with refuses("mdt.after_consent", "until"):
            _share(file, worker, clinician)
        assert _share(file, worker, clinician, until=_until(3)).fields == sorted(ITEMS)


def test_the_clinician_hears_of_it(file, worker, clinician, acting):
    with acting(worker):
        share = _share(file, worker, clinician)
        sent = Outbox.objects.get(topic="mdt.shared")
    with house_scope(sent.organization_id, care=True):
        share_told(house=sent.organization_id, uid=sent.subject_uid, **sent.payload)
    with acting(clinician):
        assert Notification.objects.get().kind == "mdt.shared"
        assert [one.url for one in notices(clinician)] == [
            reverse("cases:shared_case", args=[share.uid])
        ]


def test_in_the_browser(file, worker, worker2, clinician, other_head, client_for, acting):
    page, address = client_for(worker), reverse("cases:mdt_share", args=[file.case.uid])
    assert "可以看到的内容" in text_of(page.get(address))
    bad = page.post(address, {"clinician": str(clinician.uid), "until": _until().isoformat()})
    assert bad.status_code == 422
    sent = {"clinician": str(clinician.uid), "items": ITEMS, "until": _until().isoformat()}
    assert client_for(other_head).post(address, sent).status_code == 404
    team = reverse("cases:team", args=[file.case.uid])
    assert page.post(address, sent)["Location"] == team
    assert "测试clinician" in text_of(page.get(team))
    reader = client_for(clinician)
    assert "需求类别" in text_of(reader.get(reverse("cases:shared")))
    with acting(worker):
        share = Disclosure.objects.get(level="mdt")
    summary = reverse("cases:shared_case", args=[share.uid])
    assert file.client.name in text_of(reader.get(summary))
    for stranger in (worker, worker2, other_head):
        assert client_for(stranger).get(summary).status_code == 404
    for name in ("case", "print_case", "whole_course"):
        answer = reader.get(reverse(f"cases:{name}", args=[file.case.uid]))
        assert answer.status_code == 404, name
    end = reverse("cases:mdt_unshare", args=[file.case.uid])
    assert page.post(end, {"share": "x"}).status_code == 404
    assert page.post(end, {"share": str(share.uid)})["Location"] == team
    assert reader.get(summary).status_code == 404
    assert "现在没有共享给您的个案" in text_of(reader.get(reverse("cases:shared")))


def test_the_list_keeps_its_queries(file, worker, head, clinician, client_for, acting):
    reader, counts = client_for(clinician), []
    with acting(worker):
        _share(file, worker, clinician)
    counts.append(_queries(reader))
    for _n in range(2):
        other = make_file(worker, head, acting)
        with acting(worker):
            make_mdt_consent(other.case, worker, ITEMS)
            _share(other, worker, clinician)
    counts.append(_queries(reader))
    assert counts[0] == counts[1]


def _queries(reader) -> int:
    with CaptureQueriesContext(connection) as seen:
        assert reader.get(reverse("cases:shared")).status_code == 200
    return len(seen)


def test_without_a_scope_there_is_nothing(file, worker, clinician, acting):
    with acting(worker):
        _share(file, worker, clinician)
    with scope():
        assert not Disclosure.objects.exists()


def test_one_click_brings_a_share_up_to_date(
    file, worker, clinician, other_head, client_for, acting
):
    team, address = (
        reverse(f"cases:{name}", args=[file.case.uid]) for name in ("team", "mdt_renew")
    )
    with acting(worker):
        share = _share(file, worker, clinician)
    page = client_for(worker)
    assert address not in page.get(team).content.decode()
    with acting(worker):
        make_need(file.case, worker, category="emotional")
    shown = page.get(team)
    assert "个案此后有变化" in text_of(shown)
    assert address in shown.content.decode()
    assert client_for(other_head).post(address, {"share": str(share.uid)}).status_code == 404
    assert page.post(address, {"share": "x"}).status_code == 404
    assert page.post(address, {"share": str(share.uid)})["Location"] == team
    assert "个案此后有变化" not in text_of(page.get(team))
    with acting(clinician):
        seen = Disclosure.objects.visible_to(clinician).get()
        assert (seen.version, seen.fields) == (share.version + 1, share.fields)
        assert timezone.localdate(seen.expires_at) == _until()
        said = disclosure_read(disclosure=seen, by=clinician)["needs"]
        assert said.startswith("经济困难 / 医疗费用；")
    assert "内容截至" in text_of(
        client_for(clinician).get(reverse("cases:shared_case", args=[seen.uid]))
    )


def test_a_share_that_ended_or_lost_its_consent_is_not_renewed(
    file, worker, clinician, acting, refuses
):
    with acting(worker):
        share = _share(file, worker, clinician)
        mdt_unshare(disclosure=share, case=file.case, by=worker)
        with refuses("mdt.is_over", status=409):
            mdt_renew(disclosure=share, case=file.case, by=worker)


def test_a_narrower_consent_ends_what_goes_beyond_it(file, worker, clinician, acting):
    with acting(worker):
        share = _share(file, worker, clinician)
        make_mdt_consent(file.case, worker, ["name", "needs"])
        share.refresh_from_db()
        assert (share.payload, share.withdrawn_at is None) == (None, False)
        kept = _share(file, worker, clinician, items=["needs"])
        make_mdt_consent(file.case, worker, ["needs", "goals"])
        kept.refresh_from_db()
        assert kept.withdrawn_at is None


def test_the_text_names_what_the_form_offers(file, worker, client_for, acting):
    with acting(worker):
        text = make_template(worker, "mdt_share")
    assert text.items == [one.value for one in TEAM_ITEMS]
    listed = "、".join(str(one.label) for one in TEAM_ITEMS)
    assert f"可以选的有：{listed}。" in text.text
    new = reverse("cases:consent_new", args=[file.case.uid])
    form = client_for(worker).get(f"{new}?template={text.uid}").context["form"]
    assert [code for code, _label in form.fields["items"].choices] == text.items


def test_nothing_is_shared_that_was_not_ticked(file, worker, acting, refuses):
    with acting(worker), refuses("consent.needs_items", "items"):
        make_mdt_consent(file.case, worker, [])


def test_a_changed_case_takes_no_more_statements_to_tell(
    file, worker, clinician, client_for, acting
):
    with acting(worker):
        _share(file, worker, clinician)
    page, team = client_for(worker), reverse("cases:team", args=[file.case.uid])
    page.get(team)
    one = queries(page, team)
    with acting(worker):
        make_need(file.case, worker, category="emotional")
    assert queries(page, team) == one
