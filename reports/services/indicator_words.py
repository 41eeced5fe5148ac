"""What the dimensions of the library are called, and the names of their values."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from cases.models import codes
from cases.models.group_codes import EventKind, GroupKind, GroupModel, Openness
from cases.models.referral_codes import ReferrerProfession
from cases.models.reporting import ReportGround
from cases.models.service_codes import (
    ActivityKind,
    ConsultationResult,
    MilestoneKind,
    PlanItemKind,
    VisitAction,
)
from cases.models.state_aid import StateAidKind
from cases.workflow import CaseStage, ReferralState
from departments.models.doors import InboxItem
from departments.models.learning import LearningForm, LearningKind
from departments.models.organizations import Department, Organization, Region
from departments.models.people import User
from departments.models.place_codes import HospitalType
from departments.models.staff import Employment, Grade
from donations.appeal_workflow import AppealKind
from donations.models.campaigns import Campaign
from donations.models.disclosure import About
from donations.models.giving import Donation, Donor, Fund
from donations.models.goods import GoodsLot
from donations.models.hospital_gifts import HospitalGift
from donations.models.ledger import LedgerAccount
from donations.models.programmes import Programme, ProgrammeVersion
from donations.models.settling import Revisit
from donations.workflow import RequestState
from projects.models.calls import Call
from projects.models.project_codes import (
    EventKind as CultivationKind,
)
from projects.models.project_codes import (
    FigureSource,
    MoneySource,
    ProjectGrade,
    ProjectKind,
    ProjectLight,
)
from projects.models.surveys import SampleKind, Survey
from projects.workflow.cultivation import ProjectState
from volunteers.models.codes import CertificateKind
from volunteers.models.codes import Source as VolunteerSource
from volunteers.workflow import VolunteerState

UNKNOWN = _("未填")
# dimension: (what it is called, the choices of its values or the table whose rows they name)
DIMS: dict[str, tuple[Any, Any]] = {
    "account": (_("账目"), LedgerAccount.Kind),
    "action": (_("处理"), VisitAction),
    "activity": (_("活动种类"), ActivityKind),
    "age": (_("年龄段"), None),
    "appeal_kind": (_("复核种类"), AppealKind),
    "about": (_("公开什么"), About),
    "call": (_("征集"), (Call, "title")),
    "campaign": (_("募捐活动"), (Campaign, "title")),
    "category": (_("需求"), codes.NeedCategory),
    "certificate": (_("证书种类"), CertificateKind),
    "channel": (_("渠道"), Donation.Channel),
    "checkpoint": (_("全程节点"), MilestoneKind),
    "consent": (_("同意事项"), codes.ConsentKind),
    "cultivation": (_("事件"), CultivationKind),
    "department": (_("科室"), (Department, "name")),
    "disease": (_("病种"), None),
    "donor_kind": (_("捐赠人类型"), Donor.Kind),
    "door": (_("途径"), InboxItem.Kind),
    "employment": (_("用工形式"), Employment),
    "ending": (_("结束方式"), CaseStage),
    "event": (_("活动形式"), EventKind),
    "figure_source": (_("指标来源"), FigureSource),
    "form": (_("形式"), LearningForm),
    "foundation": (_("慈善组织"), (Organization, "name")),
    "fund": (_("基金"), (Fund, "name")),
    "gift_use": (_("受赠用途"), HospitalGift.Purpose),
    "goods": (_("物资种类"), GoodsLot.Kind),
    "grade": (_("等级"), {**dict(Grade.choices), **dict(ProjectGrade.choices)}),
    "ground": (_("报告情形"), ReportGround),
    "group_kind": (_("小组类型"), GroupKind),
    "hard": (_("事件"), {"death": _("去世"), "crisis": _("危机"), "grief": _("安宁与哀伤")}),
    "hospital": (_("医院"), (Organization, "name")),
    "hospital_type": (_("机构类型"), HospitalType),
    "insurance": (_("医保"), codes.Insurance),
    "item": (_("任务种类"), PlanItemKind),
    "kind": (_("服务类型"), codes.ServiceKind),
    "learning": (_("种类"), LearningKind),
    "level": (_("等级"), {"1": _("一级"), "2": _("二级"), "3": _("三级"), "0": _("未定级")}),
    "light": (_("进度"), ProjectLight),
    "mode": (
        _("方式"),
        {**dict(codes.ContactMode.choices), **dict(ProgrammeVersion.PayoutMode.choices)},
    ),
    "money_source": (_("资金来源"), MoneySource),
    "need": (_("需求"), codes.NeedCategory),
    "occasion": (_("场合"), {**dict(ActivityKind.choices), "group": _("小组")}),
    "openness": (_("开放程度"), Openness),
    "outcome": (
        _("结果"),
        {
            **dict(ReferralState.choices),
            "waiting": _("待处理"),
            "case": _("开个案"),
            "consulted": _("咨询后办结"),
        },
    ),
    "profession": (_("转介人职业"), ReferrerProfession),
    "programme": (_("救助项目"), (Programme, "name")),
    "project": (_("项目类型"), ProjectKind),
    "project_state": (_("状态"), ProjectState),
    "property": (_("捐赠财产"), Donation.Kind),
    "reason": (_("结案原因"), codes.CloseReason),
    "region": (_("地区"), (Region, "name")),
    "respondent": (_("作答者"), SampleKind),
    "result": (_("咨询结果"), ConsultationResult),
    "revisit": (_("回访结果"), Revisit.Outcome),
    "risk": (_("风险"), codes.RiskLevel),
    "scale": (_("量表"), {"phq9": "PHQ-9", "gad7": "GAD-7", "who5": "WHO-5"}),
    "scheme": (_("救助种类"), StateAidKind),
    "severity": (_("严重程度"), codes.RiskLevel),
    "sex": (_("性别"), codes.Sex),
    "source": (_("来源"), codes.CaseSource),
    "stage": (_("阶段"), CaseStage),
    "star": (_("星级"), None),
    "state": (_("状态"), RequestState),
    "survey": (_("调查"), (Survey, "title")),
    "target": (_("对象"), codes.ContactTarget),
    "theme": (_("主题"), None),
    "track": (_("赛道"), None),
    "trigger": (_("预警来源"), codes.AlertTrigger),
    "urgency": (_("紧急程度"), codes.Priority),
    "voice": (_("由谁提出"), codes.NeedVoice),
    "volunteer_source": (_("志愿者来源"), VolunteerSource),
    "volunteer_state": (_("状态"), VolunteerState),
    "ward": (_("病区"), (Department, "name")),
    "work_model": (_("工作模式"), GroupModel),
    "worker": (_("社工"), (User, "display_name")),
}


def dim_name(dim: str) -> str:
    """What a dimension is called."""
    return str(DIMS[dim][0])


def value_names(dim: str, values: Iterable[str]) -> Mapping[str, str]:
    """The names of a dimension's values; one statement where they are rows, none where they are choices."""
    wanted = sorted(set(values))
    known = DIMS[dim][1]
    names = {value: value for value in wanted}
    if isinstance(known, tuple):
        names |= _rows(known[0], known[1], wanted)
    elif known is not None:
        labels = known if isinstance(known, dict) else dict(known.choices)
        names |= {value: str(labels[value]) for value in wanted if value in labels}
    if dim == "door":
        names |= {"entered": str(_("社工登记"))} if "entered" in names else {}
    if "" in names:
        names[""] = str(UNKNOWN)
    return names


