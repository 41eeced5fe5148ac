"""What a foundation's own system is told: signed, tried again, told again, and never into the own network."""

import datetime as dt
import ipaddress
import json

import pytest
from django.utils import timezone

from departments.models.mechanisms import Notification
from departments.models.people import Membership, User, duty_class
from departments.models.queues import Outbox
from departments.services import outbox
from departments.services.entering import house_scope
from departments.services.messages import message_write
from donations.models.webhooks import WebhookDelivery, WebhookEndpoint, WebhookMessage
from donations.services import review, webhook_sending, webhooks
from donations.services.webhook_topics import CHOICES, topic_of
from msw_portal.kernel import outgoing
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.scope import scope
from tests.donations.hook_sink import serving, signatures_of
from tests.factories.donations import (
    as_person,
    give,
    make_approved,
    make_submitted,
    prepare,
    release,
)
from tests.factories.world import SINCE

LOOPBACK = [ipaddress.ip_network("127.0.0.0/8")]


@pytest.fixture
def sink(settings):
    settings.WEBHOOK_NETWORKS = LOOPBACK
    with serving() as found:
        yield found


@pytest.fixture
def keeper(foundation) -> User:
    """The foundation's security administrator."""
    with scope(org=foundation.pk, role="system"):
        user = User.objects.create(username="fa_keeper", display_name="演示安全管理员")
        user.membership = Membership.objects.create(
            user=user,
            organization=foundation,
            role="secadmin",
            duty_class=duty_class("secadmin"),
            valid=SINCE,
        )
    return user


def register(keeper, url, topics=("funding_request.*",)):
    work()  # what happened before there was an address is nobody's
    with as_person(keeper) as by:
        return webhooks.webhook_create(name="演示系统", url=url, topics=topics, by=by)


def work() -> None:
    """Everything that is due, as the relay works it."""
    while outbox.relay_once() or outbox.hook_once():
        pass


def log_of(foundation) -> list[tuple]:
    with house_scope(foundation.pk):
        rows = WebhookDelivery.objects.order_by("id")
        return list(rows.values_list("message__topic", "attempt", "outcome", "status"))


def waiting(foundation) -> list[dt.timedelta]:
    with house_scope(foundation.pk):
        rows = Outbox.objects.filter(topic="webhook.send", state="ready").order_by("not_before")
        return [row.not_before - timezone.now() for row in rows]


def due_now(foundation) -> None:
    with house_scope(foundation.pk):
        Outbox.objects.filter(topic="webhook.send").update(not_before=timezone.now())


def test_a_request_is_told_step_by_step_and_verifies(people, money, keeper, sink, foundation):
    endpoint, secret = register(keeper, sink.url, ("funding_request.*", "disbursement.released"))
    asked = make_approved(people, money)
    release(people, prepare(people, asked, "1000.00"))
    work()
    kinds = [event["type"] for event in sink.events()]
    assert kinds[0] == "funding_request.submitted"
    assert {"funding_request.approved", "disbursement.released"} <= set(kinds)
    assert "disbursement.prepared" not in kinds
    headers, body = sink.got[0]
    assert signatures_of(secret, headers, body) == [True]
    told = json.loads(body)
    assert set(told) == {"type", "timestamp", "data"}
    assert told["data"] == {
        "uid": str(asked.request.uid),
        "step": "submit",
        "state": "submitted",
        "before": "draft",
        "number": asked.request.number,
        "hospital": str(asked.request.organization.uid),
        "href": f"/api/v1/funding-requests/{asked.request.uid}/",
    }
    assert len({headers["webhook-id"] for headers, _body in sink.got}) == len(kinds)
    assert {row[1:] for row in log_of(foundation)} == {(1, "delivered", 204)}
    with house_scope(foundation.pk):
        assert WebhookEndpoint.objects.get(pk=endpoint.pk).last_ok_at is not None


