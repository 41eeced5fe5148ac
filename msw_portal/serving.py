"""The web server's worker: when it is asked to stop, everybody who already stands in line is served."""

from gunicorn.workers.gthread import ThreadWorker


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
