"""The diagram of a disclosure: what must be published or reported by a day."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from msw_portal.kernel.workflow import Step, Workflow


class ItemState(models.TextChoices):
    PLANNED = "planned", _("待起草")
    DRAFTED = "drafted", _("待公布")
    PUBLISHED = "published", _("已公布")
    FULFILLED = "fulfilled", _("已办理")
    DROPPED = "dropped", _("不再需要")


S = ItemState
# What still has to be done; past its day it is late.
WAITING: tuple[str, ...] = (S.PLANNED, S.DRAFTED)
DISCLOSURE = Workflow(
    name="disclosure",
    final=frozenset({S.FULFILLED, S.DROPPED}),
    steps=(
        Step("draft", frozenset({S.PLANNED, S.DRAFTED}), S.DRAFTED, _("起草")),
        Step("publish", frozenset({S.DRAFTED}), S.PUBLISHED, _("公布")),
        Step("correct", frozenset({S.PUBLISHED}), None, _("更正")),
        Step("fulfil", frozenset({S.PLANNED}), S.FULFILLED, _("登记办理")),
        # What is published by another step of the portal answers the duty, drafted or not.
        Step("answer", frozenset({S.PLANNED, S.DRAFTED}), S.FULFILLED, _("随所办事项办结")),
        Step("drop", frozenset({S.PLANNED, S.DRAFTED}), S.DROPPED, _("不再需要"), True),
    ),
)