def test_no_person_is_told_of(people, money, keeper, sink):
    register(keeper, sink.url, tuple(CHOICES))
    asked = make_approved(people, money)
    with as_person(people.worker) as by:
        message_write(subject=asked.request, body="演示留言：请看附件", by=by)
    work()
    told = b"".join(body for _headers, body in sink.got).decode()
    assert "funding_request.message" in told
    for word in ("演示患儿", "演示留言", "演示：父亲", asked.request.subject_code):
        assert word not in told


def test_a_gift_is_told_when_it_is_booked(people, money, keeper, sink):
    register(keeper, sink.url, ("donation.booked",))
    give(people, money, "200.00")
    work()
    (event,) = sink.events()
    assert (event["type"], event["data"]["state"]) == ("donation.booked", "booked")


def test_another_foundation_is_told_nothing(people, money, keeper, sink, other_foundation):
    with house_scope(other_foundation.pk):
        WebhookEndpoint.objects.create(
            organization=other_foundation,
            name="演示",
            url=sink.url,
            topics=["funding_request.*"],
            secrets=[{"secret": webhooks.secret_new(), "until": None}],
        )
    make_submitted(people, money)
    work()
    assert (sink.got, log_of(other_foundation)) == ([], [])


def test_what_is_not_taken_is_tried_again_with_the_same_id(people, money, keeper, sink, foundation):
    sink.answers = [(500, {}, "坏了\x00".encode()), (302, {"Location": "/x"}, b""), (200, {}, b"")]
    register(keeper, sink.url)
    make_submitted(people, money)
    work()
    assert 3 < waiting(foundation)[0].total_seconds() < 6
    due_now(foundation)
    work()
    assert 290 < waiting(foundation)[0].total_seconds() < 310
    due_now(foundation)
    work()
    assert log_of(foundation) == [
        ("funding_request.submitted", 1, "refused", 500),
        ("funding_request.submitted", 2, "refused", 302),
        ("funding_request.submitted", 3, "delivered", 200),
    ]
    assert len({headers["webhook-id"] for headers, _body in sink.got}) == 1
    assert waiting(foundation) == []
    with house_scope(foundation.pk):
        assert WebhookDelivery.objects.order_by("id")[0].response_excerpt == "坏了"


def test_one_that_fails_lets_its_other_messages_wait(people, money, keeper, sink, foundation):
    sink.answers = [(503, {}, b"")]
    register(keeper, sink.url)
    for _n in range(3):
        make_submitted(people, money)
    work()
    assert len(sink.got) == 1
    assert [wait.total_seconds() > 3 for wait in waiting(foundation)] == [True] * 3


def test_days_of_failure_stop_it_and_are_told(people, money, keeper, sink, foundation):
    sink.answers = [(500, {}, b"")]
    endpoint, _secret = register(keeper, sink.url)
    make_submitted(people, money)
    work()
    with house_scope(foundation.pk):
        WebhookEndpoint.objects.filter(pk=endpoint.pk).update(
            failing_since=timezone.now() - dt.timedelta(days=6)
        )
    due_now(foundation)
    work()
    with house_scope(foundation.pk):
        assert WebhookEndpoint.objects.get(pk=endpoint.pk).state == "disabled"
    with scope(org=foundation.pk, user=keeper.pk, role="x"):
        assert [row.kind for row in Notification.objects.all()] == ["webhook.disabled"]
    assert waiting(foundation) == []
    with as_person(keeper) as by:
        assert webhooks.webhook_resume(endpoint=endpoint, by=by).failing_since is None


def test_both_secrets_sign_while_one_is_changed(people, money, keeper, sink, foundation):
    endpoint, first = register(keeper, sink.url)
    with as_person(keeper) as by:
        _endpoint, second = webhooks.webhook_rotate(endpoint=endpoint, by=by)
    make_submitted(people, money)
    work()
    headers, body = sink.got[0]
    assert signatures_of(second, headers, body) == [True, False]
    assert signatures_of(first, headers, body) == [False, True]
    with house_scope(foundation.pk):
        row = WebhookEndpoint.objects.get(pk=endpoint.pk)
        row.secrets[1]["until"] = (timezone.now() - dt.timedelta(seconds=1)).isoformat()
        assert webhook_sending.live_secrets(row) == [second]


