"""Questionnaires of the house: imported by the hospital that may use them, looked at, published, retired."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from psycopg2.extras import DateRange

from cases.instrument_permissions import can_change_instrument, can_manage_instruments
from departments import audit
from departments.models.mechanisms import Questionnaire
from departments.models.people import User
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.instruments.importing import import_faults
from msw_portal.kernel.instruments.slots import SLOTS

LEAST_PERMISSION = 10


def slot_of(code: str, version: str) -> Mapping[str, Any] | None:
    """The scoring template of a class B instrument, its texts empty."""
    return SLOTS.get((code, version))


@command
def questionnaire_import(
    *, definition: Mapping[str, Any], permission: str, by: User
) -> Questionnaire:
    """Keep an imported text as a draft of its version; nobody answers it before it is published.

    `permission` says by what the hospital may use the text; it stands with the licence.

    Raises:
        DomainError: `questionnaire.*` on `file` or `permission`.
    """
    require(can_manage_instruments, by, None)
    for fault in import_faults(definition):
        raise DomainError(f"questionnaire.{fault.rule}", str(fault), "file")
    if len(permission.strip()) < LEAST_PERMISSION:
        raise DomainError(
            "questionnaire.needs_permission",
            _("请写明凭什么可以使用这份量表（谁授权、何时、文号或网址），至少 10 个字。"),
            "permission",
        )
    code, version = definition["code"], definition["version"]
    house = Questionnaire.objects.filter(organization_id=by.house_id, code=code)
    if house.filter(version=version).exists():
        raise DomainError(
            "questionnaire_version_once", _("这个版本已经导入过，请换一个版本号。"), "file"
        )
    kept = dict(definition) | {"licence": f"{definition['licence']}\n{permission.strip()}"}
    questionnaire = Questionnaire(
        organization_id=by.house_id,
        code=code,
        version=version,
        title=definition["zh"],
        kind=definition.get("kind", Questionnaire.Kind.SCALE),
        definition=kept,
        licence_class=definition["licence_class"],
        citation=definition["citation"],
        created_by=by,
    )
    if questionnaire.kind not in (Questionnaire.Kind.SCALE, Questionnaire.Kind.SCREEN):
        raise DomainError("questionnaire.kind", _("kind：只能是 scale 或 screen。"), "file")
    questionnaire.save(force_insert=True)
    audit.record("questionnaire.import", by=by, on=questionnaire, code=code, version=version)
    return questionnaire


def _locked(questionnaire: Questionnaire, by: User) -> Questionnaire:
    row = Questionnaire.objects.locked().get(pk=questionnaire.pk)
    require(can_change_instrument, by, row)
    return row


@command
def questionnaire_publish(*, questionnaire: Questionnaire, by: User) -> Questionnaire:
    """From now on it is answered; the version published before it is retired today.

    Raises:
        DomainError: `questionnaire.is_published` (409).
    """
    row = _locked(questionnaire, by)
    if row.published_at is not None:
        raise DomainError("questionnaire.is_published", _("这个版本已经发布。"), status=409)
    former = Questionnaire.objects.filter(
        organization_id=by.house_id, code=row.code, published_at__isnull=False
    )
    for one in former.in_use():
        _retire(one, by=by)
    row.published_at = timezone.now()
    row.save(update_fields=["published_at"])
    audit.record("questionnaire.publish", by=by, on=row, code=row.code, version=row.version)
    return row


def _retire(row: Questionnaire, *, by: User) -> None:
    row.valid = DateRange(row.valid.lower if row.valid else None, timezone.localdate())
    row.save(update_fields=["valid"])
    audit.record("questionnaire.retire", by=by, on=row, code=row.code, version=row.version)


@command
def questionnaire_retire(*, questionnaire: Questionnaire, by: User) -> Questionnaire:
    """Nobody begins it any more; what was answered stays and can be read.

    Raises:
        DomainError: `questionnaire.not_in_use` (409).
    """
    row = _locked(questionnaire, by)
    if not row.is_in_use:
        raise DomainError("questionnaire.not_in_use", _("这个版本没有在用。"), status=409)
    _retire(row, by=by)
    return row


@command
def questionnaire_discard(*, questionnaire: Questionnaire, by: User) -> None:
    """Throw a draft away; a published one stays.

    Raises:
        DomainError: `questionnaire.is_published` (409).
    """
    row = _locked(questionnaire, by)
    if row.published_at is not None:
        raise DomainError(
            "questionnaire.is_published", _("已发布的版本不能删除，只能停用。"), status=409
        )
    audit.record("questionnaire.discard", by=by, on=row, code=row.code, version=row.version)
    row.delete()
