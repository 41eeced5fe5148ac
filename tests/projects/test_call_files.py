"""Files given out with a call: checked, versioned, and for everybody as far as a published version names them."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from departments.models.mechanisms import Document
from msw_portal.kernel.ids import uuid7
from projects.models.calls import Call, CallVersion
from projects.services.calls.files import call_file_add, call_file_remove
from projects.services.calls.writing import call_publish
from tests.conftest import sign_in
from tests.factories import projects as made
from tests.factories.donations import PDF, as_person
from tests.projects.test_reviews import refusal

pytestmark = pytest.mark.django_db
NAME = "申报书模板.pdf"


def upload(name: str = NAME, content: bytes = PDF) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "application/pdf")


def public(call: Call, uid) -> Client:
    return Client().get(reverse("call_public:file", args=[call.slug, uid]))


def test_a_file_of_a_draft_is_its_houses_alone_and_everybodys_with_the_announcement(
    authority, head, other_head
):
    call = made.make_call(authority)
    desk = sign_in(Client(), authority)
    page = reverse("calls:files", args=[call.uid])
    sent = desk.post(page, {"file": upload(), "purpose": "template"})
    assert sent.status_code == 302, sent.content.decode()
    with as_person(authority) as by:
        call = Call.objects.get(pk=call.pk)
        [entry] = call.files
        own = reverse("calls:file", args=[call.uid, entry["uid"]])
        assert (entry["title"], entry["purpose"], entry["bytes"]) == (NAME, "template", len(PDF))
    assert (public(call, entry["uid"]).status_code, desk.get(own).status_code) == (404, 200)
    assert [sign_in(Client(), one).get(own).status_code for one in (head, other_head)] == [404, 404]
    with as_person(authority) as by:
        call_publish(call=call, by=by)
    got = public(call, entry["uid"])
    assert (got.status_code, got.content) == (200, PDF)
    assert "attachment" in got["Content-Disposition"]
    # Neither under another announcement's address nor another file under this one.
    assert (
        Client().get(reverse("call_public:file", args=["other", entry["uid"]])).status_code == 404
    )
    assert public(call, uuid7()).status_code == 404
    for address in (
        reverse("call_public:page", args=[call.slug]),
        reverse("calls:call", args=[call.uid]),
    ):
        assert NAME in sign_in(Client(), head).get(address).content.decode()


def test_after_publishing_a_file_is_a_correction_and_the_earlier_one_stays_readable(authority):
    call = made.make_open_call(authority)
    with as_person(authority) as by:
        given = {"file": upload(), "purpose": "announcement", "by": by}
        assert refusal(call_file_add, call=call, **given) == ("call.file_note", "note")
        first = call_file_add(call=call, note="补发附件", **given)
        given["file"] = upload(content=PDF + b"%second")
        second = call_file_add(call=call, note="附件有误", **given)
        call = Call.objects.get(pk=call.pk)
        assert (call.version, [one["uid"] for one in call.files]) == (3, [str(second.uid)])
        versions = CallVersion.objects.filter(call=call).order_by("version")
        named = [[one["uid"] for one in row.content["files"]] for row in versions]
        assert named == [[], [str(first.uid)], [str(second.uid)]]
    assert [public(call, one.uid).status_code for one in (first, second)] == [200, 200]
    with as_person(authority) as by:
        call = call_file_remove(call=call, uid=second.uid, note="撤下", by=by)
        assert (call.version, call.files) == (4, [])
    assert public(call, second.uid).status_code == 200


def test_what_nobody_was_given_goes_and_what_is_no_document_is_refused(authority, head):
    call = made.make_call(authority)
    with as_person(authority) as by:
        kept = call_file_add(call=call, file=upload(), purpose="template", by=by)
        call_file_remove(call=call, uid=kept.uid, by=by)
        assert Document.objects.filter(uid=kept.uid).exists() is False
        assert refusal(call_file_remove, call=call, uid=kept.uid, by=by) == ("call.file_gone", None)
        wrong = SimpleUploadedFile("a.exe", b"MZ", "application/pdf")
        assert refusal(call_file_add, call=call, file=wrong, purpose="template", by=by)[1] == "file"
    with as_person(head) as by:
        asked = {"call": call, "file": upload(), "purpose": "template", "by": by}
        assert refusal(call_file_add, **asked) == ("permission.can_keep_call", None)


def test_a_file_that_a_later_scan_refused_is_given_out_no_more(authority):
    call = made.make_call(authority)
    with as_person(authority) as by:
        kept = call_file_add(call=call, file=upload(), purpose="template", by=by)
        call_publish(call=call, by=by)
        Document.objects.filter(pk=kept.pk).update(
            scan_state="refused", scan_found="EICAR", scanned_at=kept.created_at
        )
    assert public(call, kept.uid).status_code == 404
