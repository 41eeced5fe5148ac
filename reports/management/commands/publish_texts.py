"""After an upgrade: publish what the new version ships in the houses that are there already."""

from typing import Any

from django.core.management.base import BaseCommand

from departments.models.organizations import Organization
from departments.services.entering import house_scope
from departments.services.installing import is_care_house
from msw_portal.kernel.scope import INSTALLATION
from reports.management.commands.add_house import publish_texts


class Command(BaseCommand):
    help = (
        "Publish changed consent texts and new instruments of this version in every house that cares for "
        "patients; a signature stays with the text that was signed. Repeating it changes nothing."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        with house_scope(INSTALLATION):
            rows = Organization.objects.filter(is_tenant=True).exclude(pk=INSTALLATION)
            houses = [one for one in rows.order_by("pk") if is_care_house(one.kind)]
        for house in houses:
            with house_scope(house.pk, care=True):
                added = publish_texts(house)
            self.stdout.write(f"{house.name}: {len(added)} new texts.")
