"""The yearly census: entering, sending, reviewing, freezing, correcting, reminding."""

import datetime as dt

import pytest

from departments.models.census import CensusLine, CensusReturn
from departments.models.mechanisms import Notification, Task
from departments.models.organizations import Organization
from departments.services import outbox
from departments.services.census import entering, reviewing, sending, showing
from departments.services.census.small_cells import hidden, least_shown, shown
from departments.workflow import CensusState
from msw_portal.kernel.errors import DomainError
from tests.factories.census import line, make_draft, make_frozen, make_sent

pytestmark = pytest.mark.django_db
DAY = dt.date(2023, 12, 31)


def refusal(call, **given) -> tuple[str, str | None]:
    with pytest.raises(DomainError) as caught:
        call(**given)
    return caught.value.rule, caught.value.field


def relay() -> None:
    while outbox.relay_once():
        pass


def test_a_return_begins_with_the_house_itself_and_next_year_with_what_was_reported(head, acting):
    with acting(head):
        first = entering.census_start(kind="institution", year=2022, by=head)
        own = first.lines.get()
        assert (own.name, own.grade, own.category, own.place_id) == (
            "测试第一医院",
            "3A",
            "hospital",
            110101,
        )
        assert own.institution_id == head.house_id
        entering.census_save(
            census=first, as_of=dt.date(2022, 12, 31), note="", lines=[line(workers=7)], by=head
        )
        second = entering.census_start(kind="institution", year=2023, by=head)
        assert second.lines.get().workers == 7
        assert refusal(entering.census_start, kind="institution", year=2023, by=head) == (
            "census.there",
            "kind",
        )
        assert refusal(entering.census_start, kind="agency", year=2023, by=head) == (
            "census.kind",
            "kind",
        )
        assert refusal(entering.census_start, kind="institution", year=1999, by=head)[1] == "year"


@pytest.mark.parametrize(
    ("change", "rule", "said"),
    [
        ({"workers": -1}, "census_line_not_negative", "请填 0 到 1000000 的整数。"),
        ({"full_time": 5}, "census_line_full_time_fits", "专职人数不能多于医务社工人数。"),
        ({"junior": 3, "middle": 2}, "census_line_certified_fit", "持证人数相加不能多于"),
        ({"is_active": False}, "census_line_inactive_has_nobody", "人数应为 0"),
        ({"is_counted": False}, "census_line_uncounted_says_why", "写明原因"),
        ({"category": "station"}, "census_line_category_known", "请从列表中选择类别"),
        ({"place": 120000}, "census.place", "本地区之内"),
        ({"name": " "}, "census_line_has_name", "请填写名称"),
    ],
)
def test_a_crooked_line_is_refused_with_its_number(change, rule, said, head, acting):
    with acting(head):
        with pytest.raises(DomainError, match=said) as caught:
            make_draft(head, line("甲"), line("乙") | change)
        assert (caught.value.rule, str(caught.value)[:5]) == (rule, "第 2 行")


def test_what_is_missing_is_said_before_it_is_sent(head, authority, acting):
    with acting(head):
        draft = make_draft(head, line(workers=None))
        assert sending.lacking(draft) == ["“测试第一医院”还没有填：医务社工人数。"]
        house = sending.authorities_for(head)[0]
        assert house.pk == authority.membership.organization_id
        assert refusal(sending.census_submit, census=draft, authority=house, by=head) == (
            "census.lacking",
            None,
        )
        other = Organization.objects.get(code="FA")
        assert refusal(sending.census_submit, census=draft, authority=other, by=head)[1] == (
            "authority"
        )
        year = dt.date.today().year  # noqa: DTZ011  the cut-off of this year has not come
        late = make_draft(head, line(), year=year)
        if late.as_of > dt.date.today():  # noqa: DTZ011
            assert sending.lacking(late) == [f"截止日 {year}-12-31 还没有到。"]


