"""A volunteer's file: applied for or written down, kept right, shown with a reason."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.services.clients import Revealed
from cases.services.people import parsed, set_identity
from departments import audit
from departments.models.people import Membership, User
from departments.services.moving import write_transition
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import check_base, command
from msw_portal.kernel.crypto import found_by
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.masking import mask_name
from msw_portal.kernel.validators import parse_name, parse_phone
from volunteers.models.codes import SLOTS, Education, Skill, Source
from volunteers.models.people import Volunteer
from volunteers.permissions import (
    can_amend_own_profile,
    can_amend_volunteer,
    can_keep_volunteers,
    can_reveal_volunteer,
)
from volunteers.querysets import VOLUNTEER
from volunteers.services.finding import volunteer_index
from volunteers.workflow import VOLUNTEER as VOLUNTEER_FLOW

YOUNGEST = 14
# What a volunteer keeps right without asking anybody.
OWN_FACTS = (
    "email",
    "address",
    "work",
    "education",
    "languages",
    "skills",
    "availability",
    "preferred",
    "health",
)
FACTS = (*OWN_FACTS, "source", "national_no")


def _contact(name: str, relation: str, phone: str, prefix: str) -> dict[str, str] | None:
    """`{name, relation, phone}` of an emergency contact or guardian; None when nothing was written."""
    name, relation = name.strip(), relation.strip()
    if not (name or phone):
        return None
    if not name:
        raise DomainError("volunteer.contact_name", _("请填写姓名。"), f"{prefix}_name")
    if not phone:
        raise DomainError("volunteer.contact_phone", _("请填写电话。"), f"{prefix}_phone")
    number = parsed(parse_phone, phone, f"{prefix}_phone")
    return {"name": name, "relation": relation, "phone": number}


def _codes(values: Iterable[str], known: Iterable[str], field: str) -> list[str]:
    found = list(dict.fromkeys(values))
    if set(found) - set(known):
        raise DomainError("volunteer.code_unknown", _("请从列表中选择。"), field)
    return found


def set_facts(volunteer: Volunteer, facts: Mapping[str, Any]) -> None:
    """Put what may change on the row, checked.

    Raises:
        DomainError: `volunteer.*` on its field.
    """
    given = dict(facts)
    for name, known in (("skills", Skill.values), ("availability", SLOTS)):
        if name in given:
            given[name] = _codes(given[name] or (), known, name)
    if given.get("education") and given["education"] not in Education.values:
        raise DomainError("volunteer.code_unknown", _("请从列表中选择。"), "education")
    for name in ("email", "address", "work", "health"):
        if name in given:
            given[name] = (given[name] or "").strip() or None
    for name in ("languages", "preferred", "national_no"):
        if name in given:
            given[name] = (given[name] or "").strip()
    for name, value in given.items():
        setattr(volunteer, name, value)


def _set_person(volunteer: Volunteer, given: dict[str, Any]) -> None:
    """Name, document, birth and telephone, as they agree with each other."""
    name = parsed(parse_name, given.pop("name"), "name")
    volunteer.name, volunteer.name_masked = name, mask_name(name)
    birth = given.pop("birth_date", None)
    set_identity(
        volunteer,
        given.pop("id_type"),
        given.pop("id_no", "") or "",
        given.pop("sex", "0"),
        birth,
        False,
    )
    volunteer.phone = parsed(parse_phone, given.pop("phone"), "phone")
    today = timezone.localdate()
    age = volunteer.age_on(today)
    if age is not None and age < YOUNGEST:
        raise DomainError(
            "volunteer.too_young",
            _("志愿者要年满 %(n)s 周岁。") % {"n": YOUNGEST},
            "birth_date",
        )
    for prefix in ("emergency", "guardian"):
        parts = [given.pop(f"{prefix}_{part}", "") or "" for part in ("name", "relation", "phone")]
        setattr(volunteer, prefix, _contact(*parts, prefix))
    if volunteer.is_minor_on(today) and volunteer.guardian is None:
        raise DomainError(
            "volunteer.needs_guardian",
            _("未满 18 周岁，请填写监护人的姓名和电话。"),
            "guardian_name",
        )


def _check_free(volunteer: Volunteer) -> None:
    """Refuse a second file of the same document (一人多档)."""
    if not volunteer.id_no:
        return
    house = volunteer.organization_id
    same = Volunteer.objects.filter(
        found_by(
            Volunteer, "id_no_bidx", volunteer.id_type, volunteer.id_no, organization_id=house
        ),
        organization_id=house,
        id_type=volunteer.id_type,
    ).exclude(pk=volunteer.pk)
    if same.exists():
        raise DomainError(
            "volunteer_id_once",
            _("这个证件号码的志愿者已经登记，请查找原来的档案。"),
            "id_no",
        )


def person_check(*, organization_id: int, given: Mapping[str, Any]) -> None:
    """Refuse what no file could hold, without a look at the files that stand.

    Raises:
        DomainError: `client.*` and `volunteer.*` on their fields.
    """
    facts, volunteer = dict(given), Volunteer(organization_id=organization_id)
    _set_person(volunteer, facts)
    set_facts(volunteer, {name: facts[name] for name in FACTS if name in facts})


@command
def volunteer_register(*, by: User, **given: Any) -> Volunteer:
    """Write down somebody who wants to serve: `name`, `id_type`, `id_no`, `sex`, `birth_date`, `phone`,
    `emergency_*` and `guardian_*` (name, relation, phone), and the facts of FACTS.

    Raises:
        DomainError: `client.*` and `volunteer.*` on their fields, `volunteer_id_once`.
    """
    require(can_keep_volunteers, by, None)
    return volunteer_write(
        organization_id=by.house_id, department_id=by.acting.department_id, given=given, by=by
    )


def volunteer_write(
    *, organization_id: int, department_id: int | None, given: Mapping[str, Any], by: Any
) -> Volunteer:
    """A new file in state applied; also by the system, for what came in by the door."""
    facts = dict(given)
    agreed_at, item = facts.pop("agreed_at", None), facts.pop("inbox_item", None)
    volunteer = Volunteer(
        organization_id=organization_id,
        department_id=department_id,
        agreed_at=agreed_at,
        inbox_item=item,
        created_by=by,
    )
    _set_person(volunteer, facts)
    if facts.get("source", Source.SOCIETY) not in Source.values:
        raise DomainError("volunteer.code_unknown", _("请从列表中选择。"), "source")
    set_facts(volunteer, {name: facts[name] for name in FACTS if name in facts})
    _check_free(volunteer)
    volunteer.save(force_insert=True)
    volunteer_index(volunteer)
    write_transition(volunteer, VOLUNTEER_FLOW, "apply", before="", by=by)
    audit.record(
        "volunteer.apply",
        by=by,
        on=volunteer,
        organization_id=organization_id,
        source=volunteer.source,
        door=item is not None,
    )
    return volunteer


@command
def volunteer_amend(
    *, volunteer: Volunteer, base: int | None = None, by: User, **given: Any
) -> Volunteer:
    """Correct a file as a whole; the same fields as volunteer_register, an empty `id_no` keeps the number.

    Raises:
        DomainError: `form.stale` (409), and those of volunteer_register.
    """
    volunteer = Volunteer.objects.locked().get(pk=volunteer.pk)
    require(can_amend_volunteer, by, volunteer)
    check_base(base, volunteer.row_version)
    before = {name: getattr(volunteer, name) for name in ("source", "national_no")}
    facts = dict(given)
    if not facts.get("id_no") and facts["id_type"] == volunteer.id_type:
        facts["id_no"] = volunteer.id_no or ""
    _set_person(volunteer, facts)
    set_facts(volunteer, {name: facts[name] for name in FACTS if name in facts})
    _check_free(volunteer)
    volunteer.save()
    volunteer_index(volunteer)
    changed = {
        name: [was, getattr(volunteer, name)]
        for name, was in before.items()
        if was != getattr(volunteer, name)
    }
    audit.record("volunteer.amend", by=by, on=volunteer, **changed)
    return volunteer


@command
def own_profile_amend(
    *,
    volunteer: Volunteer,
    phone: str,
    emergency_name: str = "",
    emergency_relation: str = "",
    emergency_phone: str = "",
    base: int | None = None,
    by: User,
    **given: Any,
) -> Volunteer:
    """A volunteer keeps the own telephone, emergency contact, times and skills right.

    Raises:
        DomainError: `form.stale` (409), `client.*` and `volunteer.*` on their fields.
    """
    volunteer = Volunteer.objects.locked().get(pk=volunteer.pk)
    require(can_amend_own_profile, by, volunteer)
    check_base(base, volunteer.row_version)
    volunteer.phone = parsed(parse_phone, phone, "phone")
    volunteer.emergency = _contact(emergency_name, emergency_relation, emergency_phone, "emergency")
    set_facts(volunteer, {name: given[name] for name in OWN_FACTS if name in given})
    volunteer.save(update_fields=["phone", "phone_bidx", "phone_bidx2", "emergency", *OWN_FACTS])
    audit.record("volunteer.own_profile", by=by, on=volunteer)
    return volunteer


@command
def volunteer_reveal(*, volunteer: Volunteer, reason: str, by: User) -> Revealed:
    """Document number, telephone and address in clear; the reason stays in the audit."""
    require(can_reveal_volunteer, by, volunteer)
    audit.record("volunteer.reveal", by=by, on=volunteer, reason=reason)
    return Revealed(
        volunteer.name, volunteer.id_no or "", volunteer.phone or "", volunteer.address or ""
    )


@command
def volunteer_link_account(*, volunteer: Volunteer, account: str, by: User) -> Volunteer:
    """Tie a file to the account that the security administrator made for the person (role volunteer).

    Raises:
        DomainError: `volunteer.account_unknown`, `volunteer_account_once` on `account`.
    """
    volunteer = Volunteer.objects.locked().get(pk=volunteer.pk)
    require(can_amend_volunteer, by, volunteer)
    held = Membership.objects.filter(
        organization_id=by.house_id,
        role=VOLUNTEER,
        user__username=account.strip(),
        user__is_active=True,
        valid__contains=timezone.localdate(),
    ).first()
    if held is None:
        raise DomainError(
            "volunteer.account_unknown",
            _("没有这个登录名的志愿者账户。请先由安全管理员开通“志愿者”角色。"),
            "account",
        )
    volunteer.user_id = held.user_id
    volunteer.save(update_fields=["user"])
    audit.record("volunteer.link_account", by=by, on=volunteer, account=held.uid)
    return volunteer


def own_file(user: User) -> Volunteer | None:
    """The file of the volunteer who is signed in; None while none is tied to the account."""
    return Volunteer.objects.visible_to(user).first() if user.role == VOLUNTEER else None


def star_words(star: int) -> str:
    """`★★★`; nothing below the first hundred hours."""
    return "★" * star
