"""Notices in the page and what a person wants to hear of: each their own, crises always, nothing named that is not theirs."""

import datetime as dt
import re

import pytest
from django.test import Client

from departments.context import CARE_ROLES
from departments.models.mechanisms import Notification
from departments.models.people import Role, User
from departments.services import notice_settings as kept
from departments.services import outbox
from departments.services.desk import badges
from departments.services.notice_kinds import GROUP_OF, GROUPS, Mail, groups_for
from departments.services.notices import people_tell
from departments.services.tasks import notify
from msw_portal.kernel.errors import DomainError
from tests.factories.cases import make_case

ADDRESS = "/notifications/settings/"


def _tell(user, kind: str = "report.done", once: str = "1", subject=None) -> int:
    return notify(
        users=[user.pk],
        organization_id=user.house_id,
        kind=kind,
        subject=subject or user.membership,
        dedup_key=f"{kind}:{once}",
    )


def _posted(user, **changes: str) -> dict[str, str]:
    data = {"digest": ""}
    for code, group in groups_for(user.membership.role).items():
        data[f"page_{code}"] = "on"
        data[f"mail_{code}"] = str(group.mail)
    return data | changes


def _kinds(user) -> list[tuple[str, bool, str]]:
    rows = Notification.objects.visible_to(user).order_by("id")
    return list(rows.values_list("kind", "is_shown", "mail"))


def test_every_kind_stands_in_one_group_and_crises_are_mailed_at_once():
    assert len(GROUP_OF) == sum(len(group.kinds) for group in GROUPS.values())
    assert [code for code, group in GROUPS.items() if group.is_always_shown] == [
        "crisis",
        "secrecy",
        "webhooks",
    ]
    assert GROUPS["crisis"].mail == Mail.NOW
    assert set(groups_for(Role.AUDITOR)) == {"made", "overdue"}
    assert set(groups_for(Role.WORKER)) == set(GROUPS) - {
        *("mdt", "own_referrals", "hours", "volunteer", "census", "webhooks", "disclosure")
    }
    assert "census" in groups_for(Role.DEPT_HEAD)
    assert {"mdt", "own_referrals"} <= set(groups_for(Role.CLINICIAN))
    assert GROUPS["crisis"].roles >= CARE_ROLES


def test_telling_twice_is_one_row_and_says_so(db, worker, acting):
    with acting(worker):
        assert [_tell(worker), _tell(worker), _tell(worker, once="2")] == [1, 0, 1]
        assert len(_kinds(worker)) == 2


def test_what_was_switched_off_is_not_told_and_the_rest_is(db, worker, acting, client_for):
    data = _posted(worker)
    del data["page_made"]
    assert client_for(worker).post(ADDRESS, data).status_code == 302
    worker.refresh_from_db()
    with acting(worker):
        assert [_tell(worker), _tell(worker, "referral.arrived")] == [0, 1]
        assert _kinds(worker) == [("referral.arrived", True, "none")]


def test_by_mail_alone_does_not_stand_in_the_page(db, worker, acting, client_for):
    data = _posted(worker, mail_made="digest", digest="08:00")
    del data["page_made"]
    client_for(worker).post(ADDRESS, data)
    worker.refresh_from_db()
    with acting(worker):
        _tell(worker)
        assert _kinds(worker) == [("report.done", False, "digest")]
        assert badges(worker).unread == 0
    assert "没有通知" in client_for(worker).get("/notifications/").content.decode()


def test_a_crisis_cannot_be_switched_off_in_the_page(db, worker, acting, client_for):
    data = _posted(worker, mail_crisis="none")
    del data["page_crisis"]
    client_for(worker).post(ADDRESS, data)
    worker.refresh_from_db()
    with acting(worker):
        assert _tell(worker, "risk_alert.raised") == 1
        assert _kinds(worker) == [("risk_alert.raised", True, "none")]
        with pytest.raises(DomainError) as refused:
            kept.notice_settings_save(
                groups={"crisis": kept.Choice(False, Mail.NOW)}, digest="", by=worker
            )
    assert (refused.value.rule, refused.value.field) == ("notices.always_shown", "page_crisis")


def test_a_daily_mail_needs_a_time_and_what_was_chosen_stays(db, worker, client_for):
    response = client_for(worker).post(ADDRESS, _posted(worker, mail_referral="digest"))
    page = response.content.decode()
    assert response.status_code == 422
    assert "选了每日摘要的，请选定每天几点发。" in page
    assert re.search(r'name="mail_referral"[^>]*>.*?value="digest" selected', page, re.S)
    worker.refresh_from_db()
    assert worker.preferences == {}


