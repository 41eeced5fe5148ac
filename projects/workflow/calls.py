"""The diagrams of a call and of an application; experts' part of them is walked by experts' services."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from msw_portal.kernel.workflow import Step, Workflow


class CallState(TextChoices):
    DRAFT = "draft", _("草稿")
    PUBLISHED = "published", _("已发布，未开始")
    ACCEPTING = "accepting", _("申报中")
    CLOSED = "closed", pgettext_lazy("call", "已截止")
    REVIEWING = "reviewing", pgettext_lazy("call", "评审中")
    RANKED = "ranked", _("已排名")
    NOTICED = "noticed", _("公示中")
    DECIDED = "decided", _("已公布名单")
    ARCHIVED = "archived", _("已归档")
    CANCELLED = "cancelled", pgettext_lazy("call", "已取消")


C = CallState
CALL_LINE = (C.DRAFT, C.PUBLISHED, C.ACCEPTING, C.CLOSED, C.REVIEWING, C.RANKED, C.NOTICED)
BEFORE_DECISION: frozenset[str] = frozenset(CALL_LINE)
# What a unit may still begin and hand in, as far as the clock says so too.
TAKES_APPLICATIONS: frozenset[str] = frozenset({C.PUBLISHED, C.ACCEPTING})
CALL = Workflow(
    "call",
    (
        Step("publish", frozenset({C.DRAFT}), C.PUBLISHED, _("发布")),
        Step("amend", frozenset({C.PUBLISHED, C.ACCEPTING}), None, _("发布更正")),
        Step("open", frozenset({C.PUBLISHED}), C.ACCEPTING, _("开始申报")),
        Step("close", frozenset({C.PUBLISHED, C.ACCEPTING}), C.CLOSED, _("截止申报")),
        Step("start_review", frozenset({C.CLOSED}), C.REVIEWING, _("开始评审")),
        Step("rank", frozenset({C.REVIEWING, C.RANKED}), C.RANKED, _("排名")),
        Step("announce", frozenset({C.RANKED}), C.NOTICED, _("公示")),
        Step("stop_notice", frozenset({C.NOTICED}), C.RANKED, _("撤下公示"), needs_reason=True),
        Step("finalize", frozenset({C.NOTICED}), C.DECIDED, _("公布名单")),
        Step("archive", frozenset({C.DECIDED}), C.ARCHIVED, _("归档")),
        Step("cancel", BEFORE_DECISION, C.CANCELLED, _("取消征集"), needs_reason=True),
    ),
    final=frozenset({C.ARCHIVED, C.CANCELLED}),
)


class ApplicationState(TextChoices):
    DRAFT = "draft", _("草稿")
    SUBMITTED = "submitted", _("已提交")
    SUPPLEMENT_REQUIRED = "supplement_required", _("待补正")
    ACCEPTED_FORMAL = "accepted_formal", _("形式审查通过")
    REFUSED_FORMAL = "refused_formal", _("形式审查未通过")
    IN_REVIEW = "in_review", pgettext_lazy("application", "评审中")
    SCORED = "scored", _("评审完成")
    PROPOSED = "proposed", _("拟入选")
    RESERVE = "reserve", pgettext_lazy("application", "候补")
    NOT_SELECTED = "not_selected", _("未入选")
    SELECTED = "selected", _("入选")
    APPROVED = "approved", _("已立项")
    WITHDRAWN = "withdrawn", _("已撤回")
    MERGED = "merged", _("已合并")
    NOT_SUBMITTED = "started_not_submitted", _("已填写，未提交")


A = ApplicationState
# Where the desk puts what was ranked.
PLACED = (A.PROPOSED, A.RESERVE, A.NOT_SELECTED)
# The other side never sees what was not handed in.
UNSENT: frozenset[str] = frozenset({A.DRAFT, A.NOT_SUBMITTED})
# The unit may change what it wrote.
WRITABLE: frozenset[str] = frozenset({A.DRAFT, A.SUPPLEMENT_REQUIRED})
UNDECIDED: frozenset[str] = frozenset(
    {
        A.DRAFT,
        A.SUBMITTED,
        A.SUPPLEMENT_REQUIRED,
        A.ACCEPTED_FORMAL,
        A.IN_REVIEW,
        A.SCORED,
        A.PROPOSED,
        A.RESERVE,
    }
)
# Ended by the unit, by merging or by the clock: it stands against no other of the same title.
ENDED: frozenset[str] = frozenset({A.WITHDRAWN, A.MERGED, A.NOT_SUBMITTED})
APPLICATION = Workflow(
    "application",
    (
        Step("submit", frozenset({A.DRAFT}), A.SUBMITTED, _("提交")),
        Step(
            "request_supplement",
            frozenset({A.SUBMITTED}),
            A.SUPPLEMENT_REQUIRED,
            _("要求补正"),
            needs_reason=True,
        ),
        Step("resubmit", frozenset({A.SUPPLEMENT_REQUIRED}), A.SUBMITTED, _("提交补正")),
        Step("accept_formal", frozenset({A.SUBMITTED}), A.ACCEPTED_FORMAL, _("形式审查通过")),
        Step(
            "refuse_formal",
            frozenset({A.SUBMITTED, A.SUPPLEMENT_REQUIRED}),
            A.REFUSED_FORMAL,
            _("形式审查不通过"),
            needs_reason=True,
        ),
        Step("assign", frozenset({A.ACCEPTED_FORMAL}), A.IN_REVIEW, _("送专家评审")),
        Step("score_complete", frozenset({A.IN_REVIEW}), A.SCORED, _("评审完成")),
        Step("rescore", frozenset({A.SCORED}), A.IN_REVIEW, _("重新评审"), needs_reason=True),
        Step("propose", frozenset({A.SCORED, A.RESERVE}), A.PROPOSED, _("拟入选")),
        Step("reserve", frozenset({A.SCORED, A.PROPOSED}), A.RESERVE, _("列为候补")),
        Step(
            "not_select", frozenset({A.SCORED, A.PROPOSED, A.RESERVE}), A.NOT_SELECTED, _("不入选")
        ),
        Step("reopen", frozenset({A.PROPOSED, A.RESERVE, A.NOT_SELECTED}), A.SCORED, _("重新排名")),
        Step("select", frozenset({A.PROPOSED, A.RESERVE}), A.SELECTED, _("入选")),
        Step("approve", frozenset({A.SELECTED}), A.APPROVED, _("立项")),
        Step("withdraw", UNDECIDED, A.WITHDRAWN, _("撤回"), needs_reason=True),
        Step("merge_into", UNDECIDED - {A.DRAFT}, A.MERGED, _("合并"), needs_reason=True),
        Step("lapse", frozenset({A.DRAFT}), A.NOT_SUBMITTED, _("截止未提交")),
        # The deadline was put off: what lay there is gone on with.
        Step("revive", frozenset({A.NOT_SUBMITTED}), A.DRAFT, _("继续填写")),
    ),
    final=frozenset({A.REFUSED_FORMAL, A.APPROVED, A.WITHDRAWN, A.MERGED}),
)
