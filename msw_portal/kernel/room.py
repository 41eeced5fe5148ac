"""When there is no room left: how a disk and the database say so, and what people are told.

Room comes back by itself, or somebody makes some: whatever met a full disk keeps nothing, says so,
and may be tried again as it is.
"""

import errno
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from msw_portal.kernel.errors import DomainError

# No space, over the quota, over the process's own limit of a file.
FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
DISK_FULL = "53100"  # SQLSTATE, PostgreSQL Appendix A
RULE = "file.no_room"
# Under this somebody should make room; under the other the next upload may find none.
LOW_BYTES = 1024**3
FULL_BYTES = 32 * 1024**2
STATUS = 507  # Insufficient Storage, RFC 4918 11.5
_SIGNS = frozenset({RULE, DISK_FULL, *(errno.errorcode[number] for number in FULL)})


def is_out_of_room(error: BaseException) -> bool:
    """Whether a full disk is behind this error: of the machine it runs on or of the database."""
    return any(
        (isinstance(one, OSError) and one.errno in FULL)
        or getattr(one, "pgcode", None) == DISK_FULL
        or getattr(one, "rule", None) == RULE
        for one in _behind(error)
    )


def tells_of_room(text: str) -> bool:
    """Whether a kept `error` (`logs.summary`) tells of a full disk."""
    return not _SIGNS.isdisjoint(text.split())


def no_room(field: str | None = "file") -> DomainError:
    """The refusal of a file that finds no room."""
    sentence = _("服务器存放文件的空间已满，文件没有保存。请稍后再试，并告诉系统管理员。")
    return DomainError(RULE, sentence, field, status=STATUS)


@dataclass(frozen=True)
class Room:
    """`state` is ok, low, full, read_only or the name of an error; `free` bytes, None when unknown."""

    state: str
    free: int | None


def room_of_files() -> Room:
    """Room where people's files are kept; the folder is made with the first of them."""
    place = Path(settings.MEDIA_ROOT)
    while not place.exists() and place != place.parent:
        place = place.parent
    try:
        facts = os.statvfs(place)
    except OSError as error:
        return Room(type(error).__name__, None)
    free = facts.f_bavail * facts.f_frsize
    if facts.f_flag & os.ST_RDONLY or not os.access(place, os.W_OK | os.X_OK):
        return Room("read_only", free)
    return Room("full" if free < FULL_BYTES else "low" if free < LOW_BYTES else "ok", free)


def _behind(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__