def test_the_page_shows_what_holds_and_says_why_mail_does_not(db, worker, client_for, settings):
    settings.MAIL_IS_ON = False
    page = client_for(worker).get(ADDRESS).content.decode()
    assert "这里没有设置邮件服务器" in page
    assert "危机与风险警报" in page
    assert "总是显示" in page
    settings.MAIL_IS_ON = True
    assert "您的账户没有邮箱" in client_for(worker).get(ADDRESS).content.decode()
    User.objects.filter(pk=worker.pk).update(email="lin@hospital.example")
    page = client_for(worker).get(ADDRESS).content.decode()
    assert "l***@hospital.example" in page
    assert "lin@hospital.example" not in page


def test_each_sets_their_own_and_the_groups_of_their_role(db, worker, officer, client_for):
    client_for(officer).post(ADDRESS, _posted(officer, digest="09:30"))
    worker.refresh_from_db()
    officer.refresh_from_db()
    assert kept.digest_time(worker.preferences) == ""
    assert kept.digest_time(officer.preferences) == "09:30"
    page = client_for(officer).get(ADDRESS).content.decode()
    assert "救助申请与拨付" in page
    assert "危机与风险警报" not in page
    assert Client().get(ADDRESS).status_code == 302


def test_crooked_settings_fall_back_to_what_the_portal_comes_with():
    crooked = {"notices": {"groups": {"made": {"mail": "pigeon"}}, "digest": "25:99"}}
    assert kept.choice_for(crooked, "report.done") == kept.Choice(True, Mail.NONE)
    assert kept.digest_time(crooked) == ""
    assert kept.choice_for({}, "no.such.kind") == kept.Choice(True, Mail.NONE)


def test_choosing_eight_at_noon_asks_for_nothing_today(db, worker, acting, monkeypatch):
    noon = dt.datetime(2026, 11, 23, 4, 0, tzinfo=dt.UTC)
    monkeypatch.setattr(kept.timezone, "now", lambda: noon)
    with acting(worker):
        kept.notice_settings_save(groups={}, digest="08:00", by=worker)
        worker.refresh_from_db()
        assert kept.digest_from(worker.preferences) == dt.date(2026, 11, 24)
        kept.notice_settings_save(groups={}, digest="13:00", by=worker)
        worker.refresh_from_db()
        assert kept.digest_from(worker.preferences) == dt.date(2026, 11, 23)


def test_a_notice_names_number_and_masked_person_to_who_may_see(db, worker, acting, client_for):
    with acting(worker):
        case = make_case(worker)
        _tell(worker, "plan.approved", subject=case)
    page = client_for(worker).get("/notifications/").content.decode()
    assert f"{case.number} · {case.client.name_masked}" in page
    assert ">打开</button>" in page


def test_a_notice_of_what_is_no_longer_visible_names_nothing(
    db, worker, worker2, acting, client_for
):
    with acting(worker):
        case = make_case(worker)
    with acting(worker2):
        _tell(worker2, "plan.approved", subject=case)
        uid = Notification.objects.get(user=worker2).uid
    client = client_for(worker2)
    page = client.get("/notifications/").content.decode()
    assert "您现在看不到这件事" in page
    assert case.number not in page
    assert ">打开</button>" not in page
    answered = client.post("/notifications/read/", {"uid": str(uid)})
    assert answered["Location"] == "/notifications/"
    assert "可能已移交、已提高密级或已撤回" in client.get("/notifications/").content.decode()


def test_unread_ones_have_a_list_of_their_own(db, worker, acting, client_for):
    with acting(worker):
        _tell(worker, once="1")
        _tell(worker, "referral.arrived")
        Notification.objects.filter(kind="report.done").update(read_at="2026-01-01T00:00Z")
    page = client_for(worker).get("/notifications/", {"show": "unread"}).content.decode()
    assert "收到新的转介" in page
    assert "报表已生成" not in page


def test_the_list_asks_as_often_for_one_notice_as_for_three(
    db, worker, acting, client_for, count_queries
):
    client = client_for(worker)

    def with_notices(*numbers: int) -> int:
        with acting(worker):
            for n in numbers:
                _tell(worker, "plan.approved", once=str(n), subject=make_case(worker))
        return count_queries(lambda: client.get("/notifications/"))

    assert with_notices(1) == with_notices(2, 3)


def test_people_are_told_after_the_transaction_and_never_who_did_it(
    db, worker, supervisor, head, acting, hospital
):
    with acting(worker):
        people_tell(
            kind="risk_alert.raised",
            organization_id=hospital.pk,
            subject=worker.membership,
            users=[worker.pk, supervisor.pk, None],
            by=worker,
        )
        people_tell(
            kind="risk_alert.raised",
            organization_id=hospital.pk,
            subject=worker.membership,
            role=Role.DEPT_HEAD,
            department_id=head.membership.department_id,
            by=worker,
        )
    while outbox.relay_once():
        pass
    told = {}
    for user in (worker, supervisor, head):
        with acting(user):
            told[user.username] = [kind for kind, _shown, _mail in _kinds(user)]
    kind = ["risk_alert.raised"]
    assert told == {"worker": [], "supervisor": kind, "head": kind}
