"""Two records become one person and two again: everything follows, and nothing is rewritten."""

import datetime as dt

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from cases.models.casework import Case
from cases.models.consents import Consent
from cases.models.duplicates import DuplicatePair
from cases.models.people import Client, Episode
from cases.services.access_report import report_of
from cases.services.clients import client_amend, client_search
from cases.services.duplicates import duplicate_report
from cases.services.households import household_link
from cases.services.intake import case_open
from cases.services.members import case_member_add
from cases.services.merged_facts import facts_of, merges_forget
from cases.services.merging import clients_merge, clients_unmerge
from cases.services.minding import care_flag_raise, live_flags
from cases.services.people import index_client
from cases.services.person_copy import sections_of
from cases.services.proving import postings_prove, roots_prove
from cases.services.secrecy import case_raise_secrecy
from cases.views.households import family_of
from cases.views.person_course import entries_of
from departments.audit import history
from msw_portal.kernel.identifiers import id_check_digit
from tests.cases.pages import text_of
from tests.factories import cases as make

pytestmark = pytest.mark.django_db
SAID = "苏醒后说出姓名"
BACK = "同名的另一个人来住院了"


def card(born="19800501", order="002"):
    head = f"110101{born}{order}"
    return head + id_check_digit(head)


def paired(one, other, by):
    """The pair of two records, reported by a colleague."""
    if not other.episodes.exists():
        make.make_episode(other, by, mrn=f"P{other.pk}")
    return duplicate_report(client=one, who=other.episodes.first().mrn, note=SAID, by=by)


def known(by, **given):
    """A record that the search finds."""
    client = make.make_client(by, **given)
    index_client(client)
    return client


@pytest.fixture
def lives(worker, acting):
    """Two records of one person, each with stays, a case with contacts and consent, a relative, a flag, a family."""
    with acting(worker):
        old = known(
            worker,
            name="演示丽华",
            phone="13800138000",
            household={"marital": "married", "welfare_status": "ordinary"},
        )
        new = known(
            worker,
            name="演示莉华",
            id_type="id",
            id_no=card(),
            phone="13900139000",
            household={"welfare_status": "subsistence"},
        )
        for n, one in enumerate((old, new), start=1):
            stay = make.make_episode(one, worker, mrn=f"M{n}", admitted_on=dt.date(2026, n, 1))
            case = make.make_case(worker, client=one, stage="intervention", episode=stay)
            make.make_contact(case, worker)
            make.make_consent(case, worker)
            make.make_guardian(one, worker)
            care_flag_raise(
                client=one, kind="safety", text=f"提示{n}", since=timezone.localdate(), by=worker
            )
            kin = known(worker, name=f"欧阳演{n}")
            make.make_episode(kin, worker, mrn=f"K{n}")
            household_link(client=one, who=f"K{n}", relation="sibling", by=worker)
        for one in Client.objects.all():
            index_client(one)
        return old, new, paired(old, new, worker)


VOLATILE = {"row_version", "updated_at"}
LEFT_OUT = {"AuditEntry", "AuditLink", "Transition", "DuplicatePair"}


def dump():
    """Every row of casework, money and search as it stands, without versions and times of change."""
    found = {}
    for app in ("cases", "departments", "volunteers", "donations"):
        for model in apps.get_app_config(app).get_models():
            if model.__name__ in LEFT_OUT or model._meta.proxy:
                continue
            columns = [f.column for f in model._meta.concrete_fields if f.column not in VOLATILE]
            if model is Client:
                columns = ["id", "root_id", "merged_at", "id_no_bidx", "phone_bidx"]
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT "
                    + ", ".join(f'"{column}"' for column in columns)
                    + f" FROM {model._meta.db_table}"
                )
                rows = [
                    tuple(bytes(v) if isinstance(v, memoryview) else v for v in row)
                    for row in cursor.fetchall()
                ]
            found[model.__name__] = sorted(rows, key=repr)
    found["facts"] = [facts_of(one) for one in Client.objects.order_by("pk")]
    return found


def told(user, client):
    return entries_of(user, Client.objects.get(pk=client.pk), size=50)[0]


