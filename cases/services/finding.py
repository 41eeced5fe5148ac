"""How a person is found, and how a search is proven afterwards."""

import hmac
import json
import secrets
import uuid
from collections.abc import Mapping
from typing import Any

from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.models.codes import IdType
from cases.models.people import Client, Episode, RelatedPerson
from cases.services.people import digest, folded
from departments.models.people import User
from departments.services.searching import asked_hashes, find
from msw_portal.kernel.crypto import found_by
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.grams import grams_of_query, is_meant
from msw_portal.kernel.identifiers import index_text
from msw_portal.kernel.keyring import keys

LIMIT = 50


def by_name(name: str, by: User) -> list[int]:
    """Ids of the records whose name is meant; each is opened to confirm, as hashes may collide."""
    house, asked = by.house_id, grams_of_query(name)
    if not asked:
        raise DomainError("client.search_too_short", _("请至少输入一个汉字或两个字母。"), "name")
    ids: list[int] = []
    for hashes in asked_hashes(asked, organization_id=house):
        ids += find(organization_id=house, kind="client", grams=hashes, limit=LIMIT)
    rows = Client.objects.visible_to(by).filter(pk__in=set(ids))
    return [row.root_id for row in rows if is_meant(row.name, name)]


def by_numbers(id_no: str, phone: str, mrn: str, by: User) -> list[int]:
    """Ids of the records that a document, a telephone (also a relative's) or a hospital record points to."""
    house = by.house_id
    roots: list[int] = []
    clients = Client.objects.visible_to(by)
    if id_no:
        kinds = Q(pk__in=[])
        for kind in IdType.values:
            kinds |= found_by(Client, "id_no_bidx", kind, id_no, organization_id=house)
        roots += clients.filter(kinds).values_list("root_id", flat=True)
    if phone:
        own = found_by(Client, "phone_bidx", "phone", phone, organization_id=house)
        roots += clients.filter(own).values_list("root_id", flat=True)
        theirs = found_by(RelatedPerson, "phone_bidx", "phone", phone, organization_id=house)
        kin = RelatedPerson.objects.visible_to(by).filter(theirs)
        roots += kin.values_list("client__root_id", flat=True)
    if mrn:
        number = found_by(Episode, "mrn_bidx", "mrn", mrn, organization_id=house)
        stays = Episode.objects.visible_to(by).filter(number)
        roots += stays.values_list("client__root_id", flat=True)
    return roots


def _compared(fact: str, value: str) -> str:
    """A searched or registered fact in the one form in which the two are compared."""
    return (
        folded(value) if fact == "name" else index_text("phone" if fact == "phone" else "id", value)
    )


def traces_of(asked: Mapping[str, str], *, organization_id: int) -> dict[str, Any]:
    """What the audit keeps of a search: salted, keyed traces of name, document and telephone."""
    salt = secrets.token_hex(8)
    traces = {
        fact: digest(salt, fact, _compared(fact, value), organization_id=organization_id)
        for fact, value in asked.items()
        if value and fact != "mrn"
    }
    return {"salt": salt, "traces": traces}


def check_searched(
    searched: uuid.UUID, facts: Mapping[str, str], is_unidentified: bool, by: User
) -> None:
    """Refuse what was not looked for: the same person, by the same user, within 30 minutes."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT app.search_proof(%s)", [searched])
        body = cursor.fetchone()[0]
    if body is None:
        raise DomainError(
            "client.not_searched", _("请先查找，再登记；查找在 30 分钟内有效。"), "searched"
        )
    proof = json.loads(body)
    if is_unidentified:
        return
    salt, house = proof["salt"], by.house_id
    for fact, value in facts.items():
        if not value or not (trace := proof["traces"].get(fact)):
            continue
        # The search may be from before a rotation of the keys.
        for kid in keys().masters:
            made = digest(salt, fact, _compared(fact, value), organization_id=house, kid=kid)
            if hmac.compare_digest(trace, made):
                return
    raise DomainError(
        "client.searched_another",
        _("登记的人与查找的人不是同一个，请用完整姓名、证件号码或电话再查找一次。"),
        "searched",
    )
