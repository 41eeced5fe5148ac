"""What somebody typed and did not send: what the form is called, whose it is, and the way back to it."""

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.models.casework import Case
from cases.models.people import Client
from departments.models.mechanisms import Draft
from departments.services.desk import address
from msw_portal.kernel.instruments.catalogue import SHIPPED, SLOTS

# Every questionnaire the portal knows, by its code.
SHEETS = {code: one for (code, _version), one in SLOTS.items()} | SHIPPED
# Forms that keep drafts: what the form is called and where it is opened; a trailing * stands for a code.
DRAFTS: dict[str, tuple[str | Promise, str]] = {
    "cases-accept": (_("接案"), "cases:accept"),
    "cases-open": (_("开案"), "cases:open"),
    "cases-contact": (_("过程记录"), "cases:contact_new"),
    "cases-need": (_("需求"), "cases:need_add"),
    "cases-plan": (_("服务计划"), "cases:plan_new"),
    "cases-closing": (_("结案报告"), "cases:propose_closing"),
    "cases-alert": (_("风险预警"), "cases:alert_raise"),
    "cases-report": (_("强制报告"), "cases:report_new"),
    "cases-report-sheet": (_("强制报告表"), "cases:report_edit"),
    "cases-report-tell": (_("登记向谁报告"), "cases:report_tell"),
    "cases-report-follow": (_("跟进强制报告"), "cases:report_follow"),
    "cases-register": (_("接案登记"), "cases:register"),
    "cases-amend": (_("更正资料"), "cases:client_amend"),
    "cases-related": (_("家属"), "cases:related_add"),
    "cases-episode": (_("就诊"), "cases:episode_new"),
    "cases-contact_amend": (_("过程记录"), "cases:contact"),
    "cases-assessment_amend": (_("评估"), "cases:assessment"),
    "cases-referral": (_("转介"), "cases:referral_new"),
    "cases-subject-request": (_("权利请求"), "cases:subject_request_new"),
    "cases-outgoing": (_("转介给他处"), "cases:outgoing_new"),
    "cases-flag": (_("提示"), "cases:flag_new"),
    "donations-review": (_("救助审核意见"), "donations:review"),
}
# Those whose name ends with the kind that the address ends with.
DRAFTS_OF_KIND: dict[str, tuple[str | Promise, str]] = {
    "cases-drawing-genogram": (_("家庭结构图"), "cases:drawing_edit"),
    "cases-drawing-ecomap": (_("生态图"), "cases:drawing_edit"),
    "cases-calc_": (_("费用计算"), "cases:calculation_edit"),
}


@dataclass(frozen=True)
class Unsent:
    """A draft: what form, of which case or person, kept since when, and the way back."""

    title: str | Promise
    case: str
    person: str
    url: str
    saved_at: dt.datetime
    late_at: dt.datetime | None


def unsent(
    kept: Iterable[Draft], files: Mapping[uuid.UUID, Case], people: Mapping[uuid.UUID, Client]
) -> list[Unsent]:
    """Drafts as they are shown, each with the way back to its page."""
    found = []
    for one in kept:
        title, url = _way_back(one)
        if not url:
            continue
        case = files.get(one.subject_uid)
        person = case.client if case else people.get(one.subject_uid)
        late_at = one.saved_at + dt.timedelta(hours=24) if one.form == "cases-contact" else None
        found.append(
            Unsent(
                title=title,
                case=case.number if case else "",
                person=person.name_masked if person else "",
                url=url,
                saved_at=one.saved_at,
                late_at=late_at,
            )
        )
    return found


def _way_back(draft: Draft) -> tuple[str | Promise, str]:
    """What the draft's form is called, and its address; ("", "") for a form nobody opens any more."""
    uid, form = draft.subject_uid, draft.form
    if form.startswith("cases-form-") and uid:
        kind = form.removeprefix("cases-form-")
        return _("表单 %(kind)s") % {"kind": kind}, address("cases:form_write", uid, kind)
    if form.startswith("cases-consent-") and uid:
        return _("同意书"), address("cases:consent_new", uid)
    if form.startswith("cases-correct-") and uid:
        return _("更正表单"), address("cases:form_correct", uid)
    for prefix, (title, name) in DRAFTS_OF_KIND.items():
        if form.startswith(prefix) and uid:
            kind = form.removeprefix("cases-drawing-").removeprefix("cases-")
            return title, address(name, uid, kind)
    if form.startswith("cases-assessment-") and uid:
        code = form.removeprefix("cases-assessment-")
        title = SHEETS[code]["zh"] if code in SHEETS else _("评估")
        return title, f"{address('cases:assessment_new', uid)}?sheet={code}"
    if form.startswith("cases-activity-"):
        return _("探访与咨询"), address("cases:activity_new", form.removeprefix("cases-activity-"))
    title, name = DRAFTS.get(form, ("", ""))
    if not name:
        return "", ""
    return title, address(name, uid) if uid else address(name)
