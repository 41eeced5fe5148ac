"""Payment lists, answers and checks in words: rows, cards, the steps that are open."""

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from departments.models.people import User
from donations.models.payments import PaymentAnswer, PaymentLine, PaymentList
from donations.models.sampling import Verification
from donations.payment_permissions import (
    can_approve_list,
    can_book_answer,
    can_cancel_list,
    can_check_payment,
    can_keep_answer,
    can_take_file,
)
from donations.payment_workflow import AnswerState, CheckState, ListState, PaymentState
from donations.services.sampling import had_a_hand
from donations.views.listing import Cell, Part, columns, row, yuan
from donations.views.offers import Offer
from donations.views.wording import joined, last_four
from msw_portal.kernel.display import moment, money, when

LIST_TONES = {
    ListState.DRAFT: "warn",
    ListState.APPROVED: "info",
    ListState.SETTLED: "accent",
    ListState.CANCELLED: "",
}
LINE_TONES = {PaymentState.PAID: "accent", PaymentState.BOUNCED: "danger"}
ANSWER_TONES = {AnswerState.OPEN: "warn", AnswerState.BOOKED: "accent"}
CHECK_TONES = {
    CheckState.DRAWN: "warn",
    CheckState.PASSED: "accent",
    CheckState.FINDING: "danger",
}


def list_row(one: PaymentList) -> dict[str, Any]:
    return row(
        Cell(one.number, url=reverse("payments:list", args=[one.uid]), sub=moment(one.on)),
        Cell(_("%(n)d 笔") % {"n": one.count}, n=True, label=_("笔数")),
        yuan(one.total, _("合计金额")),
        Cell(one.get_state_display(), tone=LIST_TONES[one.state]),
        Cell(one.made_by, sub=one.approved_by or _("待审批")),
    )


LIST_COLUMNS = (
    gettext_lazy("付款清单"),
    gettext_lazy("笔数"),
    gettext_lazy("合计金额"),
    gettext_lazy("状态"),
    gettext_lazy("编制与审批"),
)


def line_row(line: PaymentLine) -> dict[str, Any]:
    request = line.disbursement.request
    said = joined([moment(line.paid_on) if line.paid_on else "", line.bank_no, line.reason])
    return row(
        Cell(
            request.number,
            url=reverse("donations:review", args=[request.uid]),
            sub=line.reference,
        ),
        Cell(line.name, sub=joined([line.bank, last_four(line.account)])),
        yuan(line.amount, _("金额")),
        Cell(line.get_state_display(), tone=LINE_TONES.get(line.state, "")),
        Cell(said or "—"),
    )


def list_parts(one: PaymentList, lines: list[PaymentLine]) -> list[Part]:
    """The payments of a list as the bank is told them."""
    return [
        Part(
            id="lines",
            title=_("付款明细"),
            note=_("%(n)d 笔，合计 %(sum)s 元") % {"n": one.count, "sum": money(one.total)},
            columns=columns(
                *(_("申请"), _("收款方"), _("金额"), _("状态"), _("银行回单")), figures=(2,)
            ),
            rows=[line_row(line) for line in lines],
        )
    ]


def list_side(one: PaymentList) -> list[Part]:
    return [
        Part(
            id="facts",
            title=_("清单"),
            facts=(
                (_("付款日期"), moment(one.on)),
                (_("付款账户"), one.account),
                (_("列表格式"), one.layout or _("通用格式")),
                (_("编制"), joined([one.made_by, when(one.created_at)])),
                *(
                    [(_("审批"), joined([one.approved_by, when(one.approved_at)]))]
                    if one.approved_by
                    else []
                ),
                *([(_("文件保留至"), when(one.file_expires_at))] if one.file_expires_at else []),
                *([(_("首次导出"), when(one.file_taken_at))] if one.file_taken_at else []),
                *(
                    [(_("作废"), joined([one.cancelled_by, when(one.cancelled_at)]))]
                    if one.cancelled_by
                    else []
                ),
                *([(_("银行"), _("确认未执行"))] if one.is_unexecuted else []),
            ),
        )
    ]


def list_offers(one: PaymentList, user: User) -> list[Offer]:
    """Approve, take the file, give the list up."""
    url = {name: reverse(f"payments:list_{name}", args=[one.uid]) for name in ("approve", "cancel")}
    offers = []
    if one.state == ListState.DRAFT:
        why = () if can_approve_list(user, one) else (_approve_words(one, user),)
        offers.append(Offer("approve", _("审批"), url["approve"], why, is_primary=not why))
    if one.state in {ListState.DRAFT, ListState.APPROVED} and can_take_file(user, one):
        why = () if can_cancel_list(user, one) else (_("已审批的付款清单由编制人以外的人作废。"),)
        offers.append(Offer("cancel", _("作废"), url["cancel"], why, is_quiet=True))
    return offers


def _approve_words(one: PaymentList, user: User) -> str:
    if one.made_by_id == user.pk:
        return _("编制人不能审批自己编制的付款清单。")
    return _("由另一位出纳或审批人办理。")


def file_url(one: PaymentList, user: User) -> str:
    if one.state != ListState.APPROVED or not can_take_file(user, one):
        return ""
    return reverse("payments:list_file", args=[one.uid])


