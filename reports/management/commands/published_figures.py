"""Rebuild every published number from the rows and show each as equal, or with what explains the difference."""

import json
from typing import Any

from django.core.management.base import BaseCommand

from reports.services.published.keeping import as_json, everything


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON array, for programs")

    def handle(self, *args: Any, **options: Any) -> None:
        found = everything()
        if options["json"]:
            rows = [as_json(one) for one in found]
            self.stdout.write(json.dumps(rows, ensure_ascii=False, indent=1))
            return
        for one in found:
            sign = {True: "=", False: "≠", None: "?"}[one.is_equal]
            line = f"{one.row.code:<14}{one.said:>14} {sign} {one.computed:<14} {one.row.statement}"
            self.stdout.write(f"{line}  [{one.row.explanation}]" if one.row.explanation else line)
        unequal = [one for one in found if not one.is_equal and not one.row.explanation]
        self.stdout.write(f"{len(found)} figures, {len(unequal)} differ without a word")
