"""Both servers of one checkout together."""

from dataclasses import dataclass
from pathlib import Path

from msw_portal.embedded.places import Place, locked
from msw_portal.embedded.postgres import Postgres
from msw_portal.embedded.valkey import Valkey


@dataclass
class Servers:
    """The pair, and which of the two were started here: only those are stopped by `stop`."""

    postgres: Postgres
    valkey: Valkey
    started: list

    def stop(self) -> None:
        """Stop what was started here; a server that ran before is left alone."""
        for server in reversed(self.started):
            server.stop()
        self.started.clear()


def start(root: Path, *, test: bool = False, pg: str | Path | None = None, is_tied: bool = False) -> Servers:
    """Start PostgreSQL and Valkey under `root/var`, or reuse the ones that run there, and wait for both.

    `test` gives up durability for speed; `pg` is another folder of server binaries; tied servers end
    with our process. Raises EmbeddedError; what was started until then is stopped again.
    """
    place = Place(root)
    place.secrets()
    place.keys()
    pair = Servers(Postgres(place, pg=pg, is_test=test), Valkey(place, is_test=test), [])
    with locked(place.folder("log").parent / "servers.lock"):
        try:
            for server in (pair.postgres, pair.valkey):
                if server.start(is_tied=is_tied):
                    pair.started.append(server)
        except BaseException:
            pair.postgres.stop() if pair.postgres.process is not None else None
            pair.stop()
            raise
    return pair


def stop(root: Path, *, pg: str | Path | None = None) -> list[str]:
    """Stop the servers that run under `root/var`, whoever started them; their names."""
    place = Place(root)
    if not place.var.exists():
        return []
    stopped = []
    with locked(place.var / "servers.lock"):
        for server in (Postgres(place, pg=pg), Valkey(place)):
            if server.pid() is not None:
                server.stop()
                stopped.append(type(server).__name__)
    return stopped
