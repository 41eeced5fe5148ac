"""The laptop's own PostgreSQL and Valkey, under `var/` of the checkout; never for production data.

`python -m msw_portal.embedded --help` is the command line. Importing this package imports neither
Django nor a driver, because settings.py asks it for the environment.
"""

from pathlib import Path

from msw_portal.embedded.places import Place

ROOT = Path(__file__).resolve().parents[2]


def environment(root: Path = ROOT) -> dict[str, str]:
    """What settings.py needs to reach the servers of this checkout.

    Deterministic once `var/` exists; makes missing secrets, keys and folders, starts nothing.
    Raises EmbeddedError when keys or secrets are gone beside existing data.
    """
    place = Place(root)
    secrets = place.secrets()
    return {
        "DATABASE_URL": place.database_url("msw_app", secrets),
        "DATABASE_OWNER_URL": place.database_url("msw_owner", secrets),
        "DATABASE_BACKUP_URL": place.database_url("msw_backup", secrets),
        "MSW_BACKUPS": str(place.var / "backups"),
        "MSW_ANCHORS": str(place.var / "anchors" / "anchors.jsonl"),
        "REDIS_URL": f"redis://:{secrets['valkey_password']}@127.0.0.1:{secrets['valkey_port']}/0",
        "SECRET_KEY": secrets["secret_key"],
        "MSW_KEYS": str(place.keys()),
        "MSW_MEDIA": str(place.folder("media")),
        "MSW_EPISODE_DROPS": str(place.folder("drops")),
        "MSW_STATIC_ROOT": str(place.folder("static")),
        "MSW_EMBEDDED": "1",
    }
