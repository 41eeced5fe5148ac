"""How a person's facts are read, compared and indexed."""

import datetime as dt
import hashlib
import hmac
from collections.abc import Callable, Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models.codes import IdType, Sex
from cases.models.people import Client, Episode
from departments.services.searching import hold_object, index_object, index_objects
from msw_portal.kernel.crypto import derive, organization_uid
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.grams import fold, gram_hashes, grams_of_name, grams_of_numbers
from msw_portal.kernel.masking import mask_name
from msw_portal.kernel.validators import parse_id_no

MAX_ID_LENGTH = 40
UNIDENTIFIED_NAME = "无名氏"
GONE = "已删除"  # what stands in place of a name that was deleted
SEXES = {1: Sex.MALE, 2: Sex.FEMALE}


def folded(name: str) -> str:
    """A name as it is compared: simplified, small letters, without spaces and middle dots."""
    return fold(name).replace(" ", "").replace("·", "")


def parsed(parse: Callable[[str], Any], typed: str, field: str) -> Any:
    """What a kernel parser reads; its refusal becomes the house's own.

    Raises:
        DomainError: `client.<code>` on `field`.
    """
    try:
        return parse(typed)
    except ValidationError as error:
        raise DomainError(f"client.{error.code}", error.messages[0], field) from None


def digest(
    salt: str, fact: str, value: str, *, organization_id: int, kid: int | None = None
) -> str:
    """A keyed, salted trace of what was searched: the audit can prove it and nobody can read or link it."""
    key = derive(f"search|{organization_uid(organization_id)}", kid=kid)
    return hmac.digest(key, f"proof|{salt}|{fact}|{value}".encode(), hashlib.sha256).hex()


def person_locked(client: Client) -> Client:
    """The person behind a record, locked; asked again where a merge was committed in between."""
    root_id = client.root_id
    while True:
        person = Client.objects.locked().get(pk=root_id)
        if person.root_id == person.pk:
            return person
        root_id = person.root_id


def set_identity(
    client: Any, id_type: str, id_no: str, sex: str, birth_date: dt.date | None, unknown: bool
) -> None:
    """Put document, sex and birth on the person (or on what will be one) as they agree with each other.

    An identity number says the birth and the sex itself; what contradicts it is refused.

    Raises:
        DomainError: `client.*` on `id_type`, `id_no`, `sex`, `birth_date` or `birth_unknown`.
    """
    if id_type not in IdType.values:
        raise DomainError("client.id_type_unknown", _("请从列表中选择。"), "id_type")
    if sex not in Sex.values:
        raise DomainError("client.sex_unknown", _("请从列表中选择。"), "sex")
    id_no = id_no.strip()
    if id_no and id_type == IdType.NONE:
        raise DomainError(
            "client.id_type_missing", _("填了证件号码，请选对应的证件类型。"), "id_type"
        )
    if id_no and id_type == IdType.ID:
        card = parsed(parse_id_no, id_no, "id_no")
        id_no = card.number
        if birth_date is not None and birth_date != card.birth_on:
            raise DomainError(
                "client.birth_differs",
                _("与身份证号上的 %(born)s 不一致，请核对。") % {"born": card.birth_on},
                "birth_date",
            )
        if sex in SEXES.values() and sex != SEXES[card.sex]:
            raise DomainError("client.sex_differs", _("与身份证号第 17 位不一致，请核对。"), "sex")
        sex, birth_date, unknown = SEXES[card.sex], card.birth_on, False
    elif len(id_no) > MAX_ID_LENGTH:
        raise DomainError("client.id_no_length", _("证件号码太长，请核对。"), "id_no")
    if birth_date is not None and birth_date > timezone.localdate():
        raise DomainError("client.birth_in_future", _("出生日期不能在将来。"), "birth_date")
    if birth_date is not None and unknown:
        raise DomainError(
            "client.birth_is_known", _("填了出生日期，就不要勾“出生日期不详”。"), "birth_unknown"
        )
    if birth_date is None and not unknown:
        raise DomainError(
            "client.needs_birth", _("请填出生日期，或勾选“出生日期不详”。"), "birth_date"
        )
    client.id_type, client.id_no = id_type, id_no or None
    client.sex, client.birth_date, client.birth_unknown = sex, birth_date, unknown
    client.birth_year = birth_date.year if birth_date else None


def set_name(client: Client, name: str) -> None:
    client.name, client.name_masked = name, mask_name(name)


def set_phone(client: Client, phone: str) -> None:
    client.phone = phone or None


def check_household(household: Any) -> dict[str, Any]:
    """Codes and numbers of the household, no sentences.

    Raises:
        DomainError: `client.household_codes` on `household`.
    """
    household = dict(household or {})
    if len(household) > 30 or any(
        not isinstance(value, str | int | bool) for value in household.values()
    ):
        raise DomainError("client.household_codes", _("家庭情况只填代码和数字。"), "household")
    if any(len(str(value)) > 40 for value in household.values()):
        raise DomainError("client.household_codes", _("家庭情况只填代码和数字。"), "household")
    return household


def grams_of_client(
    client: Client, mrns: Iterable[str], kids: Iterable[int] | None = None
) -> set[int]:
    """The postings a person is found by: the name, the ends of numbers, the records `mrns`.

    Under every live key, or under `kids`. Whose name was deleted is found by nothing.
    """
    if client.name == GONE:
        return set()
    grams = grams_of_name(client.name) | grams_of_numbers(
        id_no=client.id_no or "", phone=client.phone or ""
    )
    for mrn in mrns:
        grams |= grams_of_numbers(mrn=mrn)
    return gram_hashes(grams, organization=organization_uid(client.organization_id), kids=kids)


def index_client(client: Client) -> None:
    """Make the postings of a person equal to the name, the ends of numbers and the records known now."""
    hold_object(kind="client", object_id=client.pk)
    stays = Episode.objects.filter(organization_id=client.organization_id, client=client)
    index_object(
        organization_id=client.organization_id,
        kind="client",
        object_id=client.pk,
        grams=grams_of_client(client, [stay.mrn or "" for stay in stays]),
    )


def clients_reindex(*, organization_id: int, after: int, limit: int) -> tuple[int | None, int]:
    """Write the postings of the next `limit` persons anew, under the keys that are live now.

    In an open scope of the house. Returns the id to go on after (None at the end) and how many were
    passed over because somebody is writing them at this moment.
    """
    house = Client.objects.filter(organization_id=organization_id, pk__gt=after).order_by("pk")
    ids = list(house.values_list("pk", flat=True)[:limit])
    held = [pk for pk in ids if hold_object(kind="client", object_id=pk, wait=False)]
    stays: dict[int, list[str]] = {}
    # Read after the locks: what the last writer of a person has written is seen.
    for stay in Episode.objects.filter(organization_id=organization_id, client_id__in=held):
        stays.setdefault(stay.client_id, []).append(stay.mrn or "")
    wanted = {
        client.pk: grams_of_client(client, stays.get(client.pk, []))
        for client in Client.objects.filter(pk__in=held)
    }
    index_objects(organization_id=organization_id, kind="client", wanted=wanted)
    return (ids[-1] if len(ids) == limit else None), len(ids) - len(held)
