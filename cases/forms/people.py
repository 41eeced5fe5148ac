"""Persons: search before create, registration, their people and stays, and seeing who they are."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from cases.forms.fields import (
    Digits,
    Line,
    OneOf,
    Reason,
    SomeOf,
    WideDate,
    WideInteger,
    Yes,
    choices_of,
)
from cases.models.casework import Case
from cases.models.codes import (
    Capacity,
    CapacityGround,
    IdType,
    Insurance,
    Relation,
    Sex,
    TreatmentStage,
    VisitType,
    WelfareStatus,
)
from cases.models.reveals import IdentityReveal
from departments.models.organizations import Department
from msw_portal.kernel.forms import CommandForm
from msw_portal.kernel.validators import IdNoField, NameField, PhoneField, parse_id_no

_PHONE_HELP = _("手机或带区号的固定电话")


class SearchForm(CommandForm):
    """Who is looked for; at least one of the four."""

    name = Line(
        label=_("姓名"),
        required=False,
        max_length=60,
        help_text=_("一个字也可以；少数民族姓名可写间隔号"),
    )
    id_no = Digits(label=_("证件号码"), required=False, max_length=40)
    phone = PhoneField(label=_("联系电话"), required=False)
    mrn = Digits(label=_("住院号 / 病案号"), required=False, max_length=30)

    def clean_id_no(self) -> str:
        number = self.cleaned_data["id_no"]
        # Another kind of document may have any length; 18 signs that begin like one are an identity number.
        if len(number) == 18 and number[:17].isdigit():
            parse_id_no(number)
        return number

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not self.errors and not any(
            cleaned.get(name) for name in ("name", "id_no", "phone", "mrn")
        ):
            raise ValidationError(_("请至少填一项：姓名、证件号码、电话或住院号。"), code="nothing")
        return cleaned


class PersonFields(CommandForm):
    """What is known of a person; used when registering and when amending."""

    name = NameField(label=_("姓名"), required=False, help_text=_("与证件一致；身份不明时可不填"))
    is_unidentified = Yes(label=_("身份不明（无名氏）"))
    sex = OneOf(label=_("性别"), choices=Sex.choices, widget=forms.RadioSelect)
    id_type = OneOf(label=_("证件类型"), choices=IdType.choices, initial=IdType.ID)
    id_no = Digits(
        label=_("证件号码"),
        required=False,
        max_length=40,
        help_text=_("居民身份证会核对校验位、出生日期与性别"),
    )
    birth_date = WideDate(
        label=_("出生日期"), required=False, not_future=True, help_text=_("填了居民身份证号可不填")
    )
    birth_unknown = Yes(label=_("出生日期不详"))
    phone = PhoneField(label=_("联系电话"), required=False, help_text=_PHONE_HELP)
    address = Line(label=_("现住址"), required=False, max_length=200)
    welfare_status = OneOf(
        label=_("困难身份"), choices=choices_of(WelfareStatus.choices), required=False
    )
    insurance = OneOf(label=_("医保类型"), choices=choices_of(Insurance.choices), required=False)
    members_count = WideInteger(label=_("家庭人口"), required=False, min_value=1, max_value=30)

    household_names = ("welfare_status", "insurance", "members_count")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        self._check_identity(cleaned)
        self._check_name(cleaned)
        return cleaned

    def _check_name(self, cleaned: dict[str, Any]) -> None:
        if cleaned.get("is_unidentified"):
            cleaned["name"] = cleaned.get("name") or str(_("无名氏"))
        elif not cleaned.get("name") and "name" not in self.errors:
            self.add_error("name", _("请填姓名；身份不明的请勾选“身份不明”。"))

    def _check_identity(self, cleaned: dict[str, Any]) -> None:
        kind, number = cleaned.get("id_type"), cleaned.get("id_no")
        if kind == IdType.NONE and number:
            self.add_error("id_type", _("填了证件号码，请选对应的证件类型。"))
        if kind != IdType.ID or not number:
            self._check_birth(cleaned)
            return
        try:
            said = parse_id_no(number)
        except ValidationError as error:
            self.add_error("id_no", error)
            return
        cleaned["id_no"] = said.number
        if cleaned.get("birth_unknown") or not cleaned.get("birth_date"):
            cleaned["birth_date"], cleaned["birth_unknown"] = (
                cleaned.get("birth_date") or said.birth_on,
                False,
            )
        if cleaned["birth_date"] != said.birth_on and "birth_date" not in self.errors:
            self.add_error(
                "birth_date",
                _("与身份证号上的 %(born)s 不一致，请核对。") % {"born": said.birth_on},
            )
        if cleaned.get("sex") in (Sex.MALE, Sex.FEMALE) and cleaned["sex"] != str(said.sex):
            self.add_error("sex", _("与身份证号第 17 位不一致，请核对。"))

    def _check_birth(self, cleaned: dict[str, Any]) -> None:
        known, unknown = cleaned.get("birth_date"), cleaned.get("birth_unknown")
        if known and unknown:
            self.add_error("birth_unknown", _("填了出生日期，就不要勾“出生日期不详”。"))
        if not known and not unknown and "birth_date" not in self.errors:
            self.add_error("birth_date", _("请填出生日期，或勾选“出生日期不详”。"))

    def household(self) -> dict[str, Any]:
        """The codes of the household that were filled in."""
        given = {name: self.cleaned_data.pop(name, None) for name in self.household_names}
        return {name: value for name, value in given.items() if value not in (None, "")}


class RegisterForm(PersonFields):
    """A new person; `searched` proves that the person was looked for first."""

    searched = forms.UUIDField(
        widget=forms.HiddenInput, error_messages={"required": _("请先查找，再登记。")}
    )

    def command(self, service, **given: Any) -> bool:
        """The household's codes travel as one value."""
        return self.is_valid() and super().command(service, household=self.household(), **given)


