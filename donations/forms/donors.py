"""Donors' profiles, contacts and honours; related parties; talks with givers."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.forms.fields import Digits, Line, OneOf, Story, WideDate, Yes, choices_of
from donations.models.agreements import RelatedParty
from donations.models.donors import Approach, Recognition
from donations.models.giving import Donor
from msw_portal.kernel.forms import CommandForm
from msw_portal.kernel.money import AmountField
from msw_portal.kernel.validators import validate_id_no, validate_phone, validate_uscc


class DonorForm(CommandForm):
    """Somebody who gives."""

    kind = OneOf(label=_("捐赠人类型"), choices=choices_of(Donor.Kind.choices))
    name = Line(label=_("姓名或名称"), max_length=80, required=False, help_text=_("匿名捐赠不填"))
    uscc = Line(
        label=_("统一社会信用代码"), max_length=18, required=False, validators=[validate_uscc]
    )
    id_no = Digits(
        label=_("身份证号码"), required=False, validators=[validate_id_no], help_text=_("加密保存")
    )
    contact = Line(label=_("联系方式"), max_length=80, required=False, help_text=_("加密保存"))
    publish_name = Yes(label=_("捐赠人同意公示姓名或名称"))


class ProfileForm(CommandForm):
    """What is known of a donor, and whether the name may be published."""

    industry = Line(label=_("行业"), max_length=60, required=False)
    website = Line(label=_("网址"), max_length=200, required=False)
    is_state_owned = Yes(label=_("国有或国有控股企业（捐赠要有批准或备案文件）"))
    esg_note = Story(label=_("社会责任（ESG）备注"), max_length=2000, required=False)
    publish_name = Yes(label=_("捐赠人同意公示姓名或名称"))


class ObjectionForm(CommandForm):
    """The donor does not want to be published."""

    objected_on = WideDate(label=_("反对公开日期"), not_future=True)
    objection = Line(
        label=_("反对公开的内容"), max_length=200, help_text=_("例如：名称、地址、捐赠金额")
    )


class ContactForm(CommandForm):
    """A person of the donor to talk to."""

    name = Line(label=_("姓名"), max_length=50)
    post = Line(label=_("职务"), max_length=60, required=False)
    phone = Line(label=_("电话"), max_length=40, required=False, validators=[validate_phone])
    email = forms.EmailField(
        label=_("邮箱"),
        required=False,
        error_messages={"invalid": _("请写成 name@example.org 这样的邮箱。")},
    )


class AskForm(CommandForm):
    """What the donor is asked to agree to."""

    kind = OneOf(label=_("形式"), choices=choices_of(Recognition.Kind.choices))
    title = Line(label=_("内容"), max_length=120)
    asked_on = WideDate(label=_("征求意见日期"), not_future=True)


class AnswerForm(CommandForm):
    """What the donor said."""

    agrees = forms.TypedChoiceField(
        label=_("捐赠人的意见"),
        choices=[("yes", _("同意")), ("no", _("不同意"))],
        coerce=lambda text: text == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": _("请选择一项。")},
    )
    answered_on = WideDate(label=_("答复日期"), not_future=True)
    answered_how = Line(label=_("答复方式"), max_length=120, required=False)


class GivenForm(CommandForm):
    """When and where the thanks took place."""

    given_on = WideDate(label=_("进行日期"), not_future=True)
    place = Line(label=_("场合或载体"), max_length=120, required=False)


class RelatedPartyForm(CommandForm):
    """A tie: who, what kind, since when, on what evidence."""

    name = Line(label=_("姓名或名称"), max_length=80, help_text=_("加密保存，只用于比对"))
    is_organization = Yes(label=_("是组织"))
    id_no = Digits(
        label=_("身份证号码或统一社会信用代码"),
        max_length=18,
        required=False,
        help_text=_("加密保存，只用于比对"),
    )
    relation = OneOf(label=_("关系"), choices=choices_of(RelatedParty.Relation.choices))
    donor = forms.ModelChoiceField(
        None,
        label=_("是哪个捐赠人的"),
        required=False,
        to_field_name="uid",
        empty_label=_("本机构的"),
        error_messages={"invalid_choice": _("请从列出的捐赠人中选择。")},
    )
    since = WideDate(label=_("起"))
    until = WideDate(label=_("止"), required=False)
    note = Line(label=_("依据"), max_length=200, required=False)

    def __init__(self, *args: Any, donors: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["donor"].queryset = donors

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        number = cleaned.get("id_no")
        if number:
            check = validate_uscc if cleaned.get("is_organization") else validate_id_no
            try:
                check(number)
            except forms.ValidationError as error:
                self.add_error("id_no", error)
        return cleaned


class EndForm(CommandForm):
    """The last day of a tie."""

    until = WideDate(label=_("止"))


class ApproachForm(CommandForm):
    """A talk with a possible giver."""

    donor = forms.ModelChoiceField(
        None,
        label=_("以前的捐赠单位"),
        required=False,
        to_field_name="uid",
        empty_label=_("还没有捐赠过"),
        error_messages={"invalid_choice": _("请从列出的捐赠单位中选择。")},
    )
    target = Line(
        label=_("对象"),
        max_length=80,
        required=False,
        help_text=_("企业、基金会或团体的名称；选了上一项可不填"),
    )
    person = Line(label=_("接洽人"), max_length=50, required=False, help_text=_("加密保存"))
    on = WideDate(label=_("日期"), not_future=True)
    channel = OneOf(label=_("方式"), choices=choices_of(Approach.Channel.choices))
    asked_for = Line(label=_("所请"), max_length=200)
    asked_amount = AmountField(label=_("所请金额"), required=False)
    result = OneOf(label=_("结果"), choices=Approach.Result.choices, initial="waiting")
    said = Story(label=_("谈话要点"), max_length=2000, required=False, help_text=_("加密保存"))
    next_step = Line(label=_("下一步"), max_length=200, required=False)
    next_on = WideDate(label=_("下一步日期"), required=False)

    def __init__(self, *args: Any, donors: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["donor"].queryset = donors

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not cleaned.get("donor") and not cleaned.get("target") and "target" not in self.errors:
            self.add_error("target", _("请填写对象，或选一个以前的捐赠单位。"))
        return cleaned
