"""Given for one purpose, superseded, withdrawn with everything that hangs on it."""

import datetime as dt
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from cases.consent_texts import TEMPLATES
from cases.models.codes import ConsentKind
from cases.models.consents import Consent, ConsentTemplate
from cases.services.consent_notices import consent_note_notice
from cases.services.consent_publishing import consent_templates_install
from cases.services.consents import (
    consent_give,
    consent_withdraw,
    guardian_asked,
)
from cases.signals import consent_withdrawn
from departments.audit import history
from departments.models.mechanisms import Task, Transition
from tests.factories.cases import make_case, make_client, make_consent, make_guardian, make_template

pytestmark = pytest.mark.django_db


def years_ago(years: int, days: int = 0) -> dt.date:
    """The day `years` years and `days` days ago; never 29 February."""
    today = timezone.localdate()
    return today.replace(year=today.year - years, day=min(today.day, 28)) - dt.timedelta(days=days)


def test_the_shipped_texts_hold_what_the_law_asks_for(worker, acting):
    with acting(worker):
        added = consent_templates_install(organization_id=worker.house_id, by=worker)
        assert {row.kind for row in added} == set(ConsentKind.values)
        assert consent_templates_install(organization_id=worker.house_id, by=worker) == []
        house = worker.acting.organization_name
    # PIPL 17: who and how to reach them, why, how, what, how long, the rights; PIPL 30: why it is
    # necessary, what it does to the person; PIPL 15, 16: taking back, and no service lost.
    asked = ["谁处理您的信息、怎样联系", "为了什么", "怎样处理", "处理哪些信息", "保存多久"]
    asked += ["为什么必要", "对您的影响", "您可以不同意", "您的权利、怎样行使", "怎样撤回"]
    for row in added:
        assert [heading for heading in asked if f"、{heading}。" not in row.text] == []
        assert house in row.text
        assert bytes(row.text_hash) == ConsentTemplate.hash_of(row.text)
    shares = next(row for row in added if row.kind == ConsentKind.SHARE_TO_ORG)
    assert "、提供给谁。" in shares.text  # PIPL 23


def test_a_published_text_never_changes(worker, acting, rows):
    with acting(worker):
        template = make_template(worker)
        with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
            rows("UPDATE cases_consenttemplate SET text = 'x' WHERE id = %s", template.pk)


def test_a_changed_text_is_a_new_version(worker, acting):
    with acting(worker):
        old = ConsentTemplate(
            organization_id=worker.house_id,
            kind="service",
            version=1,
            title="旧",
            text="旧文",
            text_hash=ConsentTemplate.hash_of("旧文"),
            published_at=timezone.now(),
        )
        old.save(force_insert=True)
        assert make_template(worker).version == 2


def test_an_upgrade_publishes_the_new_text_and_leaves_the_signed_one_alone(worker, acting, rows):
    """A house installed before the team's text named its items; a text of the house's own stays in use."""
    with acting(worker):
        for kind, by in ((ConsentKind.MDT_SHARE, None), (ConsentKind.RECORDING, worker)):
            ConsentTemplate(
                organization_id=worker.house_id,
                kind=kind,
                title="旧",
                text="旧文",
                text_hash=ConsentTemplate.hash_of("旧文"),
                published_at=timezone.now(),
                created_by=by,
            ).save(force_insert=True)
        case = make_case(worker)
        old = ConsentTemplate.objects.get(
            organization_id=worker.house_id, kind=ConsentKind.MDT_SHARE
        )
        signed = consent_give(
            client=case.client,
            case=case,
            kind=old.kind,
            template=old,
            purpose="讨论出院安排",
            items=["need_summary"],
            signer="演示甲",
            signer_relation="self",
            method="paper_scan",
            signed_at=timezone.now(),
            by=worker,
        )
    call_command("publish_texts", stdout=StringIO())
    with acting(worker):
        mine = ConsentTemplate.objects.filter(organization_id=worker.house_id)
        in_use = {row.kind: row for row in mine.in_use()}
        assert (in_use[old.kind].version, in_use[old.kind].items != []) == (2, True)
        assert in_use[ConsentKind.RECORDING].text == "旧文"
        signed.refresh_from_db()
        assert (signed.template, bytes(signed.text_hash)) == (old, ConsentTemplate.hash_of("旧文"))