def test_a_return_goes_to_the_authority_which_sends_it_back_or_takes_and_freezes_it(
    head, authority, other_head, acting
):
    with acting(head):
        sent = make_sent(head)
        assert refusal(
            entering.census_save, census=sent, as_of=DAY, note="", lines=[line()], by=head
        ) == ("census.not_draft", None)
        assert refusal(reviewing.census_accept, census=sent, by=head)[0] == (
            "permission.can_review_census"
        )
    with acting(authority):
        seen = CensusReturn.objects.visible_to(authority).get()
        assert refusal(reviewing.census_return, census=seen, reason=" ", by=authority) == (
            "census.return.needs_reason",
            "reason",
        )
        reviewing.census_return(census=seen, reason="床位没有填", by=authority)
    with acting(other_head):
        assert not CensusReturn.objects.visible_to(other_head).exists()
    with acting(head):
        again = entering.census_correct(census=sent, by=head)
        assert (again.version, again.corrects_id, again.lines.get().workers) == (2, sent.pk, 4)
        assert sending.lacking(again) == [
            "这是更正，请在说明里写明改了什么、为什么（至少 5 个字）。"
        ]
        again = entering.census_save(
            census=again, as_of=DAY, note="补上开放床位", lines=[line(beds=600)], by=head
        )
        assert [(one.name, one.facts) for one in showing.changes(again)] == [
            ("测试第一医院", [("开放床位", "—", "600")])
        ]
        house = sending.authorities_for(head)[0]
        sending.census_submit(census=again, authority=house, by=head)
    with acting(authority):
        again = CensusReturn.objects.get(pk=again.pk)
        reviewing.census_accept(census=again, by=authority)
        wrong = {"kind": "institution", "year": 2023, "as_of": dt.date(2023, 6, 30)}
        assert refusal(reviewing.census_freeze, by=authority, **wrong) == (
            "census.other_day",
            "as_of",
        )
        reviewing.census_freeze(kind="institution", year=2023, as_of=DAY, by=authority)
        again = CensusReturn.objects.get(pk=again.pk)
        assert again.state == CensusState.FROZEN
        assert again.lines.get().released_at == again.released_at is not None


def test_a_correction_of_what_is_frozen_counts_from_its_own_freeze(authority, acting):
    with acting(authority):
        first = make_frozen(authority, line("甲", workers=3))
        second = entering.census_correct(census=first, by=authority)
        second = entering.census_save(
            census=second,
            as_of=DAY,
            note="漏报一人，补上",
            lines=[line("甲", workers=4)],
            by=authority,
        )
        assert CensusReturn.objects.frozen().get() == first
        house = sending.authorities_for(authority)[0]
        sent = sending.census_submit(census=second, authority=house, by=authority)
        reviewing.census_accept(census=sent, by=authority)
        reviewing.census_freeze(kind="institution", year=2023, as_of=DAY, by=authority)
        states = list(CensusReturn.objects.order_by("version").values_list("version", "state"))
        assert states == [(1, "replaced"), (2, "frozen")]
        assert [move.label for move in showing.course(CensusReturn.objects.get(pk=first.pk))][
            0
        ] == ("被更正替代")


def test_both_houses_hear_and_who_is_missing_is_reminded_once_a_day(
    head, other_head, authority, hospital, other_hospital, acting
):
    with acting(head):
        make_sent(head)
    with acting(authority):
        asked = {"kind": "institution", "year": 2023, "by": authority}
        missing = reviewing.expected_houses("institution", authority)
        told = reviewing.census_remind(houses=missing, **asked)
        assert told == [other_hospital]
        assert reviewing.census_remind(houses=missing, **asked) == []
        reviewing.census_accept(census=CensusReturn.objects.get(), by=authority)
    relay()
    kinds = {}
    for user in (head, other_head, authority):
        with acting(user):
            kinds[user.username] = set(
                Notification.objects.visible_to(user).values_list("kind", flat=True)
            )
    assert kinds == {
        "head": {"census.accept"},
        "other_head": {"census.remind"},
        "authority": {"census.submitted"},
    }
    with acting(other_head):
        assert Task.objects.visible_to(other_head).open().get().kind == "census_due"
        make_sent(other_head, line("测试第二医院"))
        assert not Task.objects.visible_to(other_head).open().exists()


def test_two_windows_do_not_overwrite_each_other(head, acting):
    with acting(head):
        draft = make_draft(head, line())
        base = draft.row_version
        given = {"census": draft, "as_of": DAY, "note": "", "by": head}
        entering.census_save(
            lines=[line(workers=5)], base=CensusReturn.objects.get().row_version, **given
        )
        assert refusal(entering.census_save, lines=[line(workers=6)], base=base - 1, **given) == (
            "form.stale",
            None,
        )
        assert CensusLine.objects.get().workers == 5


def test_small_cells_are_hidden_and_not_to_be_worked_back(db):
    assert (least_shown("house"), least_shown("public")) == (5, 10)
    assert hidden({"a": 40, "b": 3, "c": 9}, 5) == {"b", "c"}
    assert hidden({"a": 40, "b": 1, "c": 1, "d": 0}, 5) == {"a", "b", "c"}
    assert hidden({"a": 40, "b": 6}, 5) == set()
    assert hidden({"a": 2, "b": 3, "c": 8}, 5) == {"a", "b"}
    assert [shown(n, 5) for n in (None, 0, 4, 5, 1200)] == ["—", "0", "<5", "5", "1,200"]