def answer_row(one: PaymentAnswer, user: User) -> dict[str, Any]:
    """A line of the bank with the payment it is about and what may be done with it."""
    line = one.line
    return {
        "on": one.on,
        "bank_no": one.bank_no,
        "reference": one.reference,
        "who": joined([one.name or "", last_four(one.account or "")]),
        "amount": one.amount,
        "outcome": one.get_outcome_display(),
        "outcome_tone": "accent" if one.outcome == PaymentAnswer.Outcome.PAID else "danger",
        "reason": one.reason,
        "line": line,
        "line_url": reverse("payments:list", args=[line.list.uid]) if line else "",
        "state": one.get_state_display(),
        "tone": ANSWER_TONES.get(one.state, ""),
        "trouble": one.trouble or _why_not(one, user),
        **_answer_steps(one, user),
    }


def _answer_steps(one: PaymentAnswer, user: User) -> dict[str, Any]:
    """Book it, say what it is about, set it aside: while it is open."""
    if one.state != AnswerState.OPEN:
        return {"steps": [], "links": []}
    args, steps, links = [one.uid], [], []
    if one.line is not None and can_book_answer(user, one):
        steps.append({"label": _("登记"), "url": reverse("payments:answer_book", args=args)})
    if can_keep_answer(user, one):
        label = _("改对应") if one.line else _("对应付款")
        links = [
            {"label": label, "url": reverse("payments:answer_fit", args=args)},
            {"label": _("不处理"), "url": reverse("payments:answer_ignore", args=args)},
        ]
    return {"steps": steps, "links": links}


def _why_not(one: PaymentAnswer, user: User) -> str:
    if one.state != AnswerState.OPEN:
        return ""
    if one.line is None:
        return _("没有对上任何一笔付款。")
    if one.created_by_id == user.pk:
        return _("您导入的回单由另一人登记。")
    if one.line.made_by_id == user.pk:
        return _("您编制的清单由另一人登记回单。")
    return ""


def check_row(one: Verification) -> dict[str, Any]:
    request = one.disbursement.request
    is_late = one.state == CheckState.DRAWN and one.due_on < timezone.localdate()
    state = _("已逾期") if is_late else one.get_state_display()
    return row(
        Cell(
            request.number,
            url=reverse("payments:check", args=[one.uid]),
            sub=_("第 %(n)d 期") % {"n": one.disbursement.instalment},
        ),
        yuan(one.disbursement.amount, _("金额")),
        Cell(one.get_why_display(), sub=f"{one.draw.month:%Y-%m}"),
        Cell(moment(one.due_on)),
        Cell(state, tone="danger" if is_late else CHECK_TONES[one.state]),
        Cell(one.checked_by or "—"),
    )


def check_offers(one: Verification, user: User) -> list[Offer]:
    if one.state != CheckState.DRAWN:
        return []
    why: tuple[str, ...] = ()
    if not can_check_payment(user, one):
        why = (_("由本机构人员核查。"),)
    elif had_a_hand(one, user):
        why = (_("办理过这笔救助的人不能核查它，请由没有经手的人核查。"),)
    url = reverse("payments:check_record", args=[one.uid])
    return [Offer("record", _("登记核查结果"), url, why, is_primary=not why)]


def check_parts(one: Verification) -> list[Part]:
    """What was found, once it was."""
    if one.state == CheckState.DRAWN:
        return []
    labels = dict(Verification.Paper.choices)
    facts = [
        (_("看过的材料"), "、".join(str(labels[name]) for name in one.papers)),
        (_("与家庭联系"), joined([one.get_call_display(), moment(one.called_on)])),
        (_("家庭的说法"), one.said),
        (_("发现的问题"), one.findings or _("没有")),
    ]
    if one.to_recover:
        facts.append((_("应追回金额"), _("%(amount)s 元") % {"amount": money(one.to_recover)}))
    facts.append((_("核查人"), joined([one.checked_by, when(one.checked_at)])))
    return [Part(id="result", title=_("核查结果"), facts=facts)]


def check_side(one: Verification) -> list[Part]:
    payout, request = one.disbursement, one.disbursement.request
    url = reverse("donations:review", args=[request.uid])
    return [
        Part(
            id="payment",
            title=_("这笔拨付"),
            facts=(
                (_("申请"), request.number),
                (_("对象"), request.subject_code),
                (_("金额"), _("%(amount)s 元") % {"amount": money(payout.amount)}),
                (_("经办"), payout.prepared_by),
                (_("放款"), joined([payout.released_by, when(payout.released_at)])),
                (_("核查期限"), moment(one.due_on)),
            ),
            action=(url, _("打开申请")),
        ),
        _drawn_part(one),
    ]


def _drawn_part(one: Verification) -> Part:
    return Part(
        id="draw",
        title=_("怎样抽中的"),
        note=_("种子与名单已存档，任何人可以重算"),
        facts=(
            (_("为什么查"), one.get_why_display()),
            (_("月份"), f"{one.draw.month:%Y-%m}"),
            (
                _("抽中"),
                _("%(n)d 笔，共 %(all)d 笔")
                % {"n": one.draw.drawn_count, "all": len(one.draw.population)},
            ),
            (_("种子"), one.draw.seed),
        ),
    )
