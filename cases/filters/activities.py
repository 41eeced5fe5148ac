"""What the list of work without a case can be asked by."""

from cases.models.service_codes import ActivityKind
from msw_portal.kernel.query import Field

ACTIVITY_FIELDS = (
    Field(("种类", "kind"), "choice", "kind", ActivityKind.choices),
    Field(("社工", "worker"), "person", "created_by"),
    Field(("日期", "date"), "date", "occurred_on"),
    Field(("病区", "ward"), "text", "ward__name"),
    Field(("地点", "place"), "text", "place"),
    Field(("主题", "topic"), "text", "topic"),
    Field(("人数", "persons"), "number", "persons"),
    Field(("人次", "visits"), "number", "person_times"),
    Field(("分钟", "minutes"), "number", "minutes"),
)
