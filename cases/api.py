"""The REST API of stays: the hospital's own system says how each stands."""

from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from cases.api_schema import DELIVER
from cases.serializers import DeliveryInput, answer_json
from cases.services.feeds.delivering import episode_deliver
from departments.services.importing.kinds import CREATED
from msw_portal.kernel.tables.rows import plain

LONGEST_RECORD = 40


class EpisodeViewSet(viewsets.ViewSet):
    """Stays of the client's hospital, by the number of the medical record."""

    required_scopes = {"update": "episodes:write"}
    lookup_field = "mrn"

    @DELIVER
    def update(self, request: Request, mrn: str) -> Response:
        record, fault = plain(mrn.removesuffix("/"))
        if fault or not record or len(record) > LONGEST_RECORD:
            raise exceptions.ValidationError({"mrn": [_("病案号最多 40 个字，不含控制字符。")]})
        given = DeliveryInput(data=request.data)
        given.is_valid(raise_exception=True)
        done = episode_deliver(values={**given.validated_data, "mrn": record}, by=request.user)
        return Response(answer_json(done), status=201 if done.outcome == CREATED else 200)
