"""Which cases were talked about in a supervision: an excerpt, de-identified unless its readers may open the case."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from cases.querysets import SupervisionCaseQuerySet
from departments.models.learning import LearningEvent
from msw_portal.kernel.crypto import SealedText
from msw_portal.kernel.db import CaseRow, PublicRow


class SupervisionCase(CaseRow, PublicRow):
    """`is_deidentified`: the excerpt names nobody, so that everybody of the supervision may read it;
    otherwise only who may open the case does."""

    event = models.ForeignKey(LearningEvent, models.PROTECT, related_name="supervision_cases")
    excerpt = SealedText(_("讨论摘录"))
    advice = SealedText(_("对这个个案的建议"), null=True, blank=True)
    is_deidentified = models.BooleanField(_("已去标识"), default=True)

    objects = SupervisionCaseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="supervision_case_once", fields=["event", "case"])
        ]
        indexes = [models.Index(fields=["case"], name="supervision_case_of")]

    def __str__(self) -> str:
        return f"{self.event_id} {self.case_id}"