class AmendForm(PersonFields):
    """What is corrected about a person: only what is filled in changes, since nothing is shown in clear."""

    sex = OneOf(label=_("性别"), choices=Sex.choices, widget=forms.RadioSelect, required=False)
    id_type = OneOf(label=_("证件类型"), choices=choices_of(IdType.choices), required=False)
    deceased_on = WideDate(label=_("去世日期"), required=False, not_future=True)
    capacity = OneOf(
        label=_("民事行为能力"),
        choices=choices_of(Capacity.choices),
        required=False,
        help_text=_("限制或无民事行为能力的，同意书和计划由监护人签署；恢复的选“完全”"),
    )
    capacity_ground = OneOf(
        label=_("认定依据"), choices=choices_of(CapacityGround.choices), required=False
    )
    capacity_judged_by = Line(
        label=_("由谁认定"),
        required=False,
        max_length=100,
        help_text=_("法院和文号、鉴定机构，或医生姓名"),
    )
    capacity_judged_on = WideDate(label=_("认定日期"), required=False, not_future=True)

    def clean(self) -> dict[str, Any]:
        cleaned = CommandForm.clean(self)
        if cleaned.get("id_no"):
            cleaned["id_type"] = cleaned.get("id_type") or IdType.ID
            self._check_identity(cleaned)
        elif cleaned.get("birth_date") and cleaned.get("birth_unknown"):
            self.add_error("birth_unknown", _("填了出生日期，就不要勾“出生日期不详”。"))
        if not self.errors and not any(value for name, value in cleaned.items() if name != "once"):
            raise ValidationError(_("请填要更正的内容。"), code="nothing")
        return cleaned

    def command(self, service, **given: Any) -> bool:
        """Only what was filled in is given to the service."""
        if not self.is_valid():
            return False
        household = self.household()
        filled = {
            name: value
            for name, value in self.cleaned_data.items()
            if value not in (None, "", False)
        }
        self.cleaned_data = filled | ({"household": household} if household else {})
        return super(PersonFields, self).command(service, **given)


FLAGS = (
    ("is_guardian", _("监护人")),
    ("is_primary_caregiver", _("主要照顾者")),
    ("is_primary_contact", _("首要联系人")),
    ("is_legal_agent", _("法定代理人")),
    ("is_cohabiting", _("同住")),
    ("is_payer", _("承担费用")),
    ("is_decider", _("作医疗决定")),
    ("must_not_be_told", _("不可告知（联系前先看这里）")),
)


class FlagsForm(CommandForm):
    """What a relative is to the person, as ticks; a form that inherits it orders `flags` last."""

    flags = SomeOf(label=_("身份"), choices=FLAGS, required=False)

    def command(self, service, **given: Any) -> bool:
        """Each tick is one fact of the service."""
        if not self.is_valid():
            return False
        ticked = self.cleaned_data.pop("flags")
        return super().command(service, **given, **{name: name in ticked for name, _label in FLAGS})


class RelatedForm(FlagsForm):
    """Family, carers and guardians."""

    name = NameField(label=_("姓名"))
    relation = OneOf(
        label=_("与服务对象的关系"),
        choices=choices_of([choice for choice in Relation.choices if choice[0] != Relation.SELF]),
    )
    phone = PhoneField(label=_("联系电话"), required=False, help_text=_PHONE_HELP)
    id_no = IdNoField(label=_("居民身份证号"), required=False, help_text=_("签署监护人同意时要用"))
    field_order = ("name", "relation", "phone", "id_no", "flags")


# Suggestions, so that one disease has one name; what is not among them may be typed.
DISEASE_GROUPS = [
    _("白血病"),
    _("淋巴瘤"),
    _("实体肿瘤"),
    _("先天性心脏病"),
    _("再生障碍性贫血"),
    _("脑卒中"),
    _("脑瘫"),
    _("肾衰竭"),
    _("早产儿疾病"),
    _("骨折与创伤"),
    _("唇腭裂"),
    _("罕见病"),
    _("其他"),
]


