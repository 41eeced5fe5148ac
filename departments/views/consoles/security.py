"""The security administrator: who is locked and why, who falls idle, the quarterly review, exports of accounts."""

import uuid
from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from departments.forms.consoles import AccountsExportForm, MailToForm, ReviewForm
from departments.models.compliance import ComplianceRecord
from departments.models.mechanisms import Task
from departments.models.people import Membership, Role
from departments.services import accounts, policies, reviews
from departments.services.accounts_export import accounts_export
from departments.services.history import history_lines, role_label
from departments.services.house_settings import mail_addresses, mail_to_set
from departments.services.housekeeping import CLOCK_TASK
from departments.views.clashes import Current
from departments.views.consoles.gate import console
from departments.views.exporting import sent
from departments.views.keeping import Keeping
from msw_portal.kernel.htmx import answer, go_to

BOTH = require_http_methods(["GET", "HEAD", "POST"])
ours = console(Role.SECADMIN)


@require_safe
@ours
def home(request: HttpRequest) -> HttpResponse:
    """What needs the security administrator today."""
    by = request.user
    held = list(_held(request))
    known = accounts.accounts_of(held)
    policy = policies.password_policy()
    context = {
        "people": len(known),
        "locked": [account for account in known if account.locks],
        "unbound": sum(1 for account in known if not account.has_second_factor),
        "idle": accounts.idle_soon(held),
        "rule": policies.account_rule(),
        "keepers": sum(1 for row in held if row.role == Role.SECADMIN),
        "review_due": reviews.review_due_on(by.house_id),
        "today": timezone.localdate(),
        "open_review": next(
            (one for one in reviews.reviews_of(by=by) if one.state == "open"), None
        ),
        "policy": policy,
        "policy_words": policy.words(),
        "standard": policies.STANDARDS[name][0] if (name := policies.standard_of(policy)) else "",
        "held_back": Task.objects.visible_to(by).open().filter(kind=CLOCK_TASK).exists(),
    }
    return render(request, "departments/consoles/security.html", context)


@BOTH
@ours
def settings(request: HttpRequest) -> HttpResponse:
    """Whom this house wants to be mailed about alarms."""
    form = MailToForm(
        request.POST or None,
        initial={"mail_to": " ".join(mail_addresses(request.user.house_id))},
    )
    done = request.method == "POST" and form.command(mail_to_set, by=request.user)
    return answer(
        request,
        "departments/consoles/security_settings.html",
        {"form": form, "rule": policies.account_rule(), "alarm": policies.alarm_rule()},
        ok=done or request.method != "POST",
        to=reverse("departments:console_security") if done else None,
        done=_("已保存。"),
    )


@BOTH
@ours
def review_list(request: HttpRequest) -> HttpResponse:
    """Every review with who signed it; a POST begins the next."""
    if request.method == "POST":
        review = reviews.review_start(by=request.user)
        return go_to(request, reverse("departments:review", args=[review.uid]))
    context = {
        "reviews": reviews.reviews_of(by=request.user),
        "due": reviews.review_due_on(request.user.house_id),
        "today": timezone.localdate(),
    }
    return render(request, "departments/consoles/reviews.html", context)


@BOTH
@ours
def review(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """One review, row by row; a POST keeps the decisions, and signs when asked to."""
    row = _review(request, uid)
    keep = Keeping(request, "departments-review", uid, current=lambda: _as_decided(request, uid))
    form = keep.form(ReviewForm, rows=row.payload["rows"])
    if request.method != "POST":
        kept = _decisions(row, keep.typed) if keep.typed else {}
        return _review_page(request, row, kept, form, keep)
    typed, is_signed = _decisions(row, keep.sent_words), "sign" in request.POST
    service = reviews.review_finish if is_signed else reviews.review_decide
    if keep.sent(form.command(service, review=row, base=keep.base, by=request.user)):
        said = _("复核已签署。") if is_signed else _("已保存。")
        to = reverse("departments:review", args=[uid])
        return answer(request, "", {}, ok=True, to=to, done=said)
    return _review_page(request, row, typed, form, keep)


def _as_decided(request: HttpRequest, uid: uuid.UUID) -> Current:
    row = _review(request, uid)
    values = {}
    for one in row.payload["rows"]:
        values |= {
            f"d-{one['membership']}": one["decision"],
            f"n-{one['membership']}": one["note"],
        }
    return Current(row.row_version, values, at=row.updated_at)


def _decisions(row: ComplianceRecord, typed: Mapping[str, str]) -> dict[str, reviews.Decision]:
    """What was chosen and noted on the page, by membership."""
    members = [one["membership"] for one in row.payload["rows"]]
    return {
        one: reviews.Decision(typed.get(f"d-{one}", ""), typed.get(f"n-{one}", ""))
        for one in members
    }


@BOTH
@ours
def export(request: HttpRequest) -> HttpResponse:
    """The accounts as a file; a POST downloads it."""
    form = AccountsExportForm(request.POST or None)
    if request.method == "POST" and form.command(accounts_export, by=request.user):
        return sent(form.result, _("账户"))
    status = 422 if request.method == "POST" else 200
    return render(
        request, "departments/consoles/accounts_export.html", {"form": form}, status=status
    )


def _held(request: HttpRequest):
    """The roles in force of the house, with their people."""
    rows = Membership.objects.visible_to(request.user).filter(user__is_service=False)
    rows = rows.active(timezone.localdate()).select_related("user", "department")
    return rows.order_by("user__username", "role")


def _review(request: HttpRequest, uid: uuid.UUID) -> ComplianceRecord:
    rows = ComplianceRecord.objects.visible_to(request.user).filter(kind=reviews.KIND)
    return get_object_or_404(rows.select_related("signer_1"), uid=uid)


def _review_page(request, row, typed, form, keep) -> HttpResponse:
    lines = [
        {
            **one,
            "role_words": role_label(one["role"]),
            "is_own": one["membership"] == str(request.user.acting.membership_uid),
            **(
                {
                    "decision": typed[one["membership"]].choice,
                    "note": typed[one["membership"]].note,
                }
                if typed
                else {}
            ),
        }
        for one in row.payload["rows"]
    ]
    context = {
        "review": row,
        "rows": lines,
        "form": form,
        "decisions": reviews.DECISIONS.items(),
        **keep.context,
        "undecided": sum(1 for one in lines if not one["decision"]),
        "ending": sum(1 for one in lines if one["decision"] == reviews.END),
        "history": history_lines(row),
    }
    both = keep.clash(form)
    status = 409 if both else 422 if request.method == "POST" else 200
    return render(request, "departments/consoles/review.html", context | both, status=status)
