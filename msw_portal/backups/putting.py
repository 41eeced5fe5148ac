"""Files of a restored folder go back into the bucket the portal keeps them in."""

from collections.abc import Callable
from pathlib import Path

from msw_portal.backups.places import BackupError
from msw_portal.kernel import file_store
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.file_store import FOLDER, StoreAway


def put(media: Path, *, say: Callable[[str], None]) -> int:
    """Put every file of `media` that the store does not hold into it; how many. May be repeated.

    Raises:
        BackupError: when the portal keeps its files in a folder, or the store does not answer.
    """
    if file_store.is_local():
        raise BackupError(
            "This portal keeps its files in a folder: point MSW_MEDIA at the restored one."
        )
    done = 0
    try:
        there = {one.name: one.size for one in file_store.kept()}
        for path in sorted((media / FOLDER).rglob("*")):
            name = str(path.relative_to(media))
            if path.is_file() and there.get(name) != path.stat().st_size:
                file_store.put(path.name, path.read_bytes())
                done += 1
    except (StoreAway, DomainError) as error:
        place = file_store.store().place()
        raise BackupError(f"{place} does not answer; {done} files were put there.") from error
    say(f"{done} files put into {file_store.store().place()}, {len(there)} were there.")
    return done
