"""The consent texts of a house: the shipped ones with its name in them, published as versions."""

from django.utils import timezone

from cases.consent_texts import TEMPLATES
from cases.models.consents import ConsentTemplate
from departments import audit
from departments.models.organizations import Organization
from departments.models.people import User


def consent_templates_install(
    *, organization_id: int, by: User | None = None
) -> list[ConsentTemplate]:
    """Publish the texts of cases/consent_texts.py in a house; a changed text is a new version.

    Where a person of the house published the newest text, it is the house's own and stays in use. Runs inside an open scope of that house; repeating it changes nothing. Returns what was added.
    """
    house, added = Organization.objects.get(pk=organization_id).name, []
    for given in TEMPLATES:
        rows = ConsentTemplate.objects.filter(
            organization_id=organization_id, kind=given.kind, language=given.language
        )
        text = given.text_for(house)
        text_hash = ConsentTemplate.hash_of(text)
        if any(bytes(row.text_hash) == text_hash for row in rows):
            continue
        newest = rows.order_by("-version").first()
        if newest is not None and newest.created_by_id is not None:
            continue
        version = newest.version + 1 if newest else 1
        template = ConsentTemplate(
            organization_id=organization_id,
            kind=given.kind,
            version=version,
            language=given.language,
            title=given.title,
            text=text,
            text_hash=text_hash,
            items=list(given.items),
            needs_guardian_below=given.needs_guardian_below,
            published_at=timezone.now(),
            created_by=by,
        )
        template.save(force_insert=True)
        audit.record(
            "consent_template.publish",
            by=by,
            on=template,
            organization_id=organization_id,
            kind=given.kind,
            version=version,
        )
        added.append(template)
    return added
