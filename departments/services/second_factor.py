"""The second factor: codes of an authenticator app, each good for one use, and recovery codes."""

import datetime as dt
import hmac
import unicodedata

import qrcode
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from allauth.mfa.utils import decrypt
from django.conf import settings
from django.db import connection
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from departments import audit
from departments.models.people import User
from departments.services import rate
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError

FIELD = "totp_code"
# Two requests with one code meet at the row: the later one finds the step already used.
USE_STEP = """
    UPDATE mfa_authenticator
       SET data = jsonb_set(data, '{used_step}', to_jsonb(%s::bigint)), last_used_at = now()
     WHERE id = %s AND coalesce((data ->> 'used_step')::bigint, 0) < %s
"""


def second_factor_check(*, user: User, code: str) -> dt.datetime:
    """Step-up before money moves: uses up a fresh code of the user's own authenticator app.

    Returns the instant of the check. Runs in the caller's transaction: a command that is refused
    afterwards gives the code back. Recovery codes are not accepted.

    Raises:
        DomainError: on field `totp_code`, rules `second_factor.missing`, `.not_set_up`, `.limited`
            (429), `.wrong`, `.used`.
    """
    typed = normalized(code)
    if not typed:
        raise DomainError("second_factor.missing", _("请输入身份验证器上的 6 位动态口令。"), FIELD)
    app = _authenticator(user, Authenticator.Type.TOTP)
    if app is None:
        raise DomainError(
            "second_factor.not_set_up",
            _("您还没有绑定身份验证器，请先在“账户”里绑定，再办这一步。"),
            FIELD,
        )
    _count(user)
    _use(app, typed)
    _forget_count(user)
    return timezone.now()


def code_accept(*, user: User, code: str) -> str:
    """At sign-in: use up a code of the app, or a recovery code; which of the two (`totp`, `recovery_codes`).

    Raises:
        DomainError: on field `totp_code`, as second_factor_check.
    """
    typed = normalized(code)
    if not typed:
        raise DomainError("second_factor.missing", _("请输入动态口令或恢复码。"), FIELD)
    _count(user)
    if len(typed) > 6:
        _use_recovery(user, typed)
        kind = Authenticator.Type.RECOVERY_CODES
    else:
        app = _authenticator(user, Authenticator.Type.TOTP)
        if app is None:
            raise _wrong()
        _use(app, typed)
        kind = Authenticator.Type.TOTP
    _forget_count(user)
    return str(kind)


def is_set_up(user: User) -> bool:
    """Whether the user has an authenticator app."""
    return _authenticator(user, Authenticator.Type.TOTP) is not None


def recovery_codes_left(user: User) -> int:
    """How many recovery codes the user has not used."""
    codes = _authenticator(user, Authenticator.Type.RECOVERY_CODES)
    return len(RecoveryCodes(codes).get_unused_codes()) if codes else 0


def step_of(secret: str, code: str) -> int | None:
    """The 30-second step for which `code` is right now (RFC 6238), None when it is not."""
    for step in yield_hotp_counters_from_time():
        if hmac.compare_digest(format_hotp_value(hotp_value(secret, step)), code):
            return step
    return None


def normalized(code: str) -> str:
    """Digits as typed on any keyboard: full-width digits and spaces are no mistake."""
    text = "".join(unicodedata.normalize("NFKC", code or "").split()).replace("-", "")
    return text if text.isascii() and len(text) <= 20 else "?"


def _authenticator(user: User, kind: str) -> Authenticator | None:
    return Authenticator.objects.filter(user_id=user.pk, type=kind).first()


def _use(app: Authenticator, code: str) -> None:
    step = step_of(decrypt(app.data["secret"]), code)
    if step is None:
        raise _wrong()
    with connection.cursor() as cursor:
        cursor.execute(USE_STEP, [step, app.pk, step])
        if cursor.rowcount == 0:
            raise DomainError(
                "second_factor.used",
                _("这个动态口令刚用过，每个口令只能用一次。请等下一个（最多 30 秒）。"),
                FIELD,
            )


def _use_recovery(user: User, code: str) -> None:
    codes = _authenticator(user, Authenticator.Type.RECOVERY_CODES)
    # validate_code locks the row: of two parallel uses of one code only the first finds it unused.
    if codes is None or not RecoveryCodes(codes).validate_code(code):
        raise DomainError("second_factor.wrong", _("恢复码不对，或已经用过。"), FIELD)


def _wrong() -> DomainError:
    return DomainError(
        "second_factor.wrong", _("动态口令不对，请核对手机时间，输入当前显示的 6 位数字。"), FIELD
    )


def _rate_key(user: User) -> str:
    return f"second-factor:{user.uid}"


def _count(user: User) -> None:
    made = rate.hit(
        _rate_key(user), limit=settings.SIGN_IN_LIMIT, window=settings.SIGN_IN_WINDOW_SECONDS
    )
    if not made:
        raise DomainError(
            "second_factor.limited",
            _("动态口令错的次数太多，请 %(minutes)s 分钟后再试。")
            % {"minutes": -(-made.seconds_left // 60)},
            FIELD,
            status=429,
        )


def _forget_count(user: User) -> None:
    rate.clear(_rate_key(user), window=settings.SIGN_IN_WINDOW_SECONDS)


# ── setting it up ────────────────────────────────────────────────────────────


@command
def second_factor_enrol(*, secret: str, code: str, by: User) -> list[str]:
    """Bind a new authenticator app, in place of an older one; the new recovery codes, shown once.

    Raises:
        DomainError: `second_factor.wrong` on `totp_code` when the code is not the secret's.
    """
    step = step_of(secret, normalized(code))
    if step is None:
        raise _wrong()
    # Two enrolments of one person wait for each other here.
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    before = Authenticator.objects.filter(user_id=by.pk)
    is_replaced = before.exists()
    before.delete()
    app = TOTP.activate(by, secret).instance
    app.data["used_step"] = step
    app.save(update_fields=["data"])
    codes = RecoveryCodes.activate(by).get_unused_codes()
    audit.record("second_factor.enrol", by=by, on=by, is_replaced=is_replaced)
    return codes


@command
def recovery_codes_renew(*, by: User) -> list[str]:
    """New recovery codes, shown once; the old ones are void."""
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    Authenticator.objects.filter(user_id=by.pk, type=Authenticator.Type.RECOVERY_CODES).delete()
    codes = RecoveryCodes.activate(by).get_unused_codes()
    audit.record("second_factor.renew_codes", by=by, on=by)
    return codes


def qr_picture(text: str) -> SafeString:
    """The QR code of a text as an inline SVG: black on white in either theme, no `data:` address."""
    code = qrcode.QRCode(border=4)
    code.add_data(text)
    rows = code.get_matrix()
    dark = "".join(
        f"M{x} {y}h1v1h-1z"
        for y, row in enumerate(rows)
        for x, is_dark in enumerate(row)
        if is_dark
    )
    return format_html(
        '<svg viewBox="0 0 {0} {0}" width="200" height="200" role="img" aria-label="{1}" '
        'shape-rendering="crispEdges"><rect width="{0}" height="{0}" fill="#fff"></rect>'
        '<path d="{2}" fill="#000"></path></svg>',
        len(rows),
        _("绑定身份验证器的二维码"),
        dark,
    )