def test_what_was_missed_is_told_again(people, money, keeper, sink, foundation):
    endpoint, _secret = register(keeper, sink.url)
    make_submitted(people, money)
    work()
    with as_person(keeper) as by:
        webhooks.webhook_pause(endpoint=endpoint, by=by)
    make_submitted(people, money)
    work()
    assert len(sink.got) == 1
    with as_person(keeper) as by:
        webhooks.webhook_resume(endpoint=endpoint, by=by)
        endpoint.refresh_from_db()
        since = timezone.now() - dt.timedelta(hours=1)
        assert webhooks.webhook_replay(endpoint=endpoint, since=since, by=by) == 1
    work()
    assert len(sink.got) == 2
    with as_person(keeper) as by:
        first = WebhookMessage.objects.order_by("id").first()
        assert webhooks.webhook_replay(endpoint=endpoint, message=first, by=by) == 1
    work()
    ids = [headers["webhook-id"] for headers, _body in sink.got]
    assert (ids[0], ids[2]) == (str(first.uid), str(first.uid))


def test_a_test_event_tells_of_nothing(keeper, sink):
    endpoint, _secret = register(keeper, sink.url)
    with as_person(keeper) as by:
        webhooks.webhook_test(endpoint=endpoint, by=by)
    work()
    (event,) = sink.events()
    assert (event["type"], event["data"]) == ("webhook.test", {"endpoint": str(endpoint.uid)})


def test_only_the_security_administrator_registers_and_officers_replay(
    people, keeper, sink, refuses, other_officer, cashier
):
    endpoint, _secret = register(keeper, sink.url)
    with as_person(people.officer) as by:
        with refuses("permission.can_create_webhook", status=403):
            webhooks.webhook_create(name="x", url=sink.url, topics=["donation.booked"], by=by)
        with refuses("permission.can_manage_webhook", status=403):
            webhooks.webhook_rotate(endpoint=endpoint, by=by)
        since = timezone.now()
        assert webhooks.webhook_replay(endpoint=endpoint, since=since, by=by) == 0
        assert list(WebhookEndpoint.objects.visible_to(by)) == [endpoint]
    for user in (other_officer, cashier):
        with as_person(user) as by:
            assert list(WebhookEndpoint.objects.visible_to(by)) == []
            with refuses("permission.can_replay_webhook", status=403):
                webhooks.webhook_replay(endpoint=endpoint, since=since, by=by)


# Forms of an address that lead into the own network, or nowhere (ASVS 13.2.4; peers: T-S13).
INWARD = [
    "http://127.0.0.1:{port}/",
    "https://127.0.0.1:{port}/",
    "https://127.1:{port}/",
    "https://0x7f.1:{port}/",
    "https://0x7f000001:{port}/",
    "https://2130706433:{port}/",
    "https://017700000001:{port}/",
    "https://0177.0.0.1:{port}/",
    "https://127.0.1:{port}/",
    "https://127.255.255.254:{port}/",
    "https://[::1]:{port}/",
    "https://[::ffff:127.0.0.1]:{port}/",
    "https://[::ffff:7f00:1]:{port}/",
    "https://[0:0:0:0:0:ffff:7f00:1]:{port}/",
    "https://[::127.0.0.1]:{port}/",
    "https://[64:ff9b::7f00:1]:{port}/",
    "https://[64:ff9b:1::7f00:1]:{port}/",
    "https://[2002:7f00:1::]:{port}/",
    "https://[2001:0:7f00:1::]:{port}/",
    "https://[fe80::1]/",
    "https://[fc00::1]/",
    "https://[fec0::1]/",
    "https://[ff02::1]/",
    "https://[::]:{port}/",
    "https://0:{port}/",
    "https://0.0.0.0:{port}/",
    "https://169.254.169.254/",
    "https://10.0.0.8/",
    "https://172.16.0.1/",
    "https://192.168.1.1/",
    "https://100.64.0.1/",
    "https://198.18.0.1/",
    "https://224.0.0.1/",
    "https://255.255.255.255/",
    "https://localhost:{port}/",
    "https://a.localhost:{port}/",
    "https://LOCALHOST.:{port}/",
    "https://db.internal/",
    "https://printer.local/",
    "https://user:word@example.org/",  # pragma: allowlist secret
    "https://example.org@127.0.0.1:{port}/",
    "https://example.org\\@127.0.0.1:{port}/",
    "https://127.0.0.1%2f@example.org/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:{port}/",
    "http://example.org/",
    "//127.0.0.1:{port}/",
    "https:///x",
    "https://example.org/#x",
    "https://exämple.org/",
]