def test_everything_follows_by_root_and_both_timelines_come_back_exactly(
    lives, worker, supervisor, acting
):
    old, new, pair = lives
    with acting(worker):
        lines = told(worker, old), told(worker, new)
    with acting(supervisor):
        whole = dump()
        merged = clients_merge(pair=pair, name="first", phone="second", household="second", by=supervisor)  # fmt: skip
        assert (merged.state, merged.kept_id, merged.moved) == ("merged", old.pk, [new.pk])
        moved = dump()
        # Nothing but the person's own facts, the roots and the postings of the name has changed.
        assert {name for name in whole if whole[name] != moved[name]} == {
            "Client",
            "SearchPosting",
            "facts",
        }
        kept = Client.objects.get(pk=old.pk)
        assert (kept.name, kept.phone, kept.id_no) == ("演示丽华", "13900139000", card())
        assert kept.household == {"marital": "married", "welfare_status": "subsistence"}
        assert [e.action for e in history(kept)] == ["client.merge"]
        assert [e.action for e in history(new)] == ["client.merge_into"]
        assert Episode.objects.filter(client__root_id=old.pk).count() == 2
        assert Case.objects.of_person(kept).count() == Consent.objects.of_person(kept).count() == 2
        assert [flag.text for flag in live_flags(kept)] == ["提示1", "提示2"]
        assert len(family_of(supervisor, kept)) == 2
        for name in ("演示丽华", "演示莉华", "lihua"):
            asked = {"name": "yanshilihua" if name == "lihua" else name}
            assert [one.pk for one in client_search(by=supervisor, **asked).hits] == [old.pk]
        assert roots_prove().differences == postings_prove().differences == ()
    with acting(worker):
        one = told(worker, old)
        assert len(one) == len(lines[0]) + len(lines[1]) + 1
        assert {(e.title, e.at) for e in one} >= {(e.title, e.at) for line in lines for e in line}
        both = sections_of(Client.objects.get(pk=old.pk), worker)
        assert both
        assert report_of(Client.objects.get(pk=old.pk), worker)
    with acting(supervisor):
        pair = DuplicatePair.objects.get(pk=pair.pk)
        assert "并入一份记录" in {e.title for e in told(supervisor, old)}
        clients_unmerge(pair=pair, reason=BACK, by=supervisor)
        assert dump() == whole
        assert [e.action for e in history(old)] == ["client.unmerge", "client.merge"]
        pair.refresh_from_db()
        assert (pair.state, pair.kept_id, pair.moved) == ("open", None, [])
        assert (pair.before, pair.after, pair.chosen) == (None, None, {})
        assert postings_prove().differences == ()
    with acting(worker):
        assert (told(worker, old), told(worker, new)) == lines


def test_what_differs_is_chosen_and_the_number_says_birth_and_sex(
    worker, supervisor, acting, refuses
):
    with acting(worker):
        old = known(worker, name="演示甲", id_type="passport", id_no="E12345678", sex="1")
        new = known(
            worker, name="演示甲", id_type="id", id_no=card(), birth_date=dt.date(1980, 5, 1)
        )
        pair = paired(old, new, worker)
        with refuses("permission.can_decide_duplicate", status=403):
            clients_merge(pair=pair, document="first", sex="first", by=worker)
    with acting(supervisor):
        given = {"pair": pair, "by": supervisor, "sex": "first"}
        with refuses("merge.choose", "document"):
            clients_merge(**given)
        with refuses("merge.choose", "document"):
            clients_merge(document="both", **given)
        merged = clients_merge(document="second", **given)
        kept = Client.objects.get(pk=merged.kept_id)
        # An even order in the number is a woman's, whatever was chosen beside it.
        assert (kept.pk, kept.id_no, kept.sex, kept.birth_year) == (new.pk, card(), "2", 1980)
        with refuses("duplicate_pair.merge.wrong_state", status=409):
            clients_merge(document="second", **given)


def test_what_was_written_or_corrected_since_stays_with_the_kept_record(
    worker, supervisor, acting, client_for
):
    with acting(worker):
        old = known(worker, name="演示甲")
        new = known(worker, name="演示乙", phone="13800138000", address="北京市东城区某街 1 号")
        pair = paired(old, new, worker)
    with acting(supervisor):
        pair = clients_merge(pair=pair, name="first", by=supervisor)
    with acting(worker):
        case = case_open(
            client=Client.objects.get(pk=new.pk),
            department=make.department_of(worker),
            source="outreach",
            presenting_problem="费用",
            by=worker,
        )
        assert case.client_id == old.pk
        client_amend(client=old, phone="13700137000", by=worker)
    page = client_for(supervisor).get(reverse("cases:duplicate_unmerge", args=[pair.uid]))
    assert "合并后登记的 个案 1" in text_of(page)
    with acting(supervisor):
        clients_unmerge(pair=pair, reason=BACK, by=supervisor)
        old, new = Client.objects.get(pk=old.pk), Client.objects.get(pk=new.pk)
        assert (old.name, old.phone, old.address) == ("演示甲", "13700137000", None)
        assert (new.name, new.phone) == ("演示乙", "13800138000")
        assert (old.root_id, new.root_id) == (old.pk, new.pk)
        assert Case.objects.of_person(old).get() == case
        entry = history(old)[0]
        assert entry.action == "client.unmerge"


