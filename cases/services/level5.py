"""The proposal to make a case level 5: followed with one click, or decided against with a reason."""

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from cases.models.casework import Case
from cases.permissions import can_raise_secrecy
from cases.services.level5_signals import Signal, keep, signals
from cases.services.secrecy import MIN_REASON, case_raise_secrecy
from departments import audit
from departments.models.people import User
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError


def _signals(case: Case) -> list[Signal]:
    found = signals(case)
    if not found:
        raise DomainError("level5.nothing", _("现在没有提为 5 级的建议。"), status=409)
    return found


@command
def level5_follow(*, case: Case, by: User) -> Case:
    """Make it a level-5 case of its worker, its supervisor and `by`, for what the list found.

    Raises:
        DomainError: `level5.nothing` (409) when nothing proposes it any longer.
    """
    case = Case.objects.locked().get(pk=case.pk)
    require(can_raise_secrecy, by, case)
    found = _signals(case)
    reason = _now("按 5 级保密清单提级：%(what)s") % {"what": "、".join(one.label for one in found)}
    audit.record("case.follow_level5", by=by, on=case, kind=[one.code for one in found])
    return case_raise_secrecy(case=case, named=[], reason=reason, by=by)


@command
def level5_keep(*, case: Case, reason: str, by: User) -> Case:
    """Leave it at level 4 for what the list found; another finding proposes anew.

    Raises:
        DomainError: `level5.nothing` (409); `level5.needs_reason` on `reason`.
    """
    case = Case.objects.locked().get(pk=case.pk)
    require(can_raise_secrecy, by, case)
    found, reason = _signals(case), reason.strip()
    if len(reason) < MIN_REASON:
        raise DomainError("level5.needs_reason", _("请写明理由，至少 10 个字。"), "reason")
    keep(case, found, reason=reason, by=by)
    case.save(update_fields=["level5_kept"])
    audit.record("case.keep_level4", by=by, on=case, kind=[one.code for one in found])
    return case
