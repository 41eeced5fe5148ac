"""The forms of group work: plan, members, sessions with attendance, scales, summary."""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.form_schemas.groups import G1, G1_ASSOCIATION, G3, G4
from cases.forms.assessing import AssessmentForm
from cases.forms.fields import (
    Line,
    OneOf,
    Reason,
    SomeOf,
    Story,
    WideDate,
    WideInteger,
    WideTime,
    Yes,
)
from cases.forms.schema_forms import MoneyAmount, SchemaForm
from cases.models.consents import Consent
from cases.models.group_codes import AgreedBy, Moment, Presence
from cases.models.groups import GroupBudgetLine, GroupMember
from departments.models.people import User
from msw_portal.kernel.forms import CommandForm

NOT_LISTED = _("请从列出的人员中选择。")
MARKS = [(str(n), str(n)) for n in range(1, 6)]


def _beside(colleagues: Any) -> forms.ModelMultipleChoiceField:
    return forms.ModelMultipleChoiceField(
        colleagues,
        label=_("协同带领者"),
        to_field_name="uid",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("能看组员名单和每节记录"),
        error_messages={"invalid_choice": NOT_LISTED},
    )


class GroupForm(SchemaForm):
    """G1 小组计划书, with who leads beside and which scales are asked before and after."""

    schema = G1

    def __init__(
        self, *args: Any, colleagues: Any, sheets: Sequence[tuple[str, str]], **kwargs: Any
    ):
        super().__init__(*args, **kwargs)
        self.fields["co_leaders"] = _beside(colleagues)
        self.fields["scales"] = SomeOf(
            label=_("前后测用的量表"), choices=list(sheets), required=False
        )


class AssociationForm(GroupForm):
    """The plan of a patient association."""

    schema = G1_ASSOCIATION


