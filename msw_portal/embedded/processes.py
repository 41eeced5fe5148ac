"""Starting other programs: as whom, tied to whom, and what became of them."""

import contextlib
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import NamedTuple

from msw_portal.embedded.places import EmbeddedError

# "nobody" of every Linux; PostgreSQL refuses to run as root.
NOBODY = 65534


class Account(NamedTuple):
    """An operating-system user by number."""

    uid: int
    gid: int

    def may_pass(self, path: Path) -> bool:
        """May this user walk down to the path by the permission bits of its folders?"""
        for folder in [path, *path.parents]:
            with contextlib.suppress(FileNotFoundError):
                facts = folder.stat()
                bit = (
                    0o100
                    if facts.st_uid == self.uid
                    else 0o010
                    if facts.st_gid == self.gid
                    else 0o001
                )
                if not facts.st_mode & bit:
                    return False
        return True


def server_account(data: Path) -> Account | None:
    """Who runs a server: ourselves (None), or, when we are root, the owner of its data."""
    if os.geteuid() != 0:
        return None
    with contextlib.suppress(FileNotFoundError):
        facts = data.stat()
        if facts.st_uid:
            return Account(facts.st_uid, facts.st_gid)
    return Account(NOBODY, NOBODY)


def prefix(
    account: Account | None, *, paths: tuple[Path, ...] = (), dies_by: str = ""
) -> list[str]:
    """The setpriv words before a command: run as `account`; get `dies_by` when our process dies.

    Python itself stays what it is. Below a folder that only root may enter (a 0700 home) the server
    keeps the one capability that lets it pass. Raises EmbeddedError when root has no setpriv.
    """
    words: list[str] = []
    if account is not None:
        words = ["--reuid", str(account.uid), "--regid", str(account.gid), "--clear-groups"]
        if not all(account.may_pass(path) for path in paths):
            words += ["--inh-caps", "+dac_override", "--ambient-caps", "+dac_override"]
    found = shutil.which("setpriv")
    if words and found is None:
        raise EmbeddedError(
            "PostgreSQL refuses to run as root and `setpriv` (package util-linux) is missing."
        )
    if dies_by and found is not None:
        words += ["--pdeathsig", dies_by]
    return [found, *words, "--"] if words and found else []


def is_alive(pid: int) -> bool:
    """Does the process exist and is it more than a zombie?"""
    with contextlib.suppress(OSError, IndexError):
        if Path("/proc/self/stat").exists():
            return (
                Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
                not in "ZX"
            )
        os.kill(pid, 0)
        return True
    return False


def works_in(pid: int, folder: Path) -> bool:
    """Is it alive in this working directory? Tells our server from one with its old number."""
    if not is_alive(pid):
        return False
    with contextlib.suppress(OSError):
        return Path(os.readlink(f"/proc/{pid}/cwd")) == folder.resolve()
    # Without /proc (or as another user) the number alone must do.
    return not Path("/proc/self/cwd").exists()


def wait_gone(pid: int, seconds: float, process: subprocess.Popen | None = None) -> bool:
    """Wait until the process has ended, reaping it when it is our child; False after the time."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if process is not None:
            if process.poll() is not None:
                return True
        elif not is_alive(pid):
            return True
        time.sleep(0.05)
    return False


def end(
    pid: int, gentle: signal.Signals, seconds: float, process: subprocess.Popen | None = None
) -> None:
    """Ask one process to end; after the time, end it. One that is gone already is no error."""
    for order in (gentle, signal.SIGQUIT, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, order)
        if wait_gone(pid, seconds, process):
            return
        seconds = 5
