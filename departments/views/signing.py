"""The gate: sign-in in steps, sign-out, one's own password and second factor."""

from collections.abc import Callable

from allauth.mfa.adapter import get_adapter
from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.conf import settings
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from departments import phones
from departments.forms.signing import (
    CodeForm,
    EnrolForm,
    ForgottenForm,
    OwnPasswordForm,
    PasswordForm,
    ReplaceForm,
    SignInForm,
)
from departments.middleware import outside_scope
from departments.models.people import Membership, User
from departments.services import account_codes, passwords, second_factor, sessions, signing_in
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.scope import scope

OFFERED = "offered_authenticator"  # the session holds the sealed secret of an app not yet bound


def gate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Open before sign-in, opens its own scopes, is never cached, keeps passwords out of reports."""
    return outside_scope(login_not_required(never_cache(sensitive_post_parameters()(view))))


@gate
def sign_in(request: HttpRequest) -> HttpResponse:
    to = asked_for(request)
    if request.user.is_authenticated:
        return HttpResponseRedirect(to or reverse("home"))
    form = SignInForm(request.POST or None)
    status = 200
    if request.method == "POST":
        entry, status = _try_entry(request, form)
        if entry is not None:
            signing_in.pending_begin(
                request, entry.user, to=to, method=entry.method, code_id=entry.code_id
            )
            return go_on(request, entry.user)
    ended = request.session.pop(sessions.ENDED, "") if request.method == "GET" else ""
    context = {
        "form": form,
        "next": to,
        "ended": ended,
        "is_mail_on": account_codes.is_mail_on(),
        "directory": settings.DIRECTORY,
    }
    return render(request, "account/sign_in.html", context, status=status)


@gate
def forgotten(request: HttpRequest) -> HttpResponse:
    """Ask for a reset by mail; the answer is the same for every name."""
    if not account_codes.is_mail_on():
        return render(request, "account/forgotten.html", {"form": None})
    form, status, is_done = ForgottenForm(request.POST or None), 200, False
    if request.method == "POST":
        is_done, status = _ask_reset(request, form)
    context = {"form": form, "is_done": is_done}
    return render(request, "account/forgotten.html", context, status=status)


@gate
def second_factor_step(request: HttpRequest) -> HttpResponse:
    user = signing_in.pending_user(request)
    if user is None:
        return redirect("account_login")
    if signing_in.next_step(request, user) != signing_in.CODE:
        return go_on(request, user)
    form, status = CodeForm(request.POST or None), 200
    if request.method == "POST":
        method, status = _try_code(request, form, user)
        if method:
            signing_in.pending_update(request, user, has_second_factor=True, method=method)
            return go_on(request, user)
    context = {"form": form, "codes_left": second_factor.recovery_codes_left(user)}
    return render(request, "account/second_factor.html", context, status=status)


@require_POST
@gate
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session; a phone with unsent entries is asked first, and left empty."""
    if phones.has_unsent(request) and "leave" not in request.POST:
        return redirect(f"{reverse('cases:ward')}?leave=1")
    signing_in.sign_out(request)
    response = redirect("account_login")
    if phones.MARK in request.COOKIES:
        response = redirect(f"{reverse('account_login')}?out=1")
        phones.empty(response)
    return response


@gate
def password(request: HttpRequest) -> HttpResponse:
    """A new password: asked of whoever has a one-time one, open to everybody signed in."""
    user, is_pending, early = _person(request, signing_in.PASSWORD)
    if early is not None:
        return early
    if not is_pending and signing_in.is_password_closed(user):
        context = {"is_closed": True, "directory": settings.DIRECTORY}
        return render(request, "account/password.html", context)
    form = (PasswordForm if is_pending else OwnPasswordForm)(request.POST or None)
    if request.method != "POST" or not _change_password(request, form, user):
        status = 422 if request.method == "POST" else 200
        has_code = is_pending and signing_in.pending_code(request) is not None
        context = {"form": form, "is_pending": is_pending, "has_code": has_code}
        return render(request, "account/password.html", context, status=status)
    if is_pending:
        signing_in.pending_update(request, user, code=None)
        return go_on(request, user)
    update_session_auth_hash(request, user)
    return render(request, "account/password.html", {"is_done": True})


@gate
def own_second_factor(request: HttpRequest) -> HttpResponse:
    """Binding an authenticator app: a step of sign-in for whoever has none, and a page to replace it."""
    user, is_pending, early = _person(request, signing_in.ENROL)
    if early is not None:
        return early
    has_app = second_factor.is_set_up(user)
    if is_pending:
        form: EnrolForm = EnrolForm(request.POST or None)
    else:
        may_ask = signing_in.has_password(user)
        form = ReplaceForm(request.POST or None, has_password=may_ask)
    secret = _secret(request, is_new=request.method == "GET")
    if request.method == "POST":
        codes = _enrol(request, form, user, secret)
        if codes is not None:
            return _show_codes(request, user, codes, is_pending)
    context = {
        "form": form,
        "is_pending": is_pending,
        "has_app": has_app,
        "secret": secret,
        "picture": second_factor.qr_picture(get_adapter().build_totp_url(user, secret)),
        "codes_left": second_factor.recovery_codes_left(user) if has_app else 0,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "account/own_second_factor.html", context, status=status)


