"""The doors without an account: what a ward sends, what a patient or relative sends, the receipt."""

import re
import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.forms.fields import (
    Line,
    OneOf,
    SomeOf,
    Story,
    WideDate,
    Yes,
    choices_of,
    half_width,
)
from cases.models.codes import NeedCategory, Priority, Relation
from cases.models.referral_codes import ReferrerProfession
from cases.services.receipts import LENGTH, code_read
from departments.models.mechanisms import AccessLink
from departments.models.organizations import Department
from msw_portal.kernel.forms import CommandForm
from msw_portal.kernel.ids import uuid7
from msw_portal.kernel.validators import PhoneField

N = NeedCategory
# What a nurse sees at a bed, in the words of the ward.
WARD_NEEDS = [
    (N.FINANCIAL.value, _("医药费困难")),
    (N.POLICY_CONSULT.value, _("医保与政策")),
    (N.EMOTIONAL.value, _("情绪问题")),
    (N.ILLNESS_ADAPTATION.value, _("难以接受病情")),
    (N.FAMILY_CAREGIVER.value, _("家庭与照顾")),
    (N.SOCIAL_SUPPORT.value, _("缺少支持")),
    (N.COMMUNICATION.value, _("医患沟通")),
    (N.DISCHARGE_PLANNING.value, _("出院安排")),
    (N.UNIDENTIFIED.value, _("身份不明、无家属")),
    (N.ABUSE_VIOLENCE.value, _("疑似虐待、家暴")),
    (N.PALLIATIVE_BEREAVEMENT.value, _("安宁与哀伤")),
    (N.OTHER.value, _("其他")),
]
# The same needs as the person who has them would say it.
SELF_NEEDS = [
    (N.FINANCIAL.value, _("医药费有压力（经济援助）")),
    (N.POLICY_CONSULT.value, _("医保、救助弄不清楚（政策咨询）")),
    (N.EMOTIONAL.value, _("心里难受、睡不好（情绪疏导）")),
    (N.SOCIAL_SUPPORT.value, _("没人帮忙、没人照顾（社会支持）")),
    (N.FAMILY_CAREGIVER.value, _("家里有矛盾、照顾太累")),
    (N.ILLNESS_ADAPTATION.value, _("不知道怎么面对病情")),
    (N.COMMUNICATION.value, _("和医生护士沟通有困难")),
    (N.DISCHARGE_PLANNING.value, _("出院后去哪儿、怎么办")),
    (N.BASIC_LIVING.value, _("住宿、交通、生活用品")),
    (N.CHILD_EDUCATION.value, _("孩子上学、陪伴")),
    (N.REHAB_REINTEGRATION.value, _("康复、回学校或单位")),
    (N.LEGAL_RIGHTS.value, _("工伤、法律问题")),
    (N.OTHER.value, _("其他")),
]
WHO = [
    ("patient", _("患者本人")),
    ("family", _("家属")),
    ("other", _("其他人代求")),
]
WHEN = [
    ("morning", _("上午")),
    ("afternoon", _("下午")),
    ("any", _("都可以")),
]
RELATIONS = [choice for choice in Relation.choices if choice[0] != Relation.SELF]
# Who stands at a bed: relatives have a door of their own.
WARD_PROFESSIONS = [
    choice for choice in ReferrerProfession.choices if choice[0] != ReferrerProfession.FAMILY
]
_FROM_LIST = {
    "required": _("请选择一项。"),
    "invalid_choice": _("请从列出的科室中选择。"),
}
_ID_NO = re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)|(?<!\d)\d{16,19}(?!\d)")


def _without_numbers(text: str) -> str:
    """Refuse identity and bank numbers in free text: they are not needed here.

    Raises:
        ValidationError: when one stands in it.
    """
    if _ID_NO.search(re.sub(r"[\s\-]", "", half_width(text))):
        raise forms.ValidationError(
            _("请不要写身份证号或银行卡号，删掉这串号码再提交。"), code="has_number"
        )
    return text


class DoorForm(CommandForm):
    """A form of nobody in particular; `once` from a page of ours, or a new one."""

    def clean_once(self) -> str:
        try:
            return str(uuid.UUID(self.cleaned_data.get("once", "")))
        except ValueError:
            return str(uuid7())

    def clean_reason(self) -> str:
        return _without_numbers(self.cleaned_data["reason"])

    @property
    def payload(self) -> dict[str, Any]:
        """What is kept of a valid form."""
        return {name: value for name, value in self.cleaned_data.items() if name != "once"}


class WardDoorForm(DoorForm):
    """F6 from a ward: under a minute."""

    bed = Line(label=_("床号"), max_length=20)
    patient_name = Line(
        label=_("姓名或姓氏"), max_length=40, required=False, help_text=_("写“王某”也可以")
    )
    needs = SomeOf(
        label=_("可能的需求"),
        choices=WARD_NEEDS,
        error_messages={"required": _("请至少选一项。")},
    )
    urgency = OneOf(
        label=_("紧急程度"),
        choices=[(one.value, one.label) for one in (Priority.NORMAL, Priority.SOON)],
        initial=Priority.NORMAL,
        widget=forms.RadioSelect,
    )
    is_crisis = Yes(label=_("危机：自伤、伤人、走失、虐待（2 小时内）"))
    reason = Story(label=_("看到什么、听到什么"), rows=3, max_length=1000)
    client_aware = Yes(label=_("患者或家属知道这次转介"))
    referrer = Line(label=_("谁转介"), max_length=40, help_text=_("姓名和岗位，例如：李护士"))
    profession = OneOf(label=_("您的职业"), choices=choices_of(WARD_PROFESSIONS), required=False)
    callback = Line(label=_("回电号码"), max_length=40, help_text=_("分机也可以"))

    def clean_callback(self) -> str:
        number = half_width(self.cleaned_data["callback"])
        if sum(sign.isdigit() for sign in number) < 3:
            raise forms.ValidationError(_("请填能打通的号码，至少 3 位数字。"), code="too_short")
        return number


