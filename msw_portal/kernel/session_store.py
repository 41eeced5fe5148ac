"""Sessions in the database, whose absence is not taken for the end of a session."""

from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

from msw_portal.kernel.errors import is_away


class SessionStore(DatabaseStore):
    """Django's store says "session deleted" (400) for everything that goes wrong while it saves."""

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
