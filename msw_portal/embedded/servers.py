"""Both servers of one checkout together."""

from dataclasses import dataclass, field
from pathlib import Path

from msw_portal.embedded.places import Place, locked
from msw_portal.embedded.postgres import Postgres
from msw_portal.embedded.valkey import Valkey

Server = Postgres | Valkey


@dataclass
class Servers:
    """The pair (None where a real server is used), and which of the two were started here."""

    postgres: Postgres | None
    valkey: Valkey | None
    started: list[Server] = field(default_factory=list)

    def stop(self) -> None:
        """Stop what was started here; a server that ran before is left alone."""
        for server in reversed(self.started):
            server.stop()
        self.started.clear()


def start(
    root: Path,
    *,
    test: bool = False,
    pg: str | Path | None = None,
    is_tied: bool = False,
    with_postgres: bool = True,
    with_valkey: bool = True,
) -> Servers:
    """Start PostgreSQL and Valkey under `root/var`, or reuse what runs there; wait for both.

    `test` gives up durability for speed; `pg` is another folder of server binaries; tied servers
    end with our process. Raises EmbeddedError; what was started until then is stopped again.
    """
    place = Place(root)
    place.secrets()
    place.keys()
    place.folder("log")
    pair = Servers(
        Postgres(place, pg=pg, is_test=test) if with_postgres else None,
        Valkey(place) if with_valkey else None,
    )
    with locked(place.var / "servers.lock"):
        try:
            for server in (pair.postgres, pair.valkey):
                if server is not None and server.start(is_tied=is_tied):
                    pair.started.append(server)
        except BaseException:
            for server in (pair.postgres, pair.valkey):
                if server is not None and server.process is not None:
                    server.stop()
            raise
    return pair


def stop(root: Path) -> list[str]:
    """Stop the servers that run under `root/var`, whoever started them; their names."""
    place = Place(root)
    if not place.var.exists():
        return []
    stopped = []
    with locked(place.var / "servers.lock"):
        for data in place.clusters.glob("*/data"):
            server = Postgres.of(place, data)
            if server.pid() is not None:
                server.stop()
                stopped.append(f"PostgreSQL {server.major}")
        valkey = Valkey(place)
        if (place.var / "secrets.json").exists() and valkey.pid() is not None:
            valkey.stop()
            stopped.append("Valkey")
    return stopped
