"""Sessions in the database, whose absence is not taken for the end of a session."""

from typing import Any

from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.db import connection
from django.utils import timezone

from msw_portal.kernel.errors import is_away

LOAD = "SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > %s"


class SessionStore(DatabaseStore):
    """Django's store says "session deleted" (400) for everything that goes wrong while it saves."""

    def load(self) -> dict[str, Any]:
        """As Django's, by a statement that is not made anew for every request."""
        with connection.cursor() as cursor:
            cursor.execute(LOAD, [self.session_key, timezone.now()])
            found = cursor.fetchone()
        if found is None:
            self._session_key = None
            return {}
        return self.decode(found[0])

    def save(self, must_create: bool = False) -> None:
        """As Django's.

        Raises:
            DatabaseError: while the database is away or has no room.
        """
        try:
            super().save(must_create)
        except UpdateError as error:
            behind = error.__context__
            if behind is not None and is_away(behind):
                raise behind from behind.__cause__
            raise
