"""Whether a kept connection still stands is read from its socket before the server is asked."""

import select

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """Asks `SELECT 1` only where something points to an end.

    A server that stops, restarts or ends this session closes the socket or writes to it; on a connection with no
    statement under way that is the only thing there is to read. A line that is dead without a word answers neither
    a `SELECT 1` nor the first statement of the request.
    """

    def is_usable(self) -> bool:
        if self.connection is None or self.errors_occurred:
            return super().is_usable()
        if self.connection.closed:
            return False
        look = select.poll()
        look.register(self.connection.fileno(), select.POLLIN)
        return super().is_usable() if look.poll(0) else True
