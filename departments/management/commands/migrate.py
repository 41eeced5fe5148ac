"""Django's `migrate`, a multiple faster on an empty database (see msw_portal/kernel/lean_state.py).

`MSW_PLAIN_STATE=1` takes Django's own way, to compare.
"""

import os
from typing import Any

from django.core.management.commands.migrate import Command as Migrate

from msw_portal.kernel.lean_state import lean_state


class Command(Migrate):
    def handle(self, *args: Any, **options: Any) -> None:
        if os.environ.get("MSW_PLAIN_STATE") == "1":
            super().handle(*args, **options)
            return
        with lean_state():
            super().handle(*args, **options)
