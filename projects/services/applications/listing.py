"""Lists of applications as files: what was handed in, by call, state and track; no telephone."""

from django.utils.translation import gettext_lazy as _

from departments.services.export_columns import Column, choice, second
from departments.services.exporting import Listing, Part
from projects.models.applications import Application
from projects.querysets.calls import ISSUER_ROLES, UNIT_ROLES
from projects.services.calls import shapes


def _track(row: Application) -> str:
    return shapes.named(row.call.tracks).get(row.track, row.track)


PARTS = (
    Part(
        (
            Column(_("编号"), Application, "number"),
            Column(_("申报单位"), Application, "unit_name"),
            Column(_("项目名称"), Application, "title"),
            Column(_("赛道（申报类别）"), Application, "track", _track),
            Column(_("服务对象"), Application, "target_group"),
            Column(_("预算合计"), Application, "budget_total"),
            Column(_("申请资助"), Application, "budget_asked"),
            choice(_("状态"), Application, "state"),
            second(_("提交时间"), Application, "submitted_at"),
            Column(_("平均分"), Application, "score_mean"),
            Column(_("名次"), Application, "rank"),
        )
    ),
)
RECEIVED = Listing(kind="applications", roles=ISSUER_ROLES, parts=PARTS)
OWN = Listing(kind="applications", roles=UNIT_ROLES, parts=PARTS)