def _rows(table: type[Model], field: str, values: list[str]) -> dict[str, str]:
    """Names by primary key of what the asker may see; the rest keep their number."""
    keys = [int(value) for value in values if value.isdigit()]
    if not keys:
        return {}
    found = table._default_manager.filter(pk__in=keys).values_list("pk", field)
    return {str(key): name for key, name in found}


def is_coded(dim: str) -> bool:
    """Whether the values are codes of a list: no ward, no person, no name."""
    return not isinstance(DIMS[dim][1], tuple)


def value_code(dim: str, name: str) -> str:
    """The value that a dimension's name stands for; what is no name stays as it is."""
    known = DIMS[dim][1]
    if isinstance(known, tuple):
        table, field = known
        rows = table._default_manager.filter(**{field: name}).order_by("pk")
        found = rows.values_list("pk", flat=True).first()
        return str(found) if found else name
    labels = {} if known is None else known if isinstance(known, dict) else dict(known.choices)
    return next((code for code, label in labels.items() if str(label) == name), name)


MOST_LISTED = 200
UNSAID = "?"  # in a form: what nobody has filled in, because the empty value there is no choice yet
# Tables whose rows the reader's own house keeps, few enough to choose from.
HOUSE_TABLES = (Department, Fund, Programme, Campaign, Call, Survey)


def value_choices(dim: str, by: Any) -> list[tuple[str, str]] | None:
    """The values of a dimension to choose from, the house's own rows by name; None where it has no list, or a long one."""
    known = DIMS[dim][1]
    if known is None:
        return None
    if not isinstance(known, tuple):
        labels = known if isinstance(known, dict) else dict(known.choices)
        return [(code, str(label)) for code, label in labels.items() if code != ""]
    table, field = known
    if table not in HOUSE_TABLES:
        return None
    rows = table._default_manager.filter(organization_id=by.house_id).order_by(field, "pk")
    found = [(str(pk), name) for pk, name in rows.values_list("pk", field)[: MOST_LISTED + 1]]
    return found if len(found) <= MOST_LISTED else None
