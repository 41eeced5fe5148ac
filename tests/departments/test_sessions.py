"""How long a sign-in lasts, what ends it, and what was typed meanwhile."""

import datetime as dt
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.test import Client
from django.utils import timezone

from departments.models.mechanisms import Draft
from departments.models.people import Membership
from departments.models.queues import IdempotencyKey
from departments.services import drafts
from departments.services.memberships import membership_end
from departments.services.passwords import password_change
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.ids import uuid7
from msw_portal.kernel.scope import scope
from tests.factories.world import PASSWORD

FORM, SUBJECT = "contact", "0190a6c2-0000-7000-8000-000000000001"


def _age(client: Client, **seconds: int) -> None:
    """Move the clocks of a session back: `seen_at` and `signed_in_at` by so many seconds."""
    session = client.session
    for name, ago in seconds.items():
        session[name] = int(timezone.now().timestamp()) - ago
    session.save()


def _draft(acting, user) -> dict:
    with acting(user):
        kept = drafts.draft_find(form=FORM, subject_uid=SUBJECT, by=user)
        return drafts.initial_of(kept) if kept else {}


# ── limits ───────────────────────────────────────────────────────────────────


def test_a_session_lives_until_its_idle_limit(db, worker, client_for):
    client = client_for(worker)
    _age(client, seen_at=django_settings.SESSION_IDLE_SECONDS - 5)
    assert client.get("/workbench/").status_code == 200


def test_a_session_left_alone_too_long_is_over(db, worker, client_for):
    client = client_for(worker)
    _age(client, seen_at=django_settings.SESSION_IDLE_SECONDS + 1)
    response = client.get("/workbench/")
    assert response.status_code == 302
    assert urlsplit(response["Location"]).path == "/sign-in/"
    assert "登录已超时" in client.get(response["Location"]).content.decode()
    assert client.get("/workbench/").status_code == 302


def test_a_session_is_over_at_its_absolute_limit_however_busy(db, worker, client_for):
    client = client_for(worker)
    _age(client, seen_at=1, signed_in_at=django_settings.SESSION_ABSOLUTE_SECONDS + 1)
    assert client.get("/workbench/").status_code == 302


def test_a_click_moves_the_idle_clock_once_a_minute(db, worker, client_for):
    client = client_for(worker)
    _age(client, seen_at=120)
    client.get("/workbench/")
    moved = client.session["seen_at"]
    assert timezone.now().timestamp() - moved < 30
    client.get("/workbench/")
    assert client.session["seen_at"] == moved


@pytest.mark.parametrize("path", ["/account/password/", "/account/second-factor/"])
def test_the_pages_of_the_account_keep_the_limits_too(db, worker, client_for, path):
    client = client_for(worker)
    assert client.get(path).status_code == 200
    _age(client, seen_at=django_settings.SESSION_IDLE_SECONDS + 1)
    assert urlsplit(client.get(path)["Location"]).path == "/sign-in/"


def test_a_fragment_of_an_ended_session_sends_the_page_to_sign_in(db, worker, client_for):
    client = client_for(worker)
    _age(client, seen_at=django_settings.SESSION_IDLE_SECONDS + 1)
    response = client.get(
        "/workbench/tasks/",
        HTTP_HX_REQUEST="true",
        HTTP_HX_CURRENT_URL="http://testserver/workbench/?x=1",
    )
    assert response.status_code == 401
    assert response["HX-Redirect"] == "/sign-in/?next=%2Fworkbench%2F%3Fx%3D1"


# ── nothing typed is lost ────────────────────────────────────────────────────

TYPED = {
    "facts": "与母亲谈了 30 分钟。",
    "minutes": "３０",
    "techniques": ["listen", "inform"],
    "totp_code": "123456",
    "password": "secret",
    "once": "x",
    "_draft_form": FORM,
    "_draft_subject": SUBJECT,
}


def test_what_was_typed_into_an_ended_session_is_kept_as_a_draft(db, worker, client_for, acting):
    client = client_for(worker)
    _age(client, seen_at=django_settings.SESSION_IDLE_SECONDS + 1)
    response = client.post("/workbench/", TYPED, HTTP_REFERER="http://testserver/cases/1/")
    assert parse_qs(urlsplit(response["Location"]).query) == {"next": ["/cases/1/"]}
    assert "已存为草稿" in client.get("/sign-in/").content.decode()
    assert _draft(acting, worker) == {
        "facts": "与母亲谈了 30 分钟。",
        "minutes": "３０",
        "techniques": ["listen", "inform"],
    }