class LeadersForm(CommandForm):
    """Who leads from now on."""

    leader = forms.ModelChoiceField(
        User.objects.none(),
        label=_("带领者"),
        to_field_name="uid",
        empty_label=_("请选择"),
        error_messages={"invalid_choice": NOT_LISTED, "required": _("请选择一位同事。")},
    )

    def __init__(self, *args: Any, leaders: Any, colleagues: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["leader"].queryset = leaders
        self.fields["co_leaders"] = _beside(colleagues)


class CommentForm(CommandForm):
    """The supervisor says yes, with a word if there is one."""

    comment = Story(label=_("督导意见"), rows=3, max_length=2000, required=False)


class MemberForm(CommandForm):
    """G2: somebody who wants to take part, under a name of the group's own."""

    alias = Line(
        label=_("组内代号"),
        max_length=20,
        help_text=_("不写真实姓名，如“向日葵妈妈”；已登记的服务对象请从右边查找"),
    )
    contact = Line(label=_("联系方式"), max_length=60, required=False, help_text=_("加密保存"))
    is_minor = Yes(label=_("未满 18 周岁"))
    screening = Story(
        label=_("筛选记录"),
        rows=3,
        max_length=2000,
        required=False,
        help_text=_("为什么想来、适不适合"),
    )


class KnownMemberForm(CommandForm):
    """G2 of a person of the register."""

    screening = Story(
        label=_("筛选记录"),
        rows=3,
        max_length=2000,
        required=False,
        help_text=_("为什么想来、适不适合"),
    )


class MemberAmendForm(CommandForm):
    """What G2 says besides who it is."""

    contact = Line(label=_("联系方式"), max_length=60, required=False, help_text=_("加密保存"))
    is_minor = Yes(label=_("未满 18 周岁"))
    screening = Story(label=_("筛选记录"), rows=3, max_length=2000, required=False)

    def __init__(self, *args: Any, is_known: bool, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if is_known:  # the register knows both
            del self.fields["is_minor"], self.fields["contact"]


class AdmitForm(CommandForm):
    """Screened, agreed, in: a person's consent, or who agreed for an alias and when."""

    joined_on = WideDate(label=_("入组日期"), not_future=True, initial=timezone.localdate)
    consent = forms.ModelChoiceField(
        Consent.objects.none(),
        label=_("同意书"),
        to_field_name="uid",
        empty_label=_("请选择"),
        required=False,
        error_messages={"invalid_choice": _("请选本人有效的同意书；未成年人须由监护人签署。")},
    )
    agreed_by = OneOf(
        label=_("由谁同意"), choices=AgreedBy.choices, widget=forms.RadioSelect, required=False
    )
    agreed_on = WideDate(label=_("同意日期"), not_future=True, required=False)

    def __init__(self, *args: Any, is_known: bool, consents: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if not is_known:
            del self.fields["consent"]
            return
        del self.fields["agreed_by"], self.fields["agreed_on"]
        self.fields["consent"].queryset = consents
        self.fields["consent"].label_from_instance = lambda one: (
            f"{one.get_kind_display()} · {one.purpose} · {timezone.localdate(one.signed_at)} · "
            f"{one.get_signer_relation_display()}"
        )


class LeaveForm(CommandForm):
    """A member leaves before the end."""

    left_on = WideDate(label=_("退出日期"), not_future=True, initial=timezone.localdate)
    reason = Reason(label=_("退出原因"), least=2)


class SessionForm(CommandForm):
    """The outline of one session."""

    title = Line(label=_("主题"), max_length=60)
    held_on = WideDate(label=_("日期"))
    starts_at = WideTime(label=_("开始时间"), required=False)
    minutes = WideInteger(label=_("分钟"), min_value=10, max_value=600, initial=60)
    place = Line(label=_("地点"), max_length=60, required=False)
    aim = Line(label=_("目标"), max_length=300)
    content = Story(label=_("内容"), rows=3, max_length=1000, required=False)
    materials = Line(label=_("物资"), max_length=200, required=False)
    in_charge = Line(label=_("负责人"), max_length=60, required=False)


class RecordForm(SchemaForm):
    """G3 过程记录: who was there, member by member, and what happened."""

    schema = G3

    def __init__(self, *args: Any, members: Sequence[GroupMember] = (), **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.members = members
        for one in members:
            self.fields[f"presence-{one.uid}"] = OneOf(
                label=one.shown_name, choices=Presence.choices, widget=forms.RadioSelect
            )
            self.fields[f"note-{one.uid}"] = Line(
                label=_("个别观察"), max_length=400, required=False
            )

    def member_rows(self) -> Iterator[dict[str, Any]]:
        """A member with the two fields, as the page draws them."""
        for one in self.members:
            yield {
                "member": one,
                "presence": self[f"presence-{one.uid}"],
                "note": self[f"note-{one.uid}"],
            }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        cleaned["attendance"] = {
            one.uid: {
                "presence": cleaned.pop(f"presence-{one.uid}", ""),
                "note": cleaned.pop(f"note-{one.uid}", ""),
            }
            for one in self.members
        }
        cleaned["attainment"] = int(cleaned.get("attainment") or 0)
        return cleaned


class PhotoForm(CommandForm):
    """One picture of a session."""

    file = forms.FileField(
        label=_("照片"),
        allow_empty_file=False,
        max_length=200,
        widget=forms.FileInput(attrs={"accept": ".jpg,.jpeg,.png"}),
        help_text=_("JPG 或 PNG；照片中的位置信息会被去掉"),
        error_messages={
            "required": _("请选择照片。"),
            "empty": _("文件是空的。"),
            "missing": _("请选择照片。"),
            "max_length": _("文件名太长，请改短。"),
        },
    )
    is_agreed = Yes(
        label=_("照片里的每个人都同意拍照和留存（未成年人由监护人同意）"),
        must=_("照片里的每个人都同意拍照和留存，才能上传；未成年人由监护人同意。"),
    )


class SummaryForm(SchemaForm):
    """G4 总结: what was spent line by line, how satisfied each member was, and the words."""

    schema = G4

    def __init__(
        self,
        *args: Any,
        members: Sequence[GroupMember] = (),
        lines: Sequence[GroupBudgetLine] = (),
        **kwargs: Any,
    ):
        super().__init__(*args, **kwargs)
        self.members, self.lines = members, lines
        for one in members:
            self.fields[f"satisfaction-{one.uid}"] = OneOf(
                label=one.shown_name, choices=MARKS, widget=forms.RadioSelect, required=False
            )
        for line in lines:
            self.fields[f"spent-{line.uid}"] = MoneyAmount(
                label=f"{line.what}", help_text=_("预算 %(amount)s") % {"amount": line.planned}
            )

    def spent_fields(self) -> list[forms.BoundField]:
        return [self[f"spent-{line.uid}"] for line in self.lines]

    def satisfaction_fields(self) -> list[forms.BoundField]:
        return [self[f"satisfaction-{one.uid}"] for one in self.members]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        marks: dict[UUID, int | None] = {}
        for one in self.members:
            mark = cleaned.pop(f"satisfaction-{one.uid}", "")
            marks[one.uid] = int(mark) if mark else None
        cleaned["satisfactions"] = marks
        cleaned["spent"] = {line.uid: cleaned.pop(f"spent-{line.uid}", None) for line in self.lines}
        return cleaned


class MemberAnswersForm(AssessmentForm):
    """A member's answers, before or after; nothing is interpreted and nothing waits as a draft of the house."""

    moment = OneOf(label=_("时点"), choices=Moment.choices, widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for name in ("interpretation", "checkpoint", "is_final"):
            del self.fields[name]


class KindForm(forms.Form):
    """The conditions of the list, read from the address; what is not understood is left out."""

    what = forms.ChoiceField(choices=[("group", ""), ("association", "")], required=False)
    stage = forms.ChoiceField(choices=[("open", ""), ("ended", "")], required=False)
    mine = forms.BooleanField(required=False)

    def asked(self) -> dict[str, Any]:
        """`what` ("group" without one), `stage` ("" for all), whether only own."""
        self.is_valid()
        return {
            "what": self.cleaned_data.get("what") or "group",
            "stage": self.cleaned_data.get("stage", ""),
            "mine": self.cleaned_data.get("mine", False),
        }
