"""A consent on paper: the text in full, blank to be signed by hand. (The filled one is F2 of cases/services/printing.py.)"""

from django.utils import translation
from django.utils.translation import gettext as _

from cases.form_permissions import can_print_blank
from cases.form_schemas.registry import ALL
from cases.models.consents import ConsentTemplate
from cases.services.papers import filled_sheet
from cases.services.printing import PAPER_LANGUAGE, own_paper
from departments import audit
from departments.models.people import User
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command


@command
def consent_blank_print(*, template: ConsentTemplate, by: User) -> bytes:
    """A published text with room for the signatures; no person on it."""
    require(can_print_blank, by, template)
    with translation.override(PAPER_LANGUAGE):
        values = {"kind": template.kind, "purpose": template.title, "text": template.text}
        sheet = filled_sheet(ALL["F2"], None, values, {}, is_named=False)
        sheet.title = template.title
        sheet.numbers = _("服务对象：____________　个案编号：____________")
        sheet.version = _("第 %(n)d 版") % {"n": template.version}
        content = own_paper(sheet, by=by)
    audit.record("consent_template.print", by=by, on=template, version=template.version)
    return content
