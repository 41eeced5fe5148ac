"""G1 to G4 as empty A4 forms: what the system would fill in has its line or its column to write on."""

from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from cases.form_permissions import can_print_blank
from cases.form_schemas.groups import GROUP_FORMS
from cases.form_schemas.parts import Group as Part
from cases.services.form_blanks import rights_word
from cases.services.form_facts import Known
from cases.services.papers import Sheet, group_blocks
from cases.services.printing import PAPER_LANGUAGE, own_paper
from departments.models.people import User
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command

MEMBERS, LINES = 12, 4


def _lines(title: str, *labels: str) -> list[dict[str, Any]]:
    return _part(title, Known([(one, "") for one in labels]))


def _table(title: str, rows: int, *head: str) -> list[dict[str, Any]]:
    return _part(title, Known([], list(head), [[""] * len(head)] * rows))


def _part(title: str, known: Known) -> list[dict[str, Any]]:
    return group_blocks(Part(title), {}, known, is_blank=True)


def _before(kind: str) -> list[dict[str, Any]]:
    """What stands above the items of the form."""
    head = (_("小组名称"), _("小组类型"), _("带领者"))
    if kind == "G1":
        return _lines(_("带领者"), _("带领者"), _("协同"), _("部门"))
    if kind == "G2":
        columns = (_("组员"), _("状态"), _("联系方式"), _("筛选记录"), _("同意"), _("入组、退出"), _("前测"))  # fmt: skip
        return _lines(_("小组"), *head) + _table(_("组员"), MEMBERS, *columns)
    if kind == "G3":
        return _lines(
            _("小组"), *head, _("第几节"), _("时间"), _("地点"), _("目标"), _("出席")
        ) + _table(_("出勤"), MEMBERS, _("组员"), _("出勤"), _("个别观察"))
    counted = (_("节数"), _("人数"), _("人次"), _("出席率"), _("满意度"))
    scales = (_("量表"), _("前后都做的人数"), _("前测平均"), _("后测平均"), _("变化"))
    return _lines(_("小组"), *head, *counted) + _table(_("前后测"), LINES, *scales)


def _after(kind: str) -> list[dict[str, Any]]:
    if kind != "G4":
        return []
    return _table(_("预算"), LINES, _("用途"), _("数量"), _("单价"), _("预算"), _("支出"))


@command
def group_blank_print(*, kind: str, by: User) -> bytes:
    """An empty form of group work as a PDF; no group and no person in it.

    Raises:
        KeyError: for another kind than G1 to G4.
    """
    require(can_print_blank, by, None)
    with translation.override(PAPER_LANGUAGE):
        schema = GROUP_FORMS[kind]
        blocks = _before(kind)
        for part in schema.groups:
            if not part.known:
                blocks += group_blocks(part, {}, None, is_blank=True)
        blocks += _after(kind)
        numbers = _("小组编号 %(number)s") % {"number": "____________"}
        signers = [str(one) for one in schema.signers]
        sheet = Sheet(
            kind, str(schema.title), numbers, note=rights_word(), blocks=blocks, signers=signers
        )
        return own_paper(sheet, by=by)