def test_a_page_may_say_the_address_of_its_draft(db, worker, client_for, acting):
    client = client_for(worker)
    _age(client, seen_at=django_settings.SESSION_IDLE_SECONDS + 1)
    client.post("/workbench/", {"facts": "一", "_draft": f"/drafts/{FORM}/{SUBJECT}/"})
    assert _draft(acting, worker) == {"facts": "一"}


@pytest.mark.parametrize(
    "address", ["/audit/", "https://evil.example/drafts/x/", "drafts", "/drafts/"]
)
def test_another_address_is_no_draft(db, worker, client_for, address):
    client = client_for(worker)
    _age(client, seen_at=django_settings.SESSION_IDLE_SECONDS + 1)
    assert client.post("/workbench/", {"facts": "一", "_draft": address}).status_code == 302
    with scope(user=worker.pk, org=worker.membership.organization_id):
        assert Draft.objects.count() == 0


def test_a_foreign_page_cannot_write_a_draft_through_an_ended_session(
    db, worker, client_for, acting
):
    signed_in = client_for(worker)
    _age(signed_in, seen_at=django_settings.SESSION_IDLE_SECONDS + 1)
    client = Client(enforce_csrf_checks=True)
    client.cookies = signed_in.cookies
    client.post("/workbench/", TYPED)
    assert _draft(acting, worker) == {}


def test_a_form_without_a_draft_is_not_kept(db, worker, client_for):
    client = client_for(worker)
    _age(client, seen_at=django_settings.SESSION_IDLE_SECONDS + 1)
    client.post("/workbench/", {"facts": "x"})
    assert "请重新登录" in client.get("/sign-in/").content.decode()


@pytest.mark.parametrize("form", ["../x", "a b", "x" * 61, "a\0b"])
def test_a_crooked_form_name_is_not_kept(db, worker, client_for, form):
    client = client_for(worker)
    _age(client, seen_at=django_settings.SESSION_IDLE_SECONDS + 1)
    assert client.post("/workbench/", {**TYPED, "_draft_form": form}).status_code == 302
    with scope(user=worker.pk, org=worker.membership.organization_id):
        assert Draft.objects.count() == 0


# ── drafts while typing ──────────────────────────────────────────────────────


def test_typing_is_kept_and_replaced(db, worker, client_for, acting):
    client, address = client_for(worker), f"/drafts/{FORM}/{SUBJECT}/"
    assert client.post(address, {"facts": "一", "once": str(uuid7())}).status_code == 204
    once = str(uuid7())
    assert client.post(address, {"facts": "二", "once": once}).status_code == 204
    assert client.post(address, {"facts": "三", "once": once}).status_code == 204
    assert _draft(acting, worker) == {"facts": "三"}


def test_a_draft_is_its_owners_only(db, worker, worker2, client_for, acting):
    client_for(worker).post(f"/drafts/{FORM}/{SUBJECT}/", {"facts": "一"})
    assert _draft(acting, worker2) == {}


