"""What the dated rules of projects may hold, and their words."""

from django.utils.translation import gettext_lazy

from departments.services.rule_shapes import Number, Shape, Whole
from projects.services.progress import BANDS, GRADE_RULE, LIGHT_RULE

SHAPES = {
    LIGHT_RULE: Shape(
        {
            "amber_behind": Number("0", "1"),
            "red_behind": Number("0", "1"),
            "amber_spent": Number("0", "10"),
            "amber_late_days": Whole(1, 365),
            "red_late_days": Whole(1, 365),
        }
    ),
    # The lowest grade takes whatever is left.
    GRADE_RULE: Shape({name: Number("0", "100") for name, _least in BANDS[:-1]}),
}
NAMES = {
    "amber_behind": gettext_lazy("落后多少亮黄灯（占 1 的几成）"),
    "red_behind": gettext_lazy("落后多少亮红灯（占 1 的几成）"),
    "amber_spent": gettext_lazy("支出超过批准金额的几倍亮黄灯"),
    "amber_late_days": gettext_lazy("报告迟几天亮黄灯"),
    "red_late_days": gettext_lazy("报告迟几天亮红灯"),
    "excellent": gettext_lazy("优秀从几分起"),
    "good": gettext_lazy("良好从几分起"),
    "qualified": gettext_lazy("合格从几分起"),
}
