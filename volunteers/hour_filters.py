"""What the list of hours can be asked by."""

from msw_portal.kernel.query import Field
from volunteers.models.codes import Anomaly

HOUR_FIELDS = (
    Field(("日期", "date"), "date", "checked_in", is_instant=True),
    Field(("岗位", "post"), "text", "title"),
    Field(("时长", "hours"), "number", "hours"),
    Field(("异常", "anomaly"), "choice", "anomaly", Anomaly.choices),
    Field(("编号", "number"), "text", "volunteer__national_no"),
)