def test_a_draft_is_sealed_in_the_database(db, worker, client_for):
    client_for(worker).post(f"/drafts/{FORM}/{SUBJECT}/", {"facts": "母亲王示例"})
    with (
        scope(user=worker.pk, org=worker.membership.organization_id),
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT payload FROM departments_draft")
        (payload,) = cursor.fetchone()
    assert "母亲".encode() not in bytes(payload)


def test_a_draft_does_not_use_up_the_key_of_its_form(db, worker, client_for):
    once = str(uuid7())
    client_for(worker).post(f"/drafts/{FORM}/", {"facts": "一", "once": once})
    with scope(user=worker.pk):
        assert not IdempotencyKey.objects.filter(key=once).exists()


def test_a_second_tab_does_not_overwrite_silently(db, worker, client_for, acting):
    client, address = client_for(worker), f"/drafts/{FORM}/{SUBJECT}/"
    first, second = str(uuid7()), str(uuid7())
    assert client.post(address, {"facts": "第一个窗口", "once": first}).status_code == 204
    response = client.post(address, {"facts": "第二个窗口", "once": second})
    assert response.status_code == 409
    assert _draft(acting, worker) == {"facts": "第一个窗口"}
    # A page made after that save has seen it.
    assert client.post(address, {"facts": "第三个窗口", "once": str(uuid7())}).status_code == 204


def test_the_version_a_draft_was_begun_on_is_kept(db, worker, client_for, acting):
    client_for(worker).post(f"/drafts/{FORM}/{SUBJECT}/", {"facts": "一", "_draft_base": "7"})
    with acting(worker):
        assert drafts.draft_find(form=FORM, subject_uid=SUBJECT, by=worker).base_version == 7


def test_a_draft_too_long_is_refused_and_the_last_one_stays(db, worker, client_for, acting):
    client, address = client_for(worker), f"/drafts/{FORM}/{SUBJECT}/"
    client.post(address, {"facts": "一"})
    assert client.post(address, {"facts": "长" * 200_001}).status_code == 422
    assert _draft(acting, worker) == {"facts": "一"}


def test_a_saved_record_drops_its_draft(db, worker, client_for, acting):
    client_for(worker).post(f"/drafts/{FORM}/{SUBJECT}/", {"facts": "一"})
    with acting(worker):
        drafts.draft_drop(form=FORM, subject_uid=SUBJECT, by=worker)
    assert _draft(acting, worker) == {}


def test_a_draft_is_posted_not_read(db, worker, client_for):
    assert client_for(worker).get(f"/drafts/{FORM}/").status_code == 405


def test_a_draft_needs_a_sign_in(db):
    response = Client().post(f"/drafts/{FORM}/", {"facts": "一"}, HTTP_HX_REQUEST="true")
    assert response.status_code == 401


# ── what ends the other sessions ─────────────────────────────────────────────


def test_an_ended_role_ends_its_sessions_with_the_next_click(
    db, worker, secadmin, client_for, acting
):
    client = client_for(worker)
    assert client.get("/workbench/").status_code == 200
    with acting(secadmin):
        membership_end(membership=worker.membership, reason="调离", by=secadmin)
    response = client.get("/workbench/")
    assert urlsplit(response["Location"]).path == "/sign-in/"


def test_a_role_that_runs_out_is_left_behind_with_the_next_click(db, worker, client_for):
    client = client_for(worker)
    today = timezone.localdate()
    with scope(org=worker.membership.organization_id, role="system"):
        row = Membership.objects.get(pk=worker.membership.pk)
        row.valid = type(row.valid)(row.valid.lower, today)
        row.save(update_fields=["valid"])
    assert client.get("/workbench/")["Location"] == "/role/"
    assert "还没有可用的角色" in client.get("/role/").content.decode()


def test_a_new_password_ends_the_other_sessions_and_keeps_this_one(db, worker, client_for):
    here, elsewhere = client_for(worker), client_for(worker)
    new = "三更灯火五更鸡 2026"
    response = here.post(
        "/account/password/", {"password": PASSWORD, "new_password": new, "repeated": new}
    )
    assert response.status_code == 200
    assert here.get("/workbench/").status_code == 200
    assert elsewhere.get("/workbench/").status_code == 302


def test_a_new_password_needs_the_present_one(db, worker, client_for):
    new = {"new_password": "三更灯火五更鸡 2026", "repeated": "三更灯火五更鸡 2026"}
    client = client_for(worker)
    assert client.post("/account/password/", {"password": "wrong", **new}).status_code == 422
    worker.refresh_from_db()
    assert worker.check_password(PASSWORD)


@pytest.mark.parametrize("new", ["short", "password123", "1234567890", "worker2026", PASSWORD])
def test_a_weak_password_is_refused(db, worker, acting, new):
    if new == "worker2026":
        worker.username = "worker2026x"
    with acting(worker), pytest.raises(DomainError) as refused:
        password_change(new_password=new, by=worker)
    assert refused.value.field == "new_password"


def test_an_account_that_is_switched_off_is_out_with_the_next_click(db, worker, client_for):
    client = client_for(worker)
    type(worker).objects.filter(pk=worker.pk).update(is_active=False)
    assert urlsplit(client.get("/workbench/")["Location"]).path == "/sign-in/"


def test_pages_are_not_kept_by_a_cache(db, worker, client_for):
    for path in ("/workbench/", "/sign-in/"):
        assert "no-store" in client_for(worker).get(path)["Cache-Control"]


def test_a_draft_says_when_it_was_saved(db, worker, client_for, acting):
    client_for(worker).post(f"/drafts/{FORM}/", {"facts": "一"})
    with acting(worker):
        saved = drafts.draft_find(form=FORM, by=worker).saved_at
    assert dt.timedelta(0) <= timezone.now() - saved < dt.timedelta(minutes=1)