class _OwnCase(forms.ModelChoiceField):
    def label_from_instance(self, obj: Case) -> str:
        return obj.number or str(obj.get_stage_display())


class EpisodeForm(CommandForm):
    """One visit or stay."""

    visit_type = OneOf(
        label=_("就诊类型"),
        choices=VisitType.choices,
        initial=VisitType.INPATIENT,
        widget=forms.RadioSelect,
    )
    mrn = Digits(label=_("住院号 / 病案号"), required=False, max_length=30)
    ward = forms.ModelChoiceField(
        Department.objects.none(),
        label=_("病区 / 科室"),
        required=False,
        to_field_name="uid",
        empty_label=_("请选择"),
        error_messages={"invalid_choice": _("请从列出的病区中选择。")},
    )
    bed = Line(label=_("床号"), required=False, max_length=20)
    doctor = Line(label=_("主管医生"), required=False, max_length=60)
    diagnosis = Line(label=_("诊断"), required=False, max_length=200)
    diagnosis_codes = Line(
        label=_("诊断编码（ICD-10）"),
        required=False,
        max_length=200,
        help_text=_("病案首页上的编码，如 C91.0；多个用逗号分开"),
    )
    level5_diagnosis = Line(
        label=_("需要 5 级保密的诊断"),
        required=False,
        max_length=200,
        help_text=_("艾滋病、性病、精神障碍等写在这里：只存进个案，不写进就诊，别的同事看不到"),
    )
    level5_case = _OwnCase(
        Case.objects.none(),
        label=_("存进哪个个案"),
        required=False,
        to_field_name="uid",
        empty_label=_("请选择"),
        error_messages={"invalid_choice": _("请从列出的个案中选择。")},
    )
    disease_group = Line(
        label=_("疾病类别"),
        required=False,
        max_length=60,
        help_text=_("从提示里选；统计与救助条件按它归类"),
    )
    treatment_stage = OneOf(
        label=_("治疗阶段"), choices=choices_of(TreatmentStage.choices), required=False
    )
    insurance = OneOf(label=_("医保类型"), choices=choices_of(Insurance.choices), required=False)
    admitted_on = WideDate(label=_("入院 / 就诊日期"), required=False, not_future=True)
    discharged_on = WideDate(label=_("出院日期"), required=False)

    def __init__(self, *args: Any, wards, own_cases, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["ward"].queryset = wards
        self.fields["level5_case"].queryset = own_cases
        found = list(own_cases)
        if not found:
            del self.fields["level5_case"], self.fields["level5_diagnosis"]
        elif len(found) == 1:
            self.fields["level5_case"].initial = found[0].uid

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        came, left = cleaned.get("admitted_on"), cleaned.get("discharged_on")
        if left and not came and "admitted_on" not in self.errors:
            self.add_error("admitted_on", _("填了出院日期，也要填入院日期。"))
        elif came and left and left < came:
            self.add_error("discharged_on", _("出院日期不能早于入院日期。"))
        if cleaned.get("visit_type") == VisitType.INPATIENT and not came and not self.errors:
            self.add_error("admitted_on", _("住院的请填入院日期。"))
        if cleaned.get("level5_diagnosis") and not cleaned.get("level5_case"):
            self.add_error("level5_case", _("请选存进哪个个案。"))
        return cleaned


REVEAL_REASONS = (
    ("verify", _("核对证件信息")),
    ("contact", _("联系患者或家属")),
    ("aid", _("填报救助材料")),
    ("care", _("与诊疗团队核对")),
    ("other", _("其他")),
)


class RevealReviewForm(CommandForm):
    """Whether there was reason to look at somebody's identity."""

    reveal = forms.ModelChoiceField(
        IdentityReveal.objects.none(),
        to_field_name="uid",
        widget=forms.HiddenInput,
        error_messages={"invalid_choice": _("这次查看不在待复核之列。")},
    )
    result = OneOf(
        label=_("复核结论"), choices=IdentityReveal.Result.choices, widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, reveals: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["reveal"].queryset = reveals


class RevealForm(forms.Form):
    """Why an identity is shown; the reveal dialog posts it (templates/components/reveal_dialog.html)."""

    reason = OneOf(label=_("理由"), choices=REVEAL_REASONS)
    note = Reason(label=_("说明"), required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if (
            cleaned.get("reason") == "other"
            and not cleaned.get("note")
            and "note" not in self.errors
        ):
            self.add_error("note", _("选“其他”时请写明理由，至少 5 个字。"))
        return cleaned

    @property
    def sentence(self) -> str:
        """The reason as it is written down."""
        label, note = (
            str(dict(REVEAL_REASONS)[self.cleaned_data["reason"]]),
            self.cleaned_data["note"],
        )
        return f"{label}：{note}" if note else label
