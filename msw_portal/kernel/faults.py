"""Named points at which a test kills its own process, as a power cut would; without FAULT they do nothing."""

import os
import signal


def at(point: str) -> None:
    """Die here when the environment says `FAULT=<point>`: once, then the file FAULT_MARK says it happened."""
    if os.environ.get("FAULT") != point:
        return
    try:
        os.close(os.open(os.environ["FAULT_MARK"], os.O_CREAT | os.O_EXCL))
    except (FileExistsError, KeyError):
        return
    os.kill(os.getpid(), signal.SIGKILL)
