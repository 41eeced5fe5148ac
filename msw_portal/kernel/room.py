"""When there is no room left: how a disk and the database say so, and what people are told.

Room comes back by itself, or somebody makes some: whatever met a full disk keeps nothing, says so,
and may be tried again as it is.
"""

import errno
from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from msw_portal.kernel.errors import DomainError

# No space, over the quota, over the process's own limit of a file.
FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
DISK_FULL = "53100"  # SQLSTATE, PostgreSQL Appendix A
RULE = "file.no_room"
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


def _behind(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__