def test_consent_give_keeps_the_hash_of_the_signed_text(worker, acting):
    with acting(worker):
        case = make_case(worker)
        consent = make_consent(case, worker)
        said = TEMPLATES[0].text_for(worker.acting.organization_name)
        assert bytes(consent.text_hash) == ConsentTemplate.hash_of(said)
        assert (consent.state, consent.is_live, consent.signer) == ("given", True, "演示甲")
        assert [row.step for row in Transition.objects.of(consent)] == ["give"]
        [event] = history(consent)
        assert event.action == "consent.give"
        assert "演示甲" not in event.body


@pytest.mark.parametrize(
    ("given", "rule", "field"),
    [
        ({"purpose": " "}, "consent.needs_purpose", "purpose"),
        ({"signer": ""}, "consent.needs_signer", "signer"),
        ({"signer_relation": "friend"}, "consent.relation_unknown", "signer_relation"),
        ({"method": "telepathy"}, "consent.method_unknown", "method"),
        ({"method": "oral_witness"}, "consent.oral_needs_witness", "witness"),
        ({"items": ["name"]}, None, None),
        ({"kind": "share_to_org"}, "consent.template_of_another_kind", "template"),
    ],
)
def test_consent_give_says_what_is_wrong_at_its_field(given, rule, field, worker, acting, refuses):
    with acting(worker):
        case = make_case(worker)
        values = {
            "client": case.client,
            "case": case,
            "kind": "service",
            "template": make_template(worker),
            "purpose": "服务",
            "signer": "演示甲",
            "signer_relation": "self",
            "method": "paper_scan",
            "signed_at": timezone.now(),
            "by": worker,
            **given,
        }
        if rule is None:
            assert consent_give(**values).items == given["items"]
            return
        with refuses(rule, field):
            consent_give(**values)
        assert not Consent.objects.exists()


def test_consent_give_refuses_times_out_of_order(worker, acting, refuses):
    now = timezone.now()
    with acting(worker):
        case = make_case(worker)
        with refuses("consent.signed_in_future", "signed_at"):
            make_consent(case, worker, signed_at=now + dt.timedelta(hours=1))
        with refuses("consent.valid_in_order", "valid_to"):
            make_consent(case, worker, valid_to=timezone.localdate() - dt.timedelta(days=1))
        with refuses("consent.signed_before_birth", "signed_at"):
            make_consent(case, worker, signed_at=dt.datetime(1970, 1, 1, tzinfo=dt.UTC))


def test_sharing_names_one_recipient_outside_the_house_and_the_items(
    worker, hospital, foundation, acting, refuses
):
    with acting(worker):
        case = make_case(worker)
        kind = ConsentKind.SHARE_TO_ORG
        with refuses("consent_share_names_recipient", "recipient"):
            make_consent(case, worker, kind)
        with refuses("consent.recipient_is_own_house", "recipient"):
            make_consent(case, worker, kind, recipient=hospital)
        with refuses("consent.needs_items", "items"):
            make_consent(case, worker, kind, recipient=foundation, items=[])
        with refuses("consent.item_not_in_text", "items"):
            make_consent(case, worker, kind, recipient=foundation, items=["bank_balance"])
        consent = make_consent(case, worker, kind, recipient=foundation, items=["name", "costs"])
        assert (consent.recipient, consent.items) == (foundation, ["name", "costs"])
        with refuses("consent_share_names_recipient", "recipient"):
            make_consent(case, worker, recipient=foundation)