def test_no_form_of_an_inward_address_is_registered_or_connected(sink, settings):
    settings.WEBHOOK_NETWORKS = []
    port = sink.url.rpartition(":")[2].partition("/")[0]
    assert len(INWARD) >= 40
    taken = []
    for form in INWARD:
        url = form.replace("{port}", port)
        with pytest.raises(DomainError) as refused:
            outgoing.check_url(url)
        assert refused.value.field == "url"
        if "example.org" not in url:
            reply = outgoing.post(url, b"{}", {}, seconds=1)
            is_refused = reply.is_forbidden or url.endswith(
                (".internal/", ".local/", "host:" + port + "/")
            )
            taken += [url] * (reply.status is not None or not is_refused)
    assert (taken, sink.connections) == ([], 0)


def test_a_name_that_turns_inward_after_it_was_checked_is_not_connected(sink, monkeypatch):
    """DNS rebinding: the first answer is public, the one at the connection is not."""
    answers = [["93.184.216.34", "127.0.0.1"], ["127.0.0.1"]]
    port = int(sink.url.rpartition(":")[2].partition("/")[0])

    def resolver(host, asked, *_words, **_more):
        return [(2, 1, 6, "", (one, asked)) for one in answers[0]]

    monkeypatch.setattr(outgoing.socket, "getaddrinfo", resolver)
    for turn in answers:
        answers[0] = turn
        reply = outgoing.post(f"https://hooks.example.org:{port}/", b"{}", {}, seconds=1)
        assert (reply.status, reply.is_forbidden) == (None, True)
    assert sink.connections == 0


def test_who_answers_a_byte_a_second_is_cut_off(settings):
    import socket
    import threading
    import time

    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

        def drip():
            link, _where = server.accept()
            with link:
                for _n in range(40):
                    try:
                        link.sendall(b"H")
                    except OSError:
                        return
                    time.sleep(0.1)

        threading.Thread(target=drip, daemon=True).start()
        began = time.monotonic()
        reply = outgoing.post(f"http://127.0.0.1:{port}/", b"{}", {}, seconds=0.5, allowed=LOOPBACK)
        assert (reply.status, reply.is_forbidden) == (None, False)
        assert time.monotonic() - began < 2


def test_states_that_are_told():
    assert topic_of("funding_request", "approve", "approved") == "funding_request.approved"
    assert topic_of("funding_request", "hold", "first_review") == "funding_request.held"
    assert topic_of("donation", "receive", "received") is None
    assert topic_of("case", "close", "closed") is None


def test_old_messages_are_swept_away(people, money, keeper, sink, foundation, settings):
    register(keeper, sink.url)
    asked = make_submitted(people, money)
    with as_person(people.officer) as by:
        review.request_check(request=asked.request, by=by)
    work()
    settings.WEBHOOK_KEPT_DAYS = 0
    with house_scope(foundation.pk):
        assert webhook_sending.deliveries_sweep(house=foundation.pk) == 2
        assert WebhookDelivery.objects.count() == 0
