"""After a file was destroyed no word of it stands anywhere: every table is searched, every sealed value opened."""

import datetime as dt
import json

import pytest
from django.apps import apps
from django.utils import timezone

from cases.models.casework import Case
from cases.models.people import Client
from cases.services.documents import case_document_add
from cases.services.people import index_client
from cases.services.retention import case_files_propose
from departments.models.mechanisms import Document
from departments.services import destruction
from departments.services.entering import house_scope
from departments.services.verifying import audit_verify
from msw_portal.kernel import file_store
from tests.cases.test_retention import WHY, YEAR, _run
from tests.factories import cases as make
from tests.factories.groups import make_group, make_member, make_session

pytestmark = pytest.mark.django_db
MARK = "和平路甲七号"


def _everything(by, upload):
    """A finished case in which every part that a factory makes says the mark."""
    client = make.make_client(by, name="和平路", address=MARK, phone="13800001234")
    make.make_guardian(client, by, name="和平路", is_guardian=False)
    stay = make.make_episode(client, by, visit_type="outpatient", mrn="H20260001", diagnosis=MARK)
    case = make.make_case(by, client=client, episode=stay, presenting_problem=MARK)
    make.make_need(case, by, statement=MARK)
    make.make_contact(case, by, facts=MARK, analysis=MARK)
    make.make_consent(case, by)
    Case.objects.filter(pk=case.pk).update(stage="planning")
    case.refresh_from_db()
    make.make_plan(case, by, aim=MARK)
    report = make.make_f3(case, by)
    make.make_screen(case, by)
    alert = make.make_alert(case, by)
    type(alert).objects.filter(pk=alert.pk).update(
        state="resolved", report=report, handled_by=by, handled_at=timezone.now()
    )
    case_document_add(case=case, kind="other", file=upload, by=by)
    group = make_group(by)
    member = make_member(group, by, client=client, screening=MARK)
    session = make_session(group, by)
    index_client(client)
    at = timezone.now() - 16 * YEAR
    Case.objects.filter(pk=case.pk).update(
        stage="closed",
        close_reason="goals_met",
        opened_at=at - dt.timedelta(days=9),
        assigned_at=at,
        closed_at=at,
    )
    return Case.objects.get(pk=case.pk), member, session


OWN = {"departments", "cases", "volunteers", "projects", "donations", "reports"}


def _said(house, mark):
    """Where the mark stands: every column of every table as text, and every sealed value of this house opened."""
    found = []
    for model in apps.get_models():
        names = {field.name for field in model._meta.local_concrete_fields}
        if model._meta.app_label not in OWN or "organization" not in names:
            continue
        for row in model._base_manager.filter(organization_id=house):
            for field in model._meta.local_concrete_fields:
                value = getattr(row, field.attname)
                text = json.dumps(value, ensure_ascii=False, default=str)
                if mark in text:
                    found.append((model._meta.label, field.name))
    return found


def test_no_word_of_a_destroyed_file_is_left_in_any_table(
    worker, head, secadmin, acting, upload, django_capture_on_commit_callbacks
):
    with acting(worker):
        case, _member, _session = _everything(worker, upload)
    with acting(head):
        assert ("cases.Contact", "facts") in _said(head.house_id, MARK)
        house = head.house_id
        (document,) = Document.objects.filter(subject_kind="case", subject_id=case.pk)
        assert file_store.get(document.file_key)
        record = case_files_propose(cases=[str(case.uid)], note=WHY, by=head)
    with acting(secadmin):
        destruction.destruction_approve(record=record, by=secadmin)
    with django_capture_on_commit_callbacks(execute=True):
        _run(record)
    with pytest.raises(FileNotFoundError):
        file_store.get(document.file_key)
    with house_scope(house, care=True):
        assert _said(house, MARK) == []
        assert _said(house, "13800001234") == []
        assert _said(house, "H20260001") == []
        assert Client.objects.get(pk=case.client_id).name == "已销毁"
        assert audit_verify(organization_id=house).first_break is None