def test_the_database_refuses_sharing_without_recipient(worker, acting, rows):
    with acting(worker):
        consent = make_consent(make_case(worker), worker)
        with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
            rows("UPDATE cases_consent SET kind = 'share_to_org' WHERE id = %s", consent.pk)
        with (
            pytest.raises(IntegrityError, match="consent_share_names_recipient"),
            transaction.atomic(),
        ):
            Consent(
                organization_id=worker.house_id,
                client=consent.client,
                kind="share_to_org",
                template=consent.template,
                text_hash=consent.text_hash,
                purpose="x",
                signer="x",
                signer_relation="self",
                method="paper_scan",
                signed_at=timezone.now(),
            ).save()


def test_below_14_a_registered_guardian_signs(worker, acting, refuses):
    with acting(worker):
        child = make_client(worker, name="演示童", birth_date=years_ago(9))
        case = make_case(worker, client=child)
        with refuses("consent_minor_has_guardian", "signer_relation"):
            make_consent(case, worker)
        with refuses("consent.no_guardian_known", "signer"):
            make_consent(case, worker, signer="演示母", signer_relation="mother")
        make_guardian(child, worker, name="演示 母")
        with refuses("consent.signer_is_no_guardian", "signer"):
            make_consent(case, worker, signer="邻居", signer_relation="other")
        by_mother = {"signer": "演示母", "signer_relation": "mother"}
        with refuses("consent.needs_guardian_proof", "guardian_proof"):
            make_consent(case, worker, **by_mother, guardian_proof="")
        consent = make_consent(case, worker, **by_mother, guardian_proof="birth_certificate")
        assert (consent.is_live, consent.guardian_proof) == (True, "birth_certificate")


@pytest.mark.parametrize(
    ("born", "needed"), [((14, 0), False), ((14, -1), True), ((13, 300), True), ((40, 0), False)]
)
def test_the_age_is_counted_on_the_day_of_signing(born, needed, worker, acting):
    with acting(worker):
        person = make_client(worker, birth_date=years_ago(born[0], born[1]))
        assert bool(guardian_asked(person, make_template(worker), years_ago(0))) is needed


def test_the_guardian_text_is_never_signed_by_the_person(worker, acting, refuses):
    with acting(worker):
        case = make_case(worker)
        with refuses("consent_minor_has_guardian", "signer_relation"):
            make_consent(case, worker, ConsentKind.MINOR_GUARDIAN)


def test_the_database_itself_refuses_a_child_that_signs(worker, acting, rows):
    """Service and page are left out: the deferred trigger speaks at the end of the transaction."""
    with acting(worker), transaction.atomic():
        child = make_client(worker, birth_date=years_ago(9))
        template = make_template(worker)
        Consent(
            organization_id=worker.house_id,
            client=child,
            kind="service",
            template=template,
            purpose="x",
            text_hash=template.text_hash,
            signer="x",
            signer_relation="self",
            method="paper_scan",
            signed_at=timezone.now(),
        ).save()
        with pytest.raises(IntegrityError, match="guardian"), transaction.atomic():
            rows("SET CONSTRAINTS ALL IMMEDIATE")
        transaction.set_rollback(True)


def test_in_an_emergency_the_notice_follows(worker, acting, refuses):
    with acting(worker):
        child = make_client(worker, birth_date=years_ago(9))
        case = make_case(worker, client=child)
        unsigned = {"legal_basis": "vital_interest", "method": "not_asked"}
        with refuses("consent.basis_needs_reason", "basis_reason"):
            make_consent(case, worker, **unsigned, basis_reason="急")
        with refuses("consent_signed_unless_other_basis", "method"):
            make_consent(case, worker, method="not_asked")
        reason = "昏迷入院，须先联系救助站"
        consent = make_consent(case, worker, **unsigned, basis_reason=reason)
        assert consent.notice_due_at - consent.signed_at == dt.timedelta(hours=72)
        task = Task.objects.get(kind="consent_notice", subject_id=case.pk)
        assert (task.due_at, task.assignee) == (consent.notice_due_at, worker)
        with refuses("consent.notice.needs_reason", "told"):
            consent_note_notice(consent=consent, told="说了", by=worker)
        told = "当天下午床旁当面告知本人"
        consent = consent_note_notice(consent=consent, told=told, by=worker)
        assert consent.notice_given_at is not None
        said = {one.step: one.reason for one in Transition.objects.of(consent)}
        assert said == {"give": reason, "notice": told}
        task.refresh_from_db()
        assert task.state == "done"
        with refuses("consent.no_notice_due"):
            consent_note_notice(consent=consent, told=told, by=worker)


