"""What the list of volunteers can be asked by."""

from typing import Any

from django.db.models import Q

from msw_portal.kernel.crypto import found_by
from msw_portal.kernel.query import Field
from volunteers.models.codes import Skill, Source
from volunteers.models.people import Volunteer
from volunteers.services.finding import named
from volunteers.workflow import VolunteerState


def _skilled(codes: tuple[str, ...], _by: Any) -> Q:
    return Q(skills__overlap=list(codes))


def _phoned(words: tuple[str, ...], by: Any) -> Q:
    asked = Q(pk__in=[])
    for word in words:
        asked |= found_by(
            Volunteer, "phone_bidx", "phone", word.strip(), organization_id=by.house_id
        )
    return asked


VOLUNTEER_FIELDS = (
    Field(("姓名", "name"), "text", narrow=named, example="周晴"),
    Field(("状态", "state"), "choice", "state", VolunteerState.choices),
    Field(("来源", "source"), "choice", "source", Source.choices),
    Field(("特长", "skill"), "choice", choices=Skill.choices, narrow=_skilled),
    Field(("星级", "stars"), "number", "star"),
    Field(("时长", "hours"), "number", "hours"),
    Field(("出生年", "born"), "number", "birth_year"),
    Field(("手机", "phone"), "text", narrow=_phoned, example="13900000000"),
    Field(("登记", "registered"), "date", "created_at", is_instant=True),
)
