"""An agency (社会服务机构) is run as a charity once its charity status is registered, and its officers see no cases."""

import datetime as dt

import pytest
from django.utils import timezone
from psycopg2.extras import DateRange

from cases.models.casework import Case
from departments.models.organizations import Organization
from departments.models.people import Membership, Role, User, duty_class
from departments.models.register_parts import OrganizationCredential
from departments.services.charity_status import charities, is_charity
from departments.services.memberships import person_invite
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.scope import INSTALLATION, scope
from tests.factories.cases import make_case
from tests.factories.world import SINCE

DAY = dt.timedelta(days=1)


@pytest.fixture
def agency(hospital):
    """The first hospital's house as an agency with the same people."""
    with scope(org=INSTALLATION, role="system"):
        Organization.objects.filter(pk=hospital.pk).update(kind="agency")
    return hospital


def _register(agency, first, last=None):
    with scope(org=agency.pk, role="system"):
        OrganizationCredential.objects.create(
            organization=agency,
            managed_by_id=agency.managed_by_id,
            kind="charity_status",
            issued_on=first,
            valid=DateRange(first, last),
        )


def _invite(by, name):
    return person_invite(username=name, display_name="演示", role=Role.FOUNDATION_OFFICER, by=by)


def test_the_roles_of_a_charity_come_with_the_registered_status(
    agency, secadmin, acting, client_for
):
    today = timezone.localdate()
    _register(agency, today - 30 * DAY, today)  # ended yesterday
    with acting(secadmin), pytest.raises(DomainError) as refused:
        _invite(secadmin, "giver1")
    assert refused.value.rule == "membership.role_not_here"
    offer = 'value="foundation_officer"'
    assert offer not in client_for(secadmin).get("/people/invite/").content.decode()
    with scope(role="system"):
        assert agency not in charities(Organization.objects.tenants())
    _register(agency, today)
    with acting(secadmin):
        _invite(secadmin, "giver1")
    assert offer in client_for(secadmin).get("/people/invite/").content.decode()
    with scope(role="system"):
        assert agency in charities(Organization.objects.tenants())


def test_a_hospital_is_no_charity_whatever_is_registered(hospital, secadmin, acting):
    _register(hospital, timezone.localdate())
    with acting(secadmin):
        assert not is_charity(Organization.objects.get(pk=hospital.pk))
        with pytest.raises(DomainError):
            _invite(secadmin, "giver1")


def test_its_officer_sees_none_of_its_cases(agency, worker, acting):
    with acting(worker):
        make_case(worker)
        assert Case.objects.visible_to(worker).exists()
    _register(agency, timezone.localdate())
    with scope(org=agency.pk, role="system"):
        officer = User.objects.create(username="giver2", display_name="演示", is_demo=True)
        officer.membership = Membership.objects.create(
            user=officer,
            organization=agency,
            role=Role.FOUNDATION_OFFICER,
            duty_class=duty_class(Role.FOUNDATION_OFFICER),
            valid=SINCE,
        )
    with acting(officer):
        assert not Case.objects.visible_to(officer).exists()
        assert not Case.objects.exists()  # nor by the database
