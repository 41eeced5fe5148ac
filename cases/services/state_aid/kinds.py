"""What each kind of state aid usually asks for, where it goes and how long an answer takes: data, to be corrected by place.

The ways are those of the Interim Measures for Social Assistance (社会救助暂行办法) articles 30, 32, 48. How
long an authority may take differs from place to place: `days` are an agreement of this portal, written on
each application as a date that the worker may change.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.models.state_aid import StateAidKind

K = StateAidKind
PAPERS: dict[str, str | Promise] = {
    "application": _("申请书或申请表"),
    "id_card": _("身份证"),
    "household_register": _("户口簿"),
    "welfare_certificate": _("低保、特困、残疾等证件"),
    "income_proof": _("收入与财产情况声明"),
    "means_check": _("家庭经济状况核对授权书"),
    "hardship_statement": _("困难情况说明"),
    "diagnosis": _("诊断证明书"),
    "settlement": _("医疗费结算单或发票"),
    "insurance_statement": _("医保与大病保险报销凭证"),
    "emergency_record": _("急救病历"),
    "unpaid_bill": _("欠费清单"),
    "identity_unknown": _("公安机关出具的身份查核材料"),
    "bank_card": _("银行卡"),
    "mandate": _("授权委托书"),
    "other": _("其他材料"),
}
AGREED = _("约定的天数，当地另有规定的，请改日期")


@dataclass(frozen=True)
class KindRule:
    """`days` (calendar) until an answer is due and whence they come; `layer` the line of a bill a grant counts in."""

    authority: str | Promise
    way: str | Promise
    papers: tuple[str, ...]
    days: int
    source: str | Promise = AGREED
    layer: str = ""

    @property
    def is_status(self) -> bool:
        """A standing is recognised, not a sum for this illness granted."""
        return not self.layer


_FAMILY = ("application", "id_card", "household_register", "income_proof", "means_check")
KINDS: dict[str, KindRule] = {
    K.MEDICAL: KindRule(
        _("县（市、区）医疗保障部门（经乡镇、街道）"),
        _("向乡镇、街道提出，审核、公示后由县级医保部门审批；低保、特困人员直接办理。"),
        (
            *_FAMILY,
            "welfare_certificate",
            "diagnosis",
            "settlement",
            "insurance_statement",
            "bank_card",
        ),
        30,
        layer="assistance",
    ),
    K.TEMPORARY: KindRule(
        _("乡镇人民政府、街道办事处"),
        _("情况紧急的，可简化审批手续，先行救助，之后补办。"),
        (*_FAMILY, "hardship_statement", "diagnosis", "bank_card"),
        10,
        layer="relief",
    ),
    K.EMERGENCY: KindRule(
        _("本院医保或医务部门（报疾病应急救助基金经办机构）"),
        _("身份不明，或无力支付急救费用的急重危伤病患者；由医院申请，拨付给医院。"),
        ("application", "emergency_record", "unpaid_bill", "identity_unknown", "diagnosis"),
        30,
        layer="relief",
    ),
    K.SUBSISTENCE: KindRule(
        _("户籍地或居住地乡镇、街道"),
        _("共同生活的家庭成员人均收入低于当地标准，财产符合规定的。"),
        _FAMILY,
        30,
    ),
    K.DESTITUTE: KindRule(
        _("户籍地乡镇、街道"),
        _("无劳动能力、无生活来源、无法定赡养抚养扶养义务人的老年人、残疾人和未成年人。"),
        _FAMILY,
        30,
    ),
    K.POVERTY_WATCH: KindRule(
        _("户籍地乡镇（经村委会）"),
        _("因病等支出骤增，有返贫风险的农村家庭，纳入监测后给予帮扶。"),
        ("application", "id_card", "household_register", "hardship_statement", "settlement"),
        30,
    ),
}
