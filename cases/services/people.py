"""How a person's facts are compared and indexed; no rows are touched here."""

import unicodedata

from msw_portal.kernel.crypto import blind_index, organization_uid
from msw_portal.kernel.identifiers import MIDDLE_DOTS, index_text

# One name per fact for all tables that must find each other: a patient's phone and a relative's.
FIELDS = {"id_no": "person.id_no", "phone": "person.phone", "mrn": "episode.mrn"}


def indexed(fact: str, kind: str, value: str | None, *, organization_id: int) -> bytes | None:
    """The blind index of a number (`kind` is the type of document, `phone` or `mrn`); None for nothing."""
    if not value:
        return None
    return blind_index(
        index_text(kind, value), organization=organization_uid(organization_id), field=FIELDS[fact]
    )


def folded(name: str) -> str:
    """A name as it is compared: NFKC, without spaces and middle dots, small letters."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    return "".join(c for c in plain if not c.isspace() and c not in MIDDLE_DOTS)
