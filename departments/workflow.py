"""State diagrams of this app, as data."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from msw_portal.kernel.workflow import Step, Workflow


class ImportState(TextChoices):
    UPLOADED = "uploaded", _("待对应列")
    REVIEWING = "reviewing", _("检查中")
    REVIEWED = "reviewed", _("待确认")
    APPLYING = "applying", _("导入中")
    DONE = "done", _("已导入")
    REFUSED = "refused", _("文件读不出")
    CANCELLED = "cancelled", _("已取消")
    EXPIRED = "expired", _("已过期")


U, R, V, A = (
    ImportState.UPLOADED,
    ImportState.REVIEWING,
    ImportState.REVIEWED,
    ImportState.APPLYING,
)
IMPORT = Workflow(
    name="import",
    steps=(
        Step("map", frozenset({U, V}), R, _("检查")),
        Step("review", frozenset({R}), V, _("检查完")),
        Step("refuse", frozenset({R}), ImportState.REFUSED, _("拒绝文件")),
        Step("confirm", frozenset({V}), A, _("确认导入")),
        Step("finish", frozenset({A}), ImportState.DONE, _("导入完")),
        # What has been imported by then stays; the same file brings the rest another time.
        Step("cancel", frozenset({U, R, V, A}), ImportState.CANCELLED, _("取消导入")),
        Step("expire", frozenset({U, V}), ImportState.EXPIRED, _("过期")),
    ),
    final=frozenset(
        {ImportState.DONE, ImportState.REFUSED, ImportState.CANCELLED, ImportState.EXPIRED}
    ),
)
