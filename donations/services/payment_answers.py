"""What the bank says of a list, line by line: brought by one person, booked by another, nothing twice."""

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments import audit
from departments.models.people import User
from departments.services.importing import values as cells
from departments.services.importing.kinds import KNOWN, Column, Kind, Line, Lines, one_by_one
from departments.services.moving import move, write_transition
from donations.models.payments import PaymentAnswer, PaymentLine
from donations.models.payout import Disbursement
from donations.payment_permissions import can_book_answer, can_book_answers, can_keep_answer
from donations.payment_workflow import (
    PAYMENT_ANSWER,
    PAYMENT_LINE,
    AnswerState,
    ListState,
    PaymentState,
)
from donations.services.payment_lines import OPEN, line_paid
from donations.services.payout import disbursement_bounce
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.money import parse_amount

Outcome = PaymentAnswer.Outcome
ROLES = frozenset({"foundation_cashier", "foundation_approver"})
# How banks call the three things that can have become of a payment.
PAID = ("成功", "已付", "付款成功", "交易成功", "处理成功", "转账成功", "已入账", "paid", "success")
BOUNCED = (
    *("失败", "退汇", "退票", "付款失败", "交易失败", "处理失败", "转账失败", "已退汇", "已拒绝"),
    *("bounced", "failed", "returned"),
)
PENDING = ("处理中", "待处理", "银行处理中", "受理中", "已提交", "pending")
REFERENCE = re.compile(r"[\s—–-]")


def _outcome(cell: str) -> str:
    typed = cells.folded(cell).casefold()
    for words, outcome in ((PAID, Outcome.PAID), (BOUNCED, Outcome.BOUNCED)):
        if typed in words:
            return outcome
    if typed in PENDING:
        raise cells.refused("pending", _("银行还在处理，等有结果后再导入。"))
    raise cells.refused("outcome", _("结果只能是成功或失败、退汇，看不懂“%(cell)s”。"), cell=cell)


def _amount(cell: str) -> str:
    return str(cells.parsed(parse_amount)(cells.folded(cell).strip("`").removeprefix("-")))


def _account(cell: str) -> str:
    typed = "".join(cells.folded(cell).strip("`'").split())
    if re.fullmatch(r"[0-9.]+E\+?[0-9]+", typed, re.IGNORECASE):
        raise cells.refused(
            "rounded", _("账号被表格软件改成了科学计数法，请重新导出并把这一列设为文本。")
        )
    return cells.text(40)(typed)


def _settle(line: Line) -> None:
    values = line.values
    if not Decimal(values["amount"]):
        line.refuse("amount", _("金额必须大于零。"))
    if values["on"] > timezone.localdate():
        line.refuse("on", _("日期不能在将来。"))
    if not values.get("reference") and not values.get("account"):
        line.refuse("reference", _("备注和收款人账号至少要有一项，才能对上付款。"))


def _key(values: Mapping[str, Any]) -> str:
    names = ("reference", "account", "amount", "outcome", "bank_no", "on")
    return "|".join(str(values.get(name) or "") for name in names)


def _plain(text: str) -> str:
    return REFERENCE.sub("", text).casefold()


def _fitting(
    candidates: Iterable[PaymentLine], *, reference: str, account: str, amount: Decimal
) -> PaymentLine | None:
    """The payment that an answer is about: by our own reference, else the one of this account and sum."""
    said, same = _plain(reference), []
    for line in candidates:
        if line.amount != amount:
            continue
        if _plain(line.reference) in said:
            return line
        if account and line.account == account:
            same.append(line)
    return same[0] if len(same) == 1 else None


def _listed(by: User) -> list[PaymentLine]:
    rows = PaymentLine.objects.visible_to(by).filter(
        state__in=OPEN, list__state__in=[ListState.APPROVED, ListState.SETTLED]
    )
    # What waits comes first: an old payment of the same account and sum does not hide it.
    return sorted(rows.order_by("id"), key=lambda line: line.state != PaymentState.WAITING)