class SystemReferralForm(WardDoorForm):
    """The same as a ward's, from the hospital's own system: any need of the list, and a bed where there is one."""

    bed = Line(label=_("床号"), max_length=20, required=False)
    mrn = Line(label=_("病案号"), max_length=40, required=False)
    needs = SomeOf(label=_("可能的需求"), choices=NeedCategory.choices, required=False)

    @property
    def payload(self) -> dict[str, Any]:
        """A referral without a record number is the same one as before there was any: no empty key."""
        kept = super().payload
        return kept if kept["mrn"] else {name: kept[name] for name in kept if name != "mrn"}


class OwnReferralForm(SystemReferralForm):
    """The same from a clinician's account, which says who refers; from the own ward, or another one."""

    ward = forms.ModelChoiceField(
        Department.objects.none(),
        label=_("病区或科室"),
        to_field_name="uid",
        empty_label=_("请选择"),
        error_messages=_FROM_LIST,
    )
    department = forms.ModelChoiceField(
        Department.objects.none(),
        label=_("由哪个社工部门受理"),
        to_field_name="uid",
        empty_label=_("请选择"),
        error_messages=_FROM_LIST,
    )
    referrer = None
    needs = WardDoorForm.base_fields["needs"]

    def __init__(self, *args: Any, wards: Any, departments: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["ward"].queryset = wards
        self.fields["department"].queryset = departments
        self.only = departments[0] if len(departments) == 1 else None
        if self.only:
            del self.fields["department"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        return cleaned | {"department": self.only} if self.only else cleaned


class SelfDoorForm(DoorForm):
    """A request for help by a patient, a relative or somebody for them: three steps on a phone."""

    who = OneOf(label=_("您是"), choices=WHO, widget=forms.RadioSelect)
    relation = OneOf(label=_("您是患者的"), choices=choices_of(RELATIONS), required=False)
    ward = Line(label=_("在哪个病区"), max_length=40, required=False)
    bed = Line(label=_("床号"), max_length=20, required=False)
    needs = SomeOf(
        label=_("最近最让您为难的是什么？"),
        choices=SELF_NEEDS,
        help_text=_("可以选几项"),
        error_messages={"required": _("请至少选一项。")},
    )
    distress = forms.TypedChoiceField(
        label=_("心里难受的程度"),
        choices=[(str(n), str(n)) for n in range(11)],
        coerce=int,
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
        help_text=_("0 不难受，10 受不了"),
        error_messages={"invalid_choice": _("请从列出的选项中选择。")},
    )
    is_crisis = Yes(label=_("有伤害自己或别人的想法，或正在被人伤害"))
    reason = Story(
        label=_("想先说一句话吗？"),
        rows=3,
        max_length=1000,
        required=False,
        help_text=_("请不要写身份证号、银行卡号。"),
    )
    name = Line(label=_("怎么称呼您？"), max_length=40)
    patient_name = Line(label=_("患者怎么称呼？"), max_length=40, required=False)
    phone = PhoneField(label=_("手机号"), error_messages={"required": _("请留下能找到您的电话。")})
    call_when = OneOf(
        label=_("什么时候方便找您？"), choices=WHEN, initial="any", widget=forms.RadioSelect
    )
    agrees = Yes(
        label=_("我同意社工为联系我而使用上面填的内容"),
        must=_("要您同意，社工才能联系您。"),
    )
    agrees_stay = Yes(label=_("我同意社工看患者在本院的住院信息"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("who") == "family" and not cleaned.get("relation"):
            if "relation" not in self.errors:
                self.add_error("relation", _("请选您和患者的关系。"))
        elif cleaned.get("who") != "family":
            cleaned["relation"] = ""
        return cleaned


class ReceiptForm(forms.Form):
    """The code of a receipt, as somebody types it."""

    code = forms.CharField(
        label=_("回执码"),
        max_length=40,
        help_text=_("8 位字母和数字，大小写都可以"),
        error_messages={"required": _("请填写回执码。")},
    )

    def clean_code(self) -> str:
        code = code_read(self.cleaned_data["code"])
        if len(code) != LENGTH:
            raise forms.ValidationError(
                _("回执码是 8 位，现在是 %(n)s 位，请对照核对。") % {"n": len(code)}, code="length"
            )
        return code


class DoorLinkForm(CommandForm):
    """A new code: what kind, where it hangs, until when."""

    kind = OneOf(
        label=_("给谁用"),
        choices=[
            (AccessLink.Kind.WARD_DOOR.value, _("医护：转介患者")),
            (AccessLink.Kind.SELF_DOOR.value, _("患者与家属：自己求助")),
        ],
        initial=AccessLink.Kind.WARD_DOOR,
        widget=forms.RadioSelect,
    )
    department = forms.ModelChoiceField(
        Department.objects.none(),
        label=_("挂在哪里"),
        to_field_name="uid",
        empty_label=_("请选择"),
        error_messages=_FROM_LIST,
    )
    expires_on = WideDate(
        label=_("失效日期"), required=False, help_text=_("不填就一直有效，随时可以停用")
    )

    def __init__(self, *args: Any, departments: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["department"].queryset = departments
