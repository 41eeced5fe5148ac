"""The parts of a request that both sides' pages show: papers, conversation, moves, opinions, course."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from departments.models.mechanisms import Transition
from departments.models.people import User
from departments.services.viewing import is_shown
from donations.models.requests import CostLine, FundingRequest, RequestDocument
from donations.services.bills import kept
from donations.services.course import stages_of
from donations.views.lists import Lists
from donations.views.sums import Granted, Sum, sum_of
from donations.views.wording import joined
from donations.workflow import FUNDING_REQUEST, HELD_MONEY, Duty, RequestState
from msw_portal.kernel.display import when

R = RequestState
PAPER_TONES = {RequestDocument.State.VERIFIED: "accent", RequestDocument.State.RETURNED: "warn"}


def papers_of(lists: Lists) -> list[RequestDocument]:
    """The papers of a request in the programme's order."""
    rows = lists.request.programme_version.documents
    order = {row["type"]: n for n, row in enumerate(rows)}
    return sorted(lists.papers, key=lambda one: order.get(one.type, len(order)))


def paper_labels(request: FundingRequest) -> dict[str, str]:
    """What the programme calls each paper; a usual name is said in the reader's language."""
    return {
        row["type"]: gettext(str(row.get("text") or row["type"]))
        for row in request.programme_version.documents
    }


def paper_rows(
    request: FundingRequest, papers: list[RequestDocument], *, is_asker: bool
) -> list[dict[str, Any]]:
    """Papers for a list or table; the asking side opens its own file, the other side the copy."""
    labels = paper_labels(request)
    return [
        _paper_row(one, labels.get(one.type, one.type), one.document if is_asker else one.masked)
        for one in papers
    ]


def _paper_row(one: RequestDocument, label: str, file: Any) -> dict[str, Any]:
    is_there = file is not None and file.voided_at is None
    if file is not None and file.voided_at is not None:
        return _taken_back(one, label)
    is_missing = one.state == RequestDocument.State.RETURNED or (one.required and not is_there)
    return {
        "type": one.type,
        "label": label,
        "is_required": one.required,
        "is_given": is_there,
        "is_missing": is_missing,
        "state": _("未交") if is_missing and not is_there else one.get_state_display(),
        "tone": "warn" if is_missing else PAPER_TONES.get(one.state, ""),
        "url": reverse(_page_of(file), args=[one.uid]) if is_there else "",
        "file": file.title if is_there else "",
        "note": _("需补充")
        if one.state == RequestDocument.State.RETURNED
        else ""
        if one.required
        else _("可不交"),
        "words": joined([file.title, _size(file.size), black_words(one)])
        if is_there
        else _("还没有文件"),
        "black": black_words(one) if is_there else "",
        "blacken_url": reverse("donations:document_blacken", args=[one.uid])
        if is_there and is_shown(file)
        else "",
    }


def black_words(one: RequestDocument) -> str:
    """How many places of the picture are black in the foundation's copy; "" for none."""
    count = len(one.boxes)
    return ngettext("已遮盖 %(n)d 处", "已遮盖 %(n)d 处", count) % {"n": count} if count else ""


def _page_of(file: Any) -> str:
    """What the portal can show is shown; the rest is a download."""
    return "donations:document_view" if is_shown(file) else "donations:document"


def _taken_back(one: RequestDocument, label: str) -> dict[str, Any]:
    """A copy that was emptied with the consent: not missing, gone."""
    return {
        "type": one.type,
        "label": label,
        "is_required": one.required,
        "is_given": False,
        "is_missing": False,
        "state": _("已撤回"),
        "tone": "",
        "url": "",
        "file": "",
        "note": _("已撤回"),
        "words": _("已撤回"),
    }


