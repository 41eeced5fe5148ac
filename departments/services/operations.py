"""What the system administrator runs: queues (states and ids, never what is in them), mail, settings in force."""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import connection, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from departments import audit
from departments.models.people import User
from departments.permissions import can_operate
from departments.services import mailing, outbox
from departments.services.history import LONG_NUMBER
from msw_portal.kernel import bell, file_store, scanning
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.keyring import keys
from msw_portal.kernel.room import room_of_files

STATES = {
    "ready": _("等待"),
    "leased": _("处理中"),
    "done": _("完成"),
    "dead": _("失败"),
    "cancelled": _("取消"),
}
SOURCES = {"outbox": _("发件箱"), "job": _("后台任务")}
SHOWN = 100
# What stands between quotes or after DETAIL may be a value of a row.
QUOTED = re.compile(r"""(['"«“]).*?(['"»”])|\(.*?\)=\(.*?\)""")


@dataclass(frozen=True)
class Piece:
    """One effect or job: what kind, of which house, how it stands, and its error without values."""

    source: str
    id: str
    kind: str
    house: str
    state: str
    attempts: int
    not_before: dt.datetime
    created_at: dt.datetime
    done_at: dt.datetime | None
    error: str

    @property
    def source_words(self) -> str | Promise:
        return SOURCES[self.source]

    @property
    def state_words(self) -> str | Promise:
        return STATES.get(self.state, self.state)


@dataclass(frozen=True)
class InForce:
    """A setting as this process read it; a secret says only that it is there."""

    name: str
    label: str | Promise
    value: str


def pieces(*, by: User, source: str = "", state: str = "") -> list[Piece]:
    """The newest effects and jobs of every house, by source and state."""
    require(can_operate, by, None)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM app.queue_rows(%s, %s, %s)", [source, state, SHOWN])
        found = [Piece(*row[:-1], plain_error(row[-1])) for row in cursor.fetchall()]
    return sorted(found, key=lambda one: one.created_at, reverse=True)[:SHOWN]


def counts(*, by: User) -> dict[str, dict[str, int]]:
    """How many per source and state."""
    require(can_operate, by, None)
    found: dict[str, dict[str, int]] = {source: dict.fromkeys(STATES, 0) for source in SOURCES}
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM app.queue_counts()")
        for source, state, number in cursor.fetchall():
            found[source][state] = number
    return found


@command
def piece_retry(*, source: str, id: str, by: User) -> None:
    """Let something that died be tried again from the start.

    Raises:
        DomainError: `queue.not_dead` (409) when it is not, or no longer, dead.
    """
    require(can_operate, by, None)
    with connection.cursor() as cursor:
        cursor.execute("SELECT app.queue_retry(%s, %s)", [source, id])
        if not cursor.fetchone()[0]:
            raise DomainError(
                "queue.not_dead", _("这一件不在失败状态，可能已有人重试。"), status=409
            )
    audit.record("queue.retry", by=by, source=source, entry=id)
    if source == "outbox":
        transaction.on_commit(outbox.ring, robust=True)
    else:
        transaction.on_commit(
            lambda: bell.ring("reports.tasks.run_job", id, queue="reports"), robust=True
        )


def plain_error(text: str) -> str:
    """The first line of an error, without what may be a value: quoted text and long numbers."""
    line = (text or "").strip().split("\n", 1)[0]
    return LONG_NUMBER.sub("•••", QUOTED.sub("•••", line))[:200]


@command
def mail_try(*, to: str, by: User) -> None:
    """Send one mail now, from the console.

    Raises:
        DomainError: on `to`, as mailing.mail_test: without a mail server, or with what it said.
    """
    require(can_operate, by, None)
    mailing.mail_test(to=to)
    audit.record("mail.test", by=by)


def _room_words() -> str:
    room = room_of_files()
    left = "—" if room.free is None else f"{room.free / 1024**3:.1f} GB"
    words = {
        "ok": "%s",
        "low": gettext("%s，不多了"),
        "full": gettext("%s，已满"),
        "read_only": gettext("%s，不能写入"),
    }
    return words.get(room.state, f"%s ({room.state})") % left


def _store_words() -> str:
    return gettext("本机磁盘") if file_store.is_local() else gettext("对象存储（S3 兼容）")


def _scanner_words() -> str:
    return {
        scanning.OFF: gettext("没有接入：上传的文件不查毒"),
        scanning.OK: gettext("已接入，正常"),
        scanning.AWAY: gettext("已接入，但没有应答：现在不能上传"),
    }[scanning.state()]


def settings_in_force() -> Sequence[tuple[str | Promise, list[InForce]]]:
    """What the environment says, by subject; nothing secret, nothing of a patient."""
    there, absent = gettext("已设置"), gettext("未设置")

    def seconds(value: int) -> str:
        return gettext("%(n)s 分钟") % {"n": value // 60}

    return (
        (
            _("登录与会话"),
            [
                InForce(
                    "MSW_SECOND_FACTOR",
                    _("登录须第二因素"),
                    gettext("是") if settings.SECOND_FACTOR_AT_SIGN_IN else gettext("否"),
                ),
                InForce("MSW_SIGN_IN_LIMIT", _("密码可错次数"), str(settings.SIGN_IN_LIMIT)),
                InForce(
                    "MSW_SIGN_IN_WINDOW", _("锁定时长"), seconds(settings.SIGN_IN_WINDOW_SECONDS)
                ),
                InForce(
                    "MSW_SESSION_IDLE", _("不操作多久退出"), seconds(settings.SESSION_IDLE_SECONDS)
                ),
                InForce(
                    "MSW_SESSION_ABSOLUTE",
                    _("一次登录最长"),
                    seconds(settings.SESSION_ABSOLUTE_SECONDS),
                ),
                InForce(
                    "MSW_CONSOLE_ADDRESSES",
                    _("管理员只能从这些地址操作"),
                    ", ".join(map(str, settings.MSW_CONSOLE_ADDRESSES)) or gettext("不限"),
                ),
            ],
        ),
        (
            _("网络与邮件"),
            [
                InForce("ALLOWED_HOSTS", _("门户的域名"), ", ".join(settings.ALLOWED_HOSTS)),
                InForce("MSW_PROXY_COUNT", _("前面的代理层数"), str(settings.MSW_PROXY_COUNT)),
                InForce("EMAIL_URL", _("邮件"), there if settings.MAIL_IS_ON else absent),
                InForce("MSW_FROM", _("发件人"), settings.DEFAULT_FROM_EMAIL),
            ],
        ),
        (
            _("密钥与文件"),
            [
                InForce("MSW_KEYS", _("正在使用的密钥编号"), str(keys().active)),
                InForce("SECRET_KEY", _("会话签名密钥"), there if settings.SECRET_KEY else absent),
                InForce("MSW_MEDIA", _("存放文件的磁盘还剩"), _room_words()),
                InForce(
                    "MSW_EPISODE_DROPS",
                    _("医院系统的投放文件夹"),
                    str(settings.EPISODE_DROPS or absent),
                ),
                InForce(
                    "MSW_MAX_UPLOAD",
                    _("单个文件上限"),
                    f"{settings.MAX_UPLOAD_BYTES // 1024 // 1024} MB",
                ),
                InForce("MSW_MAX_FILES", _("一处最多几份文件"), str(settings.MAX_FILES)),
                InForce("MSW_S3_BUCKET", _("文件存放在"), _store_words()),
                InForce("MSW_CLAMD", _("病毒扫描"), _scanner_words()),
            ],
        ),
    )