def test_a_new_consent_of_the_same_matter_supersedes_the_old(worker, acting):
    with acting(worker):
        case = make_case(worker)
        old, new = make_consent(case, worker), make_consent(case, worker)
        old.refresh_from_db()
        assert (old.state, old.superseded_by, new.state) == ("superseded", new, "given")
        assert list(Consent.objects.live()) == [new]


def test_a_consent_runs_out(worker, acting):
    with acting(worker):
        case = make_case(worker)
        given = {
            "signed_at": timezone.now() - dt.timedelta(days=5),
            "valid_to": timezone.localdate() - dt.timedelta(days=1),
        }
        consent = make_consent(case, worker, **given)
        assert consent.state == "expired"
        assert not Consent.objects.live().exists()


def test_consent_give_for_another_persons_case_is_refused(worker, acting, refuses):
    with acting(worker):
        case, other = make_case(worker), make_client(worker)
        with refuses("consent.case_of_another", "case"):
            consent_give(
                client=other,
                case=case,
                kind="service",
                template=make_template(worker),
                purpose="x",
                signer="x",
                signer_relation="self",
                method="paper_scan",
                signed_at=timezone.now(),
                by=worker,
            )


def test_consent_give_on_a_foreign_case_is_refused(worker, worker2, acting, refuses):
    with acting(worker):
        case = make_case(worker)
    with acting(worker2), refuses("permission.can_give_consent", status=403):
        make_consent(case, worker2)


def test_consent_withdraw_once_with_who_and_why(worker, acting, refuses):
    heard = []

    def listen(sender, consent, by, **kwargs):
        heard.append((consent.pk, by))

    consent_withdrawn.connect(listen)
    try:
        with acting(worker):
            case = make_case(worker)
            consent = make_consent(case, worker)
            with refuses("consent.withdraw.needs_reason", "reason"):
                consent_withdraw(consent=consent, reason=" ", withdrawn_by="self", by=worker)
            with refuses("consent.relation_unknown", "withdrawn_by"):
                consent_withdraw(consent=consent, reason="改变主意", withdrawn_by="", by=worker)
            consent = consent_withdraw(
                consent=consent, reason="改变主意", withdrawn_by="self", by=worker
            )
            assert (consent.state, consent.withdrawn_by) == ("withdrawn", "self")
            assert heard == [(consent.pk, worker)]
            assert Task.objects.get(kind="consent_withdrawn").assignee == worker
            with refuses("consent.withdraw.wrong_state", status=409):
                consent_withdraw(consent=consent, reason="再来一次", withdrawn_by="self", by=worker)
    finally:
        consent_withdrawn.disconnect(listen)


def test_a_signed_consent_stays_as_signed(worker, acting, rows):
    with acting(worker):
        consent = make_consent(make_case(worker), worker)
        for change in (
            "purpose = 'x'",
            "items = '{x}'",
            "signed_at = now()",
            "valid_to = now()",
            "recipient_id = 1",
        ):
            with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
                rows(f"UPDATE cases_consent SET {change} WHERE id = %s", consent.pk)
        with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
            rows("DELETE FROM cases_consent WHERE id = %s", consent.pk)


def test_a_withdrawal_is_not_taken_back(worker, acting, rows):
    with acting(worker):
        consent = make_consent(make_case(worker), worker)
        consent_withdraw(consent=consent, reason="改变主意", withdrawn_by="self", by=worker)
        with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
            rows(
                "UPDATE cases_consent SET withdrawn_at = null, withdrawn_by = '' WHERE id = %s",
                consent.pk,
            )