def test_merges_are_undone_in_their_order(worker, supervisor, acting, refuses, client_for):
    with acting(worker):
        one, two, three = (known(worker, name="演示甲") for _n in range(3))
        inner, outer = paired(two, three, worker), paired(one, two, worker)
        other = paired(one, three, worker)
    with acting(supervisor):
        inner = clients_merge(pair=inner, by=supervisor)
        with refuses("merge.not_apart", status=409):
            clients_merge(pair=other, by=supervisor)
        outer = clients_merge(pair=outer, by=supervisor)
        assert (inner.moved, outer.moved) == ([three.pk], [two.pk, three.pk])
        assert set(Client.objects.values_list("root_id", flat=True)) == {one.pk}
        with refuses("unmerge.later_first", status=409):
            clients_unmerge(pair=inner, reason=BACK, by=supervisor)
    page = text_of(client_for(supervisor).get(reverse("cases:duplicate_unmerge", args=[inner.uid])))
    assert "先撤销较后的那一次" in page
    with acting(supervisor):
        clients_unmerge(pair=outer, reason=BACK, by=supervisor)
        roots = dict(Client.objects.values_list("pk", "root_id"))
        assert roots == {one.pk: one.pk, two.pk: two.pk, three.pk: two.pk}
        clients_unmerge(pair=inner, reason=BACK, by=supervisor)
        assert all(pk == root for pk, root in Client.objects.values_list("pk", "root_id"))


def test_a_document_is_free_again_only_for_its_person(worker, supervisor, acting, refuses):
    with acting(worker):
        old = known(worker, name="演示甲")
        new = known(worker, name="演示甲", id_type="id", id_no=card())
        pair = paired(old, new, worker)
    with acting(supervisor):
        pair = clients_merge(pair=pair, by=supervisor)
        assert Client.objects.get(pk=old.pk).id_no == card()
    with acting(worker):
        client_amend(client=old, id_type="passport", id_no="E12345678", birth_date=make.ADULT, by=worker)  # fmt: skip
        other = known(worker, name="演示乙")
        # The number still stands on a record of the first person.
        with refuses("client_id_once", "id_no", status=409):
            client_amend(client=other, id_type="id", id_no=card(), by=worker)
    with acting(supervisor):
        clients_unmerge(pair=pair, reason=BACK, by=supervisor)
        assert Client.objects.get(pk=old.pk).id_no == "E12345678"
        assert Client.objects.get(pk=new.pk).id_no == card()


def test_a_secret_case_is_not_brought_before_somebody_unnamed(
    worker, worker2, supervisor, head, acting, refuses
):
    with acting(worker):
        one, other = known(worker, name="演示甲"), known(worker, name="演示甲")
        pair = paired(one, other, worker)
        secret = make.make_case(worker, client=one, stage="intervention", supervisor=supervisor)
        case_raise_secrecy(case=secret, named=[], reason="家庭暴力，须保密处理", by=worker)
    with acting(worker2):
        case = make.make_case(worker2, client=other, stage="intervention", supervisor=supervisor)
    with acting(head):
        # Not named: no more than that it cannot be now.
        with refuses("merge.not_now", status=409):
            clients_merge(pair=pair, by=head)
    with acting(supervisor):
        with refuses("merge.opens_level5", status=409):
            clients_merge(pair=pair, by=supervisor)
        assert not Client.objects.exclude(root_id=F("id")).exists()  # fmt: skip
    with acting(worker2):
        case_member_add(case=case, user=worker, role="worker", by=worker2)
    with acting(supervisor):
        Case.objects.filter(pk=case.pk).update(worker=worker)
        assert clients_merge(pair=pair, by=supervisor).state == "merged"


def test_another_house_has_no_such_pair(lives, other_head, client_for, supervisor):
    _old, _new, pair = lives
    for name in ("duplicate", "duplicate_dismiss", "duplicate_reopen", "duplicate_unmerge"):
        address = reverse(f"cases:{name}", args=[pair.uid])
        assert client_for(other_head).get(address).status_code == 404
        assert client_for(other_head).post(address, {}).status_code == 404
    page = reverse("cases:duplicate", args=[pair.uid])
    refused = client_for(supervisor).post(page, {"name": "second"})
    assert refused.status_code == 422
    assert "请选择一项" in text_of(refused)
    done = client_for(supervisor).post(
        page, {"name": "second", "phone": "first", "household": "first"}
    )
    assert done.status_code == 302


def test_what_is_erased_is_not_kept_to_be_undone(worker, supervisor, head, acting, lives):
    old, _new, pair = lives
    with acting(supervisor):
        clients_merge(pair=pair, name="first", phone="first", household="first", by=supervisor)  # fmt: skip
    with acting(head):
        merges_forget(Client.objects.get(pk=old.pk), ("phone", "address"))
        pair = DuplicatePair.objects.get(pk=pair.pk)
        assert "phone" not in pair.before
        assert pair.before["name"] == "演示丽华"
        assert pair.note == SAID
        merges_forget(Client.objects.get(pk=old.pk))
        pair = DuplicatePair.objects.get(pk=pair.pk)
        assert (pair.before, pair.after, pair.note) == ({}, {}, None)