@require_POST
@gate
def renew_codes(request: HttpRequest) -> HttpResponse:
    """New recovery codes, for a code of the app."""
    user, is_pending, early = _person(request, signing_in.ENROL)
    if early is not None or is_pending:
        return early or redirect(signing_in.ENROL)
    form = CodeForm(request.POST)
    method, status = _try_code(request, form, user)
    if not method:
        return render(request, "account/renew_codes.html", {"form": form}, status=status)
    with scope(user=user.pk):
        codes = second_factor.recovery_codes_renew(by=user)
    return _show_codes(request, user, codes, False)


def asked_for(request: HttpRequest) -> str:
    """The page to come back to, when it is one of ours; "" otherwise."""
    to = request.POST.get("next", request.GET.get("next", ""))
    is_ours = url_has_allowed_host_and_scheme(
        to, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return to if is_ours else ""


def _try_entry(request: HttpRequest, form: SignInForm) -> tuple[signing_in.Entry | None, int]:
    if not form.is_valid():
        return None, 422
    typed = form.cleaned_data
    try:
        return signing_in.entry_accept(
            request, username=typed["username"], password=typed["password"]
        ), 200
    except DomainError as error:
        form.add_error(error.field, str(error))
        return None, error.status


def _ask_reset(request: HttpRequest, form: ForgottenForm) -> tuple[bool, int]:
    if not form.is_valid():
        return False, 422
    try:
        signing_in.reset_accept(request, username=form.cleaned_data["username"])
    except DomainError as error:
        form.add_error(None, str(error))
        return False, error.status
    return True, 200


def _try_code(request: HttpRequest, form: CodeForm, user: User) -> tuple[str, int]:
    if not form.is_valid():
        return "", 422
    try:
        return second_factor.code_accept(user=user, code=form.cleaned_data["totp_code"]), 200
    except DomainError as error:
        signing_in.code_refused(user, error)
        form.add_error(error.field, str(error))
        return "", error.status


def go_on(request: HttpRequest, user: User) -> HttpResponse:
    """To the next step of a pending sign-in, or into the portal."""
    step = signing_in.next_step(request, user)
    if step is not None:
        return redirect(step)
    return HttpResponseRedirect(_way_in(*signing_in.complete(request, user)))


def _way_in(to: str, roles: list[Membership]) -> str:
    if len(roles) == 1:
        return to or reverse("home")
    choose = reverse("departments:choose_role")
    return f"{choose}?{urlencode({'next': to})}" if to else choose


def _person(request: HttpRequest, step: str) -> tuple[User, bool, HttpResponse | None]:
    """Who stands here: signed in, or at this very step of signing in; else where to go instead."""
    if request.user.is_authenticated:
        return request.user, False, sessions.check(request)
    user = signing_in.pending_user(request)
    if user is None:
        return request.user, False, sessions.to_sign_in(request)
    if signing_in.next_step(request, user) != step:
        return user, True, go_on(request, user)
    return user, True, None


def _change_password(request: HttpRequest, form: PasswordForm, user: User) -> bool:
    if not form.is_valid():
        return False
    try:
        if "password" in form.fields:
            signing_in.limit_check(request, user, form.cleaned_data["password"])
        with scope(user=user.pk):
            passwords.password_change(
                new_password=form.cleaned_data["new_password"],
                code_id=signing_in.pending_code(request),
                by=user,
            )
    except DomainError as error:
        form.add_error(error.field, str(error))
        return False
    return True


def _secret(request: HttpRequest, *, is_new: bool) -> str:
    """The secret offered on this page; sealed while it waits in the session."""
    sealed = request.session.get(OFFERED)
    if sealed and not is_new:
        return get_adapter().decrypt(sealed)
    secret = generate_totp_secret()
    request.session[OFFERED] = get_adapter().encrypt(secret)
    return secret


def _enrol(request: HttpRequest, form: EnrolForm, user: User, secret: str) -> list[str] | None:
    if not form.is_valid():
        return None
    typed = form.cleaned_data
    try:
        if "password" in form.fields:
            signing_in.limit_check(request, user, typed["password"])
        if "current_code" in form.fields:
            is_bound = second_factor.is_set_up(user)
            if is_bound and not _present_code_holds(form, user):
                return None
            if not is_bound and "password" not in form.fields:
                sessions.fresh_check(request)
        with scope(user=user.pk):
            return second_factor.second_factor_enrol(
                secret=secret, code=typed["totp_code"], by=user
            )
    except DomainError as error:
        form.add_error(error.field if error.field in form.fields else None, str(error))
        return None


def _present_code_holds(form: EnrolForm, user: User) -> bool:
    try:
        second_factor.code_accept(user=user, code=form.cleaned_data["current_code"])
    except DomainError as error:
        form.add_error("current_code", str(error))
        return False
    return True


def _show_codes(
    request: HttpRequest, user: User, codes: list[str], is_pending: bool
) -> HttpResponse:
    request.session.pop(OFFERED, None)
    to = reverse("home")
    if is_pending:
        signing_in.pending_update(request, user, has_second_factor=True, method="enrol")
        to = _way_in(*signing_in.complete(request, user))
    return render(request, "account/recovery_codes.html", {"codes": codes, "to": to})
