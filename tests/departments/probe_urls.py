"""Views that misbehave on purpose, for the tests of the middleware."""

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import path
from rest_framework import serializers
from rest_framework.decorators import api_view, permission_classes
from rest_framework.response import Response

from departments import audit
from departments.models.numbers import NumberSequence
from msw_portal.kernel.errors import DomainError
from msw_portal.urls import handler400, handler403, handler404, handler500  # noqa: F401
from msw_portal.urls import urlpatterns as portal


def _write(request, kind):
    NumberSequence.objects.create(organization_id=request.user.house_id, kind=kind)


def ok(request):
    _write(request, "ok")
    return JsonResponse({"house": request.user.house_id})


def raises(request):
    _write(request, "raises")
    raise ValueError("on purpose")


def refuses(request):
    _write(request, "refuses")
    raise DomainError("probe.no", "规则不允许。", status=409)


def answers_409(request):
    _write(request, "409")
    return HttpResponse(status=409)


def records(request):
    audit.record("probe.read", by=request.user)
    return render(request, "refused.html", {"error": "x"})


@api_view(["GET", "POST"])
@permission_classes([])
def api_invalid(request):
    _write(request, "api")
    raise serializers.ValidationError({"amount": ["金额不能为负。"]})


@api_view(["POST"])
@permission_classes([])
def api_ok(request):
    _write(request, "api-ok")
    return Response({"got": request.data}, status=201)


@api_view(["GET"])
@permission_classes([])
def api_breaks(request):
    raise ValueError("on purpose")


urlpatterns = [
    path("api/v1/probe/breaks/", api_breaks),
    path("probe/ok/", ok),
    path("probe/raises/", raises),
    path("probe/refuses/", refuses),
    path("probe/409/", answers_409),
    path("probe/records/", records),
    path("api/v1/probe/invalid/", api_invalid),
    path("api/v1/probe/ok/", api_ok),
    *portal,
]