def _size(count: int) -> str:
    return (
        _("%(n).1f MB") % {"n": count / 1048576}
        if count >= 1048576
        else _("%(n)d KB") % {"n": max(count // 1024, 1)}
    )


def given_count(rows: list[dict[str, Any]]) -> str:
    """`8 / 9`: papers that are there of those the programme lists."""
    return f"{sum(row['is_given'] for row in rows)} / {len(rows)}"


def talk_of(lists: Lists) -> list[dict[str, Any]]:
    """The conversation of the two houses, oldest first."""
    return [
        {
            "body": one.body,
            "who": one.author.display_name if one.author else _("系统"),
            "at": one.created_at,
            "house": one.side.short_name or one.side.name,
            "is_mine": one.side_id == lists.user.house_id,
        }
        for one in lists.messages
    ]


def move_label(move: Transition) -> Any:
    """What the step is called."""
    return FUNDING_REQUEST.step(move.step).label if move.step in _STEPS else _("建立草稿")


def move_rows(moves: Sequence[Transition]) -> list[dict[str, Any]]:
    """Moves as a timeline, newest first: who did what when, on either side."""
    rows = []
    for move in reversed(moves):
        label = move_label(move)
        who = move.actor.display_name if move.actor else _("系统")
        note = joined([when(move.at), who])
        rows.append({"title": label, "note": f"{note} · {move.reason}" if move.reason else note})
    if rows:
        rows[0]["state"] = "head"
    return rows


_STEPS = {step.name for step in FUNDING_REQUEST.steps}


def course_of(request: FundingRequest, moves: Iterable[Transition]) -> list[dict[str, Any]]:
    """The programme's stages for the stepper; one that left the main line ends where it left it."""
    reached = {move.to_state: when(move.at) for move in moves}
    line = stages_of(request)
    if R.COMMITTEE in line and request.proposed is not None and R.COMMITTEE not in reached:
        line.remove(R.COMMITTEE)  # below the limit: it never lay before the committee
    here = {R.SUPPLEMENT_REQUIRED: R.DOCUMENT_CHECK}.get(request.state, request.state)
    if here == R.DRAFT:
        return [
            _station(R.DRAFT, "now", reached),
            *(_station(state, "ahead", reached) for state in line),
        ]
    if here not in line:
        passed = [state for state in line if state in reached]
        return [
            *(_station(state, "done", reached) for state in passed),
            _station(here, "now", reached),
        ]
    place = line.index(here)
    stations = [
        _station(state, "done" if n < place else "now" if n == place else "ahead", reached)
        for n, state in enumerate(line)
    ]
    if request.state == R.SUPPLEMENT_REQUIRED:
        stations[place]["note"] = _("待补件")
    return stations


def _station(state: str, how: str, reached: Mapping[str, str]) -> dict[str, Any]:
    note = reached.get(state, "") if how != "ahead" else _("未开始")
    return {"label": R(state).label, "note": note, "state": how}


ACT_LABELS = {
    "accept": gettext_lazy("材料齐全"),
    "review": gettext_lazy("初审通过"),
    "second_review": gettext_lazy("复审通过"),
    "assess": gettext_lazy("社工评估"),
    "opine": gettext_lazy("医院意见"),
    "decide": gettext_lazy("评审会决定"),
    "prepare": gettext_lazy("开拨付单"),
    "release": gettext_lazy("复核放款"),
    "propose": gettext_lazy("拟定金额"),
    "raise": gettext_lazy("复核后提高金额"),
    "ask_rest": gettext_lazy("提出释放余款"),
    "release_rest": gettext_lazy("同意释放余款"),
    "keep_rest": gettext_lazy("不同意释放余款"),
}


def act_rows(lists: Lists, *, steps: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    """Opinions and decisions, newest first: all for the foundation, the hospital's own `steps` for the hospital."""
    acts = [one for one in lists.acts if not steps or one.step in steps]
    acts.sort(key=lambda one: (one.at, one.pk), reverse=True)
    return [
        {
            "label": ACT_LABELS.get(one.step) or _step_label(one.step),
            "amount": one.amount,
            "opinion": one.opinion or "",
            "who": _("接口客户端 %(name)s") % {"name": one.user.display_name}
            if one.client_id
            else one.user.display_name,
            "duty": Duty(one.duty).label,
            "at": one.at,
        }
        for one in acts
    ]


def after_of(request: FundingRequest, lists: Lists) -> dict[str, Any] | None:
    """Bills and visits of a request that was paid; None before the first payment."""
    if not request.disbursed:
        return None
    bills = lists.bills
    whole = sum((one.amount for one in bills), Decimal(0))
    return {
        "bills": [
            {"tail": f"···{one.number[-4:]}", "issued_on": one.issued_on, "amount": one.amount}
            for one in bills
        ],
        "billed": whole,
        "kept": kept(request),
        "short": max(kept(request) - whole, Decimal(0)),
        "visits": list(lists.visits),
    }


def _step_label(step: str) -> Any:
    return FUNDING_REQUEST.step(step).label if step in _STEPS else step


def amounts_of(user: User, request: FundingRequest) -> dict[str, Decimal]:
    """The bill by layer."""
    return dict(
        CostLine.objects.visible_to(user).filter(request=request).values_list("layer", "amount")
    )


def granted_elsewhere(user: User, request: FundingRequest) -> list[Granted]:
    """What was approved for the same case or project on other requests that this person may see."""
    rows = (
        FundingRequest.objects.visible_to(user)
        .filter(
            request.same_subject,
            organization_id=request.organization_id,
            state__in=sorted(HELD_MONEY),
        )
        .exclude(pk=request.pk)
        .select_related("programme_version")
        .order_by("id")
    )
    page = "donations:request" if user.house_id == request.organization_id else "donations:review"
    return [
        Granted(one.programme_version.name, one.committed, reverse(page, args=[one.uid]))
        for one in rows
        if one.committed
    ]


def bill_of(user: User, request: FundingRequest, words: str = "") -> Sum | None:
    """The bill of a request down to what is still missing after every grant, its own included."""
    granted = granted_elsewhere(user, request)
    if request.state in HELD_MONEY and request.committed:
        granted.append(Granted(_("本申请"), request.committed))
    if request.other_grants and user.house_id == request.counterparty_id:
        granted.append(Granted(_("其他机构已批准的救助"), request.other_grants))
    if request.later_aid:
        granted.append(Granted(_("提交后批准的国家救助"), request.later_aid))
    return sum_of(amounts_of(user, request), granted, words, _("住院至今 + 预估"))