def _bring(lines: Lines, by: User) -> None:
    candidates = _listed(by)

    def make(line: Line, by: User) -> str | None:
        return _brought(line, candidates, by)

    one_by_one(make)(lines, by)


def _brought(line: Line, candidates: list[PaymentLine], by: User) -> str | None:
    values, amount = line.values, parse_amount(line.values["amount"])
    known = PaymentAnswer.objects.visible_to(by).filter(same_hash=line.key)
    if known.exists():
        return KNOWN
    outcome, account = values["outcome"], values.get("account") or ""
    reference = values.get("reference") or ""
    waiting = [one for one in candidates if one.state == PaymentState.WAITING]
    fit = _fitting(waiting, reference=reference, account=account, amount=amount) or _fitting(
        candidates, reference=reference, account=account, amount=amount
    )
    if fit is not None and (fit.state, outcome) == (PaymentState.PAID, Outcome.PAID):
        return KNOWN
    answer = PaymentAnswer(
        organization_id=by.house_id,
        reference=reference,
        name=values.get("name") or None,
        account=account or None,
        amount=amount,
        outcome=outcome,
        reason=values.get("reason") or "",
        bank_no=values.get("bank_no") or "",
        on=values["on"],
        same_hash=line.key,
        line=fit,
        created_by=by,
    )
    answer.save(force_insert=True)
    write_transition(answer, PAYMENT_ANSWER, "bring", before="", by=by)
    return None


KIND = Kind(
    code="payment_answer",
    label=_("付款回单"),
    lead=_("网上银行批量付款的结果明细；导入后由另一人在“银行回单”里登记，付讫或退汇才生效。"),
    roles=ROLES,
    columns=(
        Column(
            "reference",
            _("备注"),
            cells.line_text(120),
            ("附言", "摘要", "用途备注", "客户备注", "业务参考号"),
            example="SF-P-2026-0001-001",
            note=_("付款清单里的备注，用来对上是哪一笔"),
        ),
        Column(
            "account", _("收款人账号"), _account, ("收款账号", "对方账号", "账号"), mask="account"
        ),
        Column(
            "name",
            _("收款人户名"),
            cells.line_text(80),
            ("收款户名", "收款人", "户名"),
            mask="name",
        ),
        Column(
            "amount", _("金额"), _amount, ("交易金额", "付款金额"), required=True, example="5000.00"
        ),
        Column(
            "outcome",
            _("结果"),
            _outcome,
            ("状态", "处理状态", "交易状态", "处理结果", "付款状态"),
            required=True,
            example="成功",
            choices=("成功", "失败", "退汇"),
        ),
        Column(
            "reason",
            _("原因"),
            cells.line_text(200),
            ("失败原因", "退汇原因", "错误信息", "处理信息"),
        ),
        Column(
            "bank_no",
            _("银行流水号"),
            cells.line_text(60),
            ("流水号", "交易流水号", "凭证号", "指令序号"),
        ),
        Column(
            "on",
            _("日期"),
            cells.day,
            ("交易日期", "处理日期", "付款日期", "退汇日期"),
            required=True,
            example="2026-01-05",
            revive=cells.revive_day,
        ),
    ),
    key=_key,
    apply=_bring,
    settle=_settle,
    is_care=False,
    shown=("on", "reference", "amount"),
)


# ── what becomes of a line ───────────────────────────────────────────────────


def _locked(answer: PaymentAnswer) -> PaymentAnswer:
    return PaymentAnswer.objects.locked().get(pk=answer.pk)


@command
def answer_fit(*, answer: PaymentAnswer, line: PaymentLine, by: Any) -> PaymentAnswer:
    """Say which payment a line is about that fitted none.

    Raises:
        DomainError: `payment_answer.fit.wrong_state` (409), on `line`: `payment_answer.other_sum`.
    """
    held = _locked(answer)
    require(can_keep_answer, by, held)
    PAYMENT_ANSWER.check(held, "fit")
    if line.amount != held.amount:
        raise DomainError("payment_answer.other_sum", _("金额与所选的付款不同，请核对。"), "line")
    held.line, held.trouble = line, ""
    held.save(update_fields=["line", "trouble"])
    write_transition(held, PAYMENT_ANSWER, "fit", before=held.state, by=by)
    audit.record("payment_answer.fit", by=by, on=held, line=line.reference)
    return held


