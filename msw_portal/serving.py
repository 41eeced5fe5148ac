"""What the web server does beyond gunicorn: nobody is thrown out while he stands in line or is still sending."""

import contextlib
from collections.abc import Callable, Iterable
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

PIECE = 64 * 1024
# As much as the proxy lets through (client_max_body_size): it has a body whole before it passes it on.
LARGEST = 20 * 1024 * 1024
Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def reads_to_the_end(application: Application) -> Application:
    """The application, which reads what its answer left unread.

    A form that is refused by its head alone (no token, no such address) would be cut off: gunicorn closes on
    what is still coming, the proxy sees a broken connection instead of the answer, and takes a web server that
    is well out of the row for two seconds, so that anybody's two large forms would close the house to all.
    """

    def answers(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        answer = application(environ, start_response)
        body, taken = environ["wsgi.input"], 0
        with contextlib.suppress(OSError):  # whoever sent it has gone
            while taken < LARGEST and (piece := body.read(PIECE)):
                taken += len(piece)
        return answer

    return answers


class PortalWorker(ThreadWorker):
    """Takes what waits in the listening socket's queue before it closes that socket.

    gunicorn stops accepting at once and closes the socket seconds later: whoever connected in
    between would be thrown out, and a form that was being sent would be lost.
    """

    def set_accept_enabled(self, enabled: bool) -> None:
        super().set_accept_enabled(enabled)
        if not enabled and not self.alive:
            for listener in self.sockets:
                before = -1
                while self.nr_conns != before:
                    before = self.nr_conns
                    self.accept(listener)
                listener.close()
