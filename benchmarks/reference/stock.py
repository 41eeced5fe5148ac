"""The opponents: what Django and DRF do out of the box on the same rows, tuned fairly.

Persistent connection, the same indexes, select_related where a list needs it; no token, no audit, but
behind the same walls, as the same house. Never served outside a benchmark.
"""

from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from rest_framework import generics, pagination, serializers

from departments.middleware import outside_scope
from departments.models.organizations import Organization
from donations.models.requests import FundingRequest
from msw_portal.demo.places import FOUNDATION, HOSPITAL_A
from msw_portal.kernel.scope import scope

_houses: dict[str, int] = {}


def _house(name: str) -> int:
    if name not in _houses:
        with scope():
            _houses[name] = Organization.objects.get(name=name).pk
    return _houses[name]


class _Row(serializers.ModelSerializer):
    hospital = serializers.CharField(source="organization.name")
    programme = serializers.CharField(source="programme_version.name")

    class Meta:
        model = FundingRequest
        fields = ("uid", "number", "subject_code", "hospital", "programme", "state", "requested", "gap", "proposed",
                  "approved", "disbursed", "submitted_at", "state_entered_at", "due_at", "row_version")  # fmt: skip


class _Pages(pagination.PageNumberPagination):
    page_size = 50


class _List(generics.ListAPIView):
    """ModelSerializer, OFFSET and COUNT: the list of every tutorial."""

    serializer_class, pagination_class = _Row, _Pages
    authentication_classes = permission_classes = throttle_classes = ()

    def get_queryset(self):
        rows = FundingRequest.objects.filter(
            counterparty_id=_house(FOUNDATION), submitted_at__isnull=False
        )
        return rows.select_related("organization", "programme_version").order_by(
            "-submitted_at", "-id"
        )


_list = _List.as_view()


@outside_scope
def stock_list(request: HttpRequest) -> HttpResponse:
    with scope(org=_house(FOUNDATION), role="foundation_officer"):
        return _list(request).render()


LIVE = """
    SELECT date_trunc('month', opened_at AT TIME ZONE 'Asia/Shanghai')::date, stage, count(*)
      FROM cases_case WHERE organization_id = %s AND assigned_at IS NOT NULL GROUP BY 1, 2
"""


@outside_scope
def live_group_by(request: HttpRequest) -> HttpResponse:
    """One of the dashboard's figures, counted when it is asked for."""
    house = _house(HOSPITAL_A)
    with scope(org=house, role="dept_head", care=house), connection.cursor() as cursor:
        cursor.execute(LIVE, [house])
        return JsonResponse({"cells": len(cursor.fetchall())})
