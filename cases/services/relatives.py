"""The people around a person, after they were written down: who decides, who pays, how to reach them."""

from django.utils.translation import gettext_lazy as _

from cases.models.people import RelatedPerson
from cases.permissions import keeps_person
from cases.person_permissions import can_amend_relative, can_reveal_relative
from cases.services.clients import FLAGS, MIN_REVEAL_REASON, Revealed
from cases.services.people import parsed
from cases.services.reveals import reveal_note
from departments import audit
from departments.models.people import User
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.validators import parse_phone


@command
def related_person_amend(
    *, relative: RelatedPerson, phone: str = "", by: User, **flags: bool
) -> RelatedPerson:
    """Say anew what a relative is to the person (all FLAGS of services.clients); an empty phone stays.

    Raises:
        DomainError: `client.<code>` of the telephone on `phone`.
    """
    relative = RelatedPerson.objects.locked().get(pk=relative.pk)
    require(can_amend_relative, by, relative)
    unknown = set(flags) - set(FLAGS)
    if unknown:
        raise TypeError(f"no such flag: {sorted(unknown)}")
    changed = {
        name: [getattr(relative, name), is_set]
        for name, is_set in flags.items()
        if getattr(relative, name) != is_set
    }
    for name, (_before, is_set) in changed.items():
        setattr(relative, name, is_set)
    has_new_phone = bool(phone.strip())
    if has_new_phone:
        relative.phone = parsed(parse_phone, phone, "phone")
    relative.save()
    audit.record("related_person.amend", by=by, on=relative, has_new_phone=has_new_phone, **changed)
    return relative


@command
def related_person_reveal(*, relative: RelatedPerson, reason: str, by: User) -> Revealed:
    """Name and telephone of a relative in clear, with the reason in the audit of the person.

    Raises:
        DomainError: `client.reveal_needs_reason` below 5 characters.
    """
    require(can_reveal_relative, by, relative)
    reason = reason.strip()
    if len(reason) < MIN_REVEAL_REASON:
        raise DomainError("client.reveal_needs_reason", _("请写明理由，至少 5 个字。"), "reason")
    if not keeps_person(by, relative):
        reveal_note(relative.client, reason=reason, by=by)
    audit.record(
        "related_person.reveal",
        by=by,
        on=relative,
        client=relative.client.uid,
        told=not relative.must_not_be_told,
        reason=reason[:200],
    )
    return Revealed(relative.name, "", relative.phone or "", "")