@command
def answer_ignore(*, answer: PaymentAnswer, reason: str, by: Any) -> PaymentAnswer:
    """Set a line aside that is about no payment of ours.

    Raises:
        DomainError: `payment_answer.ignore.wrong_state` (409), `.needs_reason` on `reason`.
    """
    held = _locked(answer)
    require(can_keep_answer, by, held)
    move(held, PAYMENT_ANSWER, "ignore", by=by, reason=reason)
    audit.record("payment_answer.set_aside", by=by, on=held)
    return held


@command
def answer_book(*, answer: PaymentAnswer, by: Any) -> PaymentAnswer:
    """Book what the bank said: paid with day and number, or returned, which reverses the posting.

    A returned payment asks the hospital's worker to correct the account.

    Raises:
        DomainError: `payment_answer.book.wrong_state` (409), `payment_answer.needs_line` on `line`,
            `payment_answer_booked_by_another`, `payment_line_answered_by_another` (409), those of
            `disbursement_bounce`.
    """
    held = _locked(answer)
    PAYMENT_ANSWER.check(held, "book")
    if held.line_id is None:
        raise DomainError(
            "payment_answer.needs_line", _("先说明这一行对应哪一笔付款。"), "line", status=409
        )
    _check_apart(held, by)
    require(can_book_answer, by, held)
    if held.outcome == Outcome.BOUNCED:
        # The request is locked before the payment, as in every command that touches both.
        reason = held.reason or str(_("银行未说明原因"))
        PAYMENT_LINE.check(held.line, "bounce", reason)
        disbursement_bounce(disbursement=held.line.disbursement, reason=reason, by=by)
    else:
        _book_paid(held, by=by)
    held.booked_by, held.booked_at, held.trouble = by, timezone.now(), ""
    move(held, PAYMENT_ANSWER, "book", by=by, also=("booked_by", "booked_at", "trouble"))
    audit.record("payment_answer.record", by=by, on=held, outcome=held.outcome, amount=held.amount)
    return held


def _check_apart(held: PaymentAnswer, by: Any) -> None:
    if by.pk == held.created_by_id:
        raise DomainError(
            "payment_answer_booked_by_another", _("导入回单的人不能自己登记。"), status=409
        )
    if by.pk == held.line.made_by_id:
        raise DomainError(
            "payment_line_answered_by_another",
            _("编制付款清单的人不能登记银行的回单。"),
            status=409,
        )


def _book_paid(held: PaymentAnswer, *, by: Any) -> None:
    payout = Disbursement.objects.locked().get(pk=held.line.disbursement_id)
    line = PaymentLine.objects.locked().get(pk=held.line_id)
    line_paid(line, paid_on=held.on, bank_no=held.bank_no, by=by)
    if held.bank_no and not payout.voucher_no:
        payout.voucher_no = held.bank_no
        payout.save(update_fields=["voucher_no"])


@command
def answers_book(*, by: Any) -> tuple[int, int]:
    """Book everything that fits and that this person may book: (how many were, how many could not be).

    Each by itself: what is refused keeps its reason in `trouble` and stops no other.
    """
    require(can_book_answers, by, None)
    rows = PaymentAnswer.objects.visible_to(by).filter(state=AnswerState.OPEN, line__isnull=False)
    done = left = 0
    for answer in rows.select_related("line__disbursement").order_by("on", "id"):
        if not can_book_answer(by, answer):
            continue
        try:
            with transaction.atomic():
                answer_book(answer=answer, by=by)
            done += 1
        except DomainError as error:
            left += 1
            PaymentAnswer.objects.filter(pk=answer.pk).update(trouble=str(error.message)[:200])
    return done, left
