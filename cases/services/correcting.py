"""Putting a record right at the person's request: the old value stays readable, locked records get an addendum."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models.families import SubjectRequest
from cases.models.service_codes import SubjectRequestKind
from cases.models.work import Contact
from cases.person_permissions import can_correct_for_subject_request
from cases.services.contacts import contact_addendum
from cases.workflow import SubjectRequestState
from departments import audit
from departments.models.people import User
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError


@command
def subject_request_correct(
    *,
    asked: SubjectRequest,
    what: str,
    was: str,
    becomes: str,
    contact: Contact | None = None,
    by: User,
) -> SubjectRequest:
    """Note what was wrong and what is right; with `contact` it is added to that locked record too.

    The facts of the person themselves are amended on the person's own page; here the old value is kept.

    Raises:
        DomainError: `correct.wrong_request` (409), `correct.nothing` on becomes, `correct.not_locked`
            and `correct.other_person` on contact.
    """
    asked = SubjectRequest.objects.locked().select_related("client").get(pk=asked.pk)
    require(can_correct_for_subject_request, by, asked)
    if asked.kind != SubjectRequestKind.CORRECT or asked.state != SubjectRequestState.ACCEPTED:
        raise DomainError(
            "correct.wrong_request", _("受理了更正请求之后、答复之前才能更正。"), status=409
        )
    what, was, becomes = what.strip(), was.strip(), becomes.strip()
    if not becomes or becomes == was:
        raise DomainError("correct.nothing", _("更正后的内容与原来一样。"), "becomes")
    if contact is not None:
        _add_to(contact, asked, was, becomes, by)
    line = {
        "what": what,
        "was": was,
        "becomes": becomes,
        "at": f"{timezone.localdate():%Y-%m-%d}",
        "by": by.display_name,
    }
    asked.corrections = [*(asked.corrections or []), line]
    asked.save(update_fields=["corrections"])
    audit.record(
        "subject_request.correct",
        by=by,
        on=asked,
        client=asked.client.uid,
        to=contact.uid if contact is not None else None,
    )
    return asked


def _add_to(contact: Contact, asked: SubjectRequest, was: str, becomes: str, by: User) -> None:
    if contact.client.root_id != asked.client.root_id:
        raise DomainError("correct.other_person", _("这条记录不是这位服务对象的。"), "contact")
    if contact.locked_at >= timezone.now():
        raise DomainError(
            "correct.not_locked", _("这条记录还没有锁定，请直接在记录里修改。"), "contact"
        )
    said = _("应本人请求更正。原记录：%(was)s。更正为：%(becomes)s。")
    contact_addendum(contact=contact, facts=str(said % {"was": was, "becomes": becomes}), by=by)
