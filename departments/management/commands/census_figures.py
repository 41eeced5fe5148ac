"""Print the census figures of every authority, computed from the frozen lines of its region."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from departments.models.census import CensusLine
from departments.models.organizations import Organization, OrganizationKind
from departments.querysets import region_range
from departments.services.census.figures import as_json, compute
from msw_portal.kernel.scope import scope


class Command(BaseCommand):
    help = "Census figures by authority, from entered rows (--json for programs)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON list of authorities")
        parser.add_argument("--year", type=int, help="default: the newest frozen year")
        parser.add_argument(
            "--baseline", type=int, help="default: the oldest frozen year before it"
        )
        parser.add_argument("--organization", help="code or name of one authority")

    def handle(self, *args: Any, **options: Any) -> None:
        houses = Organization.objects.filter(
            kind=OrganizationKind.GOVERNMENT, is_tenant=True
        ).exclude(region=None)
        found = []
        for house in houses.order_by("id"):
            if options["organization"] in (None, house.code, house.name):
                figures = _figures(house, options["year"], options["baseline"])
                if figures:
                    found.append({"organization": house.name, "figures": figures})
        if options["json"]:
            self.stdout.write(json.dumps(found, ensure_ascii=False, indent=2))
            return
        for one in found:
            self.stdout.write(one["organization"])
            for row in one["figures"]:
                worked = f"  = {row['worked']}" if row["worked"] else ""
                said = f"{row['id']:<12} {row['value']:>10} {row['unit']}  {row['name']}{worked}"
                self.stdout.write(f"  {said}")
        if not found:
            self.stdout.write("No frozen return: census_example makes the example's.")


def _figures(house: Organization, year: int | None, baseline: int | None) -> list[dict[str, Any]]:
    region = region_range(house.region_id)
    with scope(org=house.pk, role="system", region=region):
        # The policies leave what the house gave, what it was sent, and what is frozen in its region.
        lines = CensusLine.objects.filter(region_code__range=region)
        computed = compute(lines, year=year, baseline=baseline)
        return [as_json(one) for one in computed if one.value is not None]
