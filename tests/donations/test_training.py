"""A house for training: marked on every page and print, apart from the real world, outside what is counted."""

import datetime as dt
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, connection, transaction

from cases.services import printing
from departments.models.mechanisms import AccessLink
from departments.models.organizations import Department, Organization
from departments.models.people import ApiClient, Membership, User, duty_class
from donations.models.programmes import ProgrammeVersion
from donations.services.requests import request_draft
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.scope import INSTALLATION, scope
from reports.models import IndicatorSnapshot, ReportRun
from reports.services.runs import report_ask
from tests.factories import cases, donations, world

MARK = "人物和数据均为虚构，不计入任何统计，不能作为凭证。"


@pytest.fixture
def practice(db):
    """A hospital for training with a head and a worker of its own."""
    with scope(org=INSTALLATION, role="system"):
        house = Organization.objects.create(
            kind="hospital", name="测试练习医院", short_name="练习", code="LX",
            is_tenant=True, is_training=True, managed_by_id=INSTALLATION,
        )  # fmt: skip
        department = Department.objects.create(
            organization=house, managed_by=house, kind="msw", name="医务社会工作部"
        )
    made = {"house": house, "department": department}
    for role in ("worker", "dept_head", "secadmin"):
        user = User.objects.create(username=f"lx.{role}", display_name=f"练习{role}", is_demo=True)
        with scope(org=house.pk, role="system"):
            user.membership = Membership.objects.create(
                user=user, organization=house, role=role, duty_class=duty_class(role),
                valid=world.SINCE, department=None if role == "secadmin" else department,
            )  # fmt: skip
        made[role] = user
    return SimpleNamespace(**made)


@pytest.mark.parametrize(
    ("role", "address"), [("worker", "/workbench/"), ("dept_head", "/reports/"), ("secadmin", "/people/"), ("worker", "/cases/")]
)  # fmt: skip
def test_every_page_of_the_house_is_marked_and_none_of_a_real_one(
    practice, worker, head, secadmin, client_for, role, address
):
    real = {"worker": worker, "dept_head": head, "secadmin": secadmin}[role]
    assert MARK in client_for(getattr(practice, role)).get(address).content.decode()
    page = client_for(real).get(address)
    assert (page.status_code, MARK in page.content.decode()) == (200, False)


def test_every_print_is_marked(practice, worker, acting, monkeypatch):
    given, real = [], printing.typeset

    def listen(template, content, *, at):
        given.append((template, content))
        return real(template, content, at=at)

    monkeypatch.setattr(printing, "typeset", listen)
    for user in (practice.worker, worker):
        with acting(user):
            printing.case_print(case=cases.make_case(user), kind="F3", by=user)
            printing.blank_print(kind="F3", by=user)
    assert [content["training"] for _name, content in given] == [True, True, False, False]
    # The mark is all that differs, and it is drawn.
    template, content = given[0]
    at = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    assert real(template, content, at=at) != real(template, content | {"training": False}, at=at)


def test_what_a_house_is_stays(practice, hospital):
    for house, value in ((practice.house, False), (hospital, True)):
        with (
            pytest.raises(IntegrityError, match="a training house stays one"),
            scope(org=INSTALLATION, role="system"),
        ):
            Organization.objects.filter(pk=house.pk).update(is_training=value)


def test_no_request_to_a_real_foundation(practice, people, money, acting):
    version = money.version
    with acting(practice.worker):
        case = cases.make_case(practice.worker)
        assert not ProgrammeVersion.objects.visible_to(practice.worker).exists()
        assert Organization.objects.on_ground_of(practice.worker).filter(kind="foundation").count() == 0  # fmt: skip
    with pytest.raises(DomainError) as refused, acting(practice.worker):
        request_draft(case=case, programme_version=version, by=practice.worker)
    assert refused.value.rule == "training_stays_apart"
    donations.make_draft(people, money)  # a real house may


def test_no_consent_names_the_real_world(practice, foundation, acting):
    with acting(practice.worker):
        case = cases.make_case(practice.worker)
    with pytest.raises(DomainError) as refused, acting(practice.worker):
        cases.make_consent(case, practice.worker, "share_to_org", recipient=foundation)
    assert refused.value.rule == "training_stays_apart"


def test_no_report_no_figure_no_client_no_door(practice, head, acting):
    with acting(practice.dept_head), pytest.raises(DomainError) as refused:
        report_ask(kind="monthly", day=dt.date(2026, 1, 1), by=practice.dept_head)
    assert refused.value.rule == "permission.can_ask_report"
    for model in (IndicatorSnapshot, ReportRun, ApiClient, AccessLink):
        assert _triggers(model) == 1
    with (
        pytest.raises(IntegrityError, match="not in a house for training"),
        transaction.atomic(),
        scope(org=practice.house.pk, role="system"),
    ):
        AccessLink(
            organization_id=practice.house.pk, kind="ward_door", token_hash=b"1" * 32,
            subject_kind="department", subject_id=practice.department.pk, subject_uid=practice.department.uid,
        ).save(force_insert=True)  # fmt: skip


def _triggers(model) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_trigger WHERE tgrelid = %s::regclass AND tgname LIKE '%%no_training%%'",
            [model._meta.db_table],
        )
        return cursor.fetchone()[0]
