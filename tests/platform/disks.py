"""A small disk of its own for a test: a tmpfs where mounting is allowed."""

import contextlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

NO_MOUNT = "Mounting is not allowed here: "
_BLOCK = 64 * 1024


class Disk:
    """A mounted folder that can be filled to the last block, and given room again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._ballast = folder / "ballast"

    def free(self) -> int:
        facts = os.statvfs(self.folder)
        return facts.f_bavail * facts.f_frsize

    def fill(self, leave: int = 0) -> None:
        """Take all room but `leave` bytes."""
        with open(self._ballast, "ab", buffering=0) as ballast, contextlib.suppress(OSError):
            while self.free() > leave:
                ballast.write(bytes(min(_BLOCK, self.free() - leave)))

    def make_room(self) -> None:
        self._ballast.unlink(missing_ok=True)


@contextlib.contextmanager
def small_disk(folder: Path, size: int) -> Iterator[Disk | None]:
    """A tmpfs of so many bytes on `folder`; None where mounting is not allowed."""
    folder.mkdir(exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    try:
        is_mounted = subprocess.run(command, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        is_mounted = False
    try:
        yield Disk(folder) if is_mounted else None
    finally:
        if is_mounted:
            subprocess.run(["umount", "--lazy", str(folder)], check=True)
        with contextlib.suppress(OSError):
            folder.rmdir()
