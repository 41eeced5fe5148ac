"""Who saw and changed a record of money: each house reads its own audit, masked like the page."""

import uuid

from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from departments.services.history import history_lines
from donations.models.giving import Donation, Fund
from donations.views.asking import request_or_404
from donations.views.guards import foundation_page, hospital_page, money_page
from donations.views.sent import sent_or_404


def _shown(request: HttpRequest, subject: models.Model) -> HttpResponse:
    return render(request, "donations/_history.html", {"lines": history_lines(subject)})


@require_safe
@hospital_page
def request_history(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    return _shown(request, request_or_404(request, uid))


@require_safe
@foundation_page
def review_history(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    return _shown(request, sent_or_404(request, uid))


@require_safe
@money_page
def donation_history(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    return _shown(request, get_object_or_404(Donation.objects.visible_to(request.user), uid=uid))


@require_safe
@money_page
def fund_history(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    return _shown(request, get_object_or_404(Fund.objects.visible_to(request.user), uid=uid))
