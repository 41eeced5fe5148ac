"""The REST API of referrals: the hospital's own system refers from a ward and follows what it has sent."""

from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.urls import reverse
from drf_spectacular.utils import extend_schema_view
from rest_framework import exceptions, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from cases.api_referral_schema import ACTIONS
from cases.forms.doors import SystemReferralForm
from cases.referral_serializers import ReferralInput, sent_json
from cases.services.system_referrals import Sent, referral_send, referrals_follow, sent_by
from msw_portal.kernel.api_answers import page_of, require_key, single


def refer(request: Request, said: Any) -> Sent:
    """Take in what a body says of a referral, in whichever format it came.

    Raises:
        ValidationError: for a field that the ward's form would not take.
    """
    given = ReferralInput(data=said)
    given.is_valid(raise_exception=True)
    form = SystemReferralForm(given.validated_data)
    if not form.is_valid():
        raise exceptions.ValidationError(dict(form.errors))
    return referral_send(
        ward=given.validated_data["ward"],
        department=given.validated_data["department"],
        payload=form.payload,
        once=request.headers["Idempotency-Key"],
        by=request.user,
    )


@extend_schema_view(**ACTIONS)
class SentReferralViewSet(viewsets.ViewSet):
    """Referrals of the client itself."""

    required_scopes = {
        "create": "referrals:write",
        "list": "referrals:read",
        "retrieve": "referrals:read",
    }
    lookup_field = "uid"

    def create(self, request: Request) -> Response:
        require_key(request)
        sent = refer(request, request.data)
        answer = single(sent_json(sent), status=201)
        answer["Location"] = reverse("sent_referral", args=[sent.uid])
        return answer

    def list(self, request: Request) -> Response:
        page = page_of(request, sent_by(request.user), order=("-id",))
        found = referrals_follow(items=page.rows, by=request.user)
        return Response({"items": [sent_json(one) for one in found], "next": page.next})

    def retrieve(self, request: Request, uid: UUID) -> Response:
        item = get_object_or_404(sent_by(request.user), promoted_uid=uid)
        [found] = referrals_follow(items=[item], by=request.user)
        return single(sent_json(found))
