#!/usr/bin/env python
"""Django's entry point; commands that change the schema or build the demo world connect as the owner."""

import os
import sys

OWNER_COMMANDS = frozenset(
    {
        "migrate",
        "makemigrations",
        "sqlmigrate",
        "seed_demo",
        "prove",
        "install",
        "add_house",
        "account_code",
    }
)


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "msw_portal.settings")
    if len(sys.argv) > 1 and sys.argv[1] in OWNER_COMMANDS:
        os.environ["MSW_AS_OWNER"] = "1"
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        from msw_portal.kernel import guard

        guard.refuse(error)


if __name__ == "__main__":
    main()
