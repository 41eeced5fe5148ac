"""The diagrams of this app: a volunteer, a sign-up for a shift, a service record."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from msw_portal.kernel.workflow import Step, Workflow


class VolunteerState(TextChoices):
    APPLIED = "applied", _("申请")
    TRAINING = "training", _("培训中")
    ACTIVE = "active", _("在册")
    PAUSED = "paused", _("暂停")
    LEFT = "left", _("退出")
    REFUSED = "refused", _("未通过")
    BLACKLISTED = "blacklisted", _("拉黑")


V = VolunteerState
# Who may stand in a shift at all, and whose promises end when the state changes.
SERVING = frozenset({V.ACTIVE})
VOLUNTEER = Workflow(
    "volunteer",
    (
        Step("review", frozenset({V.APPLIED}), V.TRAINING, _("通过审核")),
        Step("refuse", frozenset({V.APPLIED}), V.REFUSED, _("不通过"), needs_reason=True),
        Step("enrol", frozenset({V.TRAINING}), V.ACTIVE, _("登记在册")),
        Step("pause", frozenset({V.ACTIVE}), V.PAUSED, _("暂停服务"), needs_reason=True),
        Step("resume", frozenset({V.PAUSED}), V.ACTIVE, _("恢复服务")),
        Step(
            "leave",
            frozenset({V.TRAINING, V.ACTIVE, V.PAUSED}),
            V.LEFT,
            _("办理退出"),
            needs_reason=True,
        ),
        Step("rejoin", frozenset({V.LEFT}), V.TRAINING, _("重新加入")),
        # The coordinator proposes and the head decides: two persons.
        Step(
            "propose_blacklist",
            frozenset({V.TRAINING, V.ACTIVE, V.PAUSED, V.LEFT}),
            None,
            _("提请拉黑"),
            needs_reason=True,
        ),
        Step(
            "drop_blacklist", frozenset({V.TRAINING, V.ACTIVE, V.PAUSED, V.LEFT}), None, _("不拉黑")
        ),
        Step(
            "blacklist",
            frozenset({V.TRAINING, V.ACTIVE, V.PAUSED, V.LEFT}),
            V.BLACKLISTED,
            _("拉黑"),
        ),
    ),
    final=frozenset({V.REFUSED, V.BLACKLISTED}),
)


class SignupState(TextChoices):
    WAITING = "waiting", pgettext_lazy("volunteer", "候补")
    CONFIRMED = "confirmed", _("已确认")
    CANCELLED = "cancelled", _("已取消")
    ATTENDED = "attended", _("已到岗")
    NO_SHOW = "no_show", _("未到岗")


S = SignupState
SIGNUP_OPEN = frozenset({S.WAITING, S.CONFIRMED})
# `sign_up` ends in confirmed or waiting: the database gives the places out.
SIGNUP = Workflow(
    "signup",
    (
        Step("promote", frozenset({S.WAITING}), S.CONFIRMED, _("候补转正")),
        Step("cancel", frozenset({S.WAITING, S.CONFIRMED}), S.CANCELLED, _("取消报名")),
        Step("check_in", frozenset({S.CONFIRMED, S.NO_SHOW}), S.ATTENDED, _("签到")),
        Step("miss", frozenset({S.CONFIRMED}), S.NO_SHOW, _("记为未到岗")),
    ),
    final=frozenset({S.CANCELLED, S.ATTENDED}),
)


class ServiceState(TextChoices):
    OPEN = "open", _("服务中")
    RECORDED = "recorded", pgettext_lazy("service", "待确认")
    CONFIRMED = "confirmed", _("已确认")
    DISPUTED = "disputed", pgettext_lazy("service", "申请更正")
    VOIDED = "voided", _("已作废")


R = ServiceState
SERVICE = Workflow(
    "service_record",
    (
        Step("check_out", frozenset({R.OPEN}), R.RECORDED, _("签退")),
        Step("confirm", frozenset({R.RECORDED}), R.CONFIRMED, _("确认时长")),
        Step(
            "ask_correction",
            frozenset({R.RECORDED, R.CONFIRMED}),
            R.DISPUTED,
            _("申请更正"),
            needs_reason=True,
        ),
        Step("correct", frozenset({R.DISPUTED}), R.CONFIRMED, _("按申请更正")),
        Step("keep", frozenset({R.DISPUTED}), R.CONFIRMED, _("维持原记录"), needs_reason=True),
        Step(
            "void",
            frozenset({R.OPEN, R.RECORDED, R.CONFIRMED, R.DISPUTED}),
            R.VOIDED,
            _("作废"),
            needs_reason=True,
        ),
    ),
    final=frozenset({R.VOIDED}),
)
