"""The portal refuses to serve with a database role that could see past the walls."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

CHECK = """
SELECT r.rolsuper OR r.rolbypassrls
       OR EXISTS (SELECT 1 FROM pg_class c WHERE c.relowner = r.oid AND c.relkind IN ('r', 'p', 'v'))
  FROM pg_roles r WHERE r.rolname = current_user
"""
_is_known_good = False


def refuse_owner(sender: Any, connection: Any, **kwargs: Any) -> None:
    """Look at the role of this process's first connection; owner commands (migrate, demo) are let through.

    Raises:
        ImproperlyConfigured: when the role owns a table, bypasses row-level security or is a superuser.
    """
    global _is_known_good
    if _is_known_good or settings.AS_OWNER:
        return
    with connection.cursor() as cursor:
        cursor.execute(CHECK)
        is_too_strong = cursor.fetchone()[0]
    if is_too_strong:
        connection.close()
        raise ImproperlyConfigured(
            "The database role owns tables or bypasses row-level security: serve as msw_app (DATABASE_URL)."
        )
    _is_known_good = True
