"""A batch of applications before its review, for the tests of review, access and recomputation."""

from types import SimpleNamespace

import pytest

from departments.models.organizations import Organization
from msw_portal.kernel.scope import INSTALLATION, scope
from tests.factories.donations import as_person
from tests.factories.reviews import (
    close_call,
    hand_in,
    make_call,
    make_experts,
    make_member,
    make_plan,
)


@pytest.fixture
def co_applicant(hospital):
    """The head of a third hospital, which joins the first application."""
    with scope(org=INSTALLATION, role="system"):
        house = Organization.objects.create(
            kind="hospital",
            name="协作医院",
            code="HC",
            is_tenant=True,
            region_id=hospital.region_id,
            managed_by_id=INSTALLATION,
        )
    return make_member(house, "co_applicant", "dept_head")


@pytest.fixture
def batch(authority, head, other_head, co_applicant):
    """Four applications of two hospitals, five experts of whom the first works at the first hospital."""
    call = make_call(authority)
    rows = [
        hand_in(call, head, "髓爱童行", partner=co_applicant),
        hand_in(call, head, "全病程服务"),
        hand_in(call, other_head, "健康志愿者队伍"),
        hand_in(call, other_head, "共同照护"),
    ]
    close_call(call, authority, rows)
    with as_person(authority):
        hospital = rows[0].organization
    experts = make_experts(authority, 5, employer=hospital)
    plan = make_plan(call, authority)
    return SimpleNamespace(
        call=call, rows=rows, experts=experts, plan=plan, desk=authority, co_applicant=co_applicant
    )
