"""The system administrator: settings in force, dated rules, codes, holidays, queues, mail. No business data."""

import datetime as dt

from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from departments.forms.consoles import (
    CodeForm,
    HolidayForm,
    MailTestForm,
    MailToForm,
    PolicyForm,
    RuleEndForm,
    RuleForm,
)
from departments.models.organizations import Code, DatedRule, Holiday
from departments.models.people import Role
from departments.services import desk, operations, policies, registers, scheduler
from departments.services.house_settings import mail_addresses, mail_to_set
from departments.services.housekeeping import clock_skew
from departments.services.workday_calendar import calendar_asked, is_calendar_known
from departments.views.clashes import Current
from departments.views.consoles.gate import console
from departments.views.keeping import Keeping
from msw_portal.kernel.htmx import answer
from msw_portal.kernel.room import room_of_files

BOTH = require_http_methods(["GET", "HEAD", "POST"])
ours = console(Role.SYSADMIN)


@require_safe
@ours
def home(request: HttpRequest) -> HttpResponse:
    """How the installation stands."""
    counts = operations.counts(by=request.user)
    policy = policies.password_policy()
    context = {
        "waiting": sum(one["ready"] + one["leased"] for one in counts.values()),
        "dead": sum(one["dead"] for one in counts.values()),
        "skew": int(clock_skew().total_seconds()),
        "room": room_of_files(),
        "policy_words": policy.words(),
        "standard": policies.STANDARDS[name][0] if (name := policies.standard_of(policy)) else "",
        "policy_form": PolicyForm(),
        "groups": operations.settings_in_force(),
        # The workbench is for casework: what the night found is said here.
        "todos": desk.todos(request.user),
    }
    return render(request, "departments/consoles/system.html", context)


@BOTH
@ours
def policy(request: HttpRequest) -> HttpResponse:
    """The switch between ASVS and the habits of 等保."""
    form = PolicyForm(request.POST or None)
    done = request.method == "POST" and form.command(registers.password_policy_set, by=request.user)
    rows = DatedRule.objects.visible_to(request.user).filter(kind=policies.PASSWORD)
    context = {
        "form": form,
        "rows": rows.order_by("-valid"),
        "now_words": policies.password_policy().words(),
        "today": timezone.localdate(),
    }
    return answer(
        request,
        "departments/consoles/policy.html",
        context,
        ok=done or request.method != "POST",
        to=reverse("departments:console_policy") if done else None,
        done=_("密码要求已设定，已有的密码在下次更换时按新的要求。"),
    )


@BOTH
@ours
def rules(request: HttpRequest) -> HttpResponse:
    """Every dated rule with validity, article and source, and the form for a new one."""
    keep = Keeping(request, "departments-rule")
    form = keep.form(RuleForm)
    done = request.method == "POST" and keep.sent(form.command(registers.rule_add, by=request.user))
    rows = DatedRule.objects.visible_to(request.user).select_related("region")
    context = {
        "form": form,
        "kinds": [
            (words, [row for row in rows if row.kind == kind])
            for kind, words in _kinds(rows).items()
        ],
        "today": timezone.localdate(),
        **keep.context,
    }
    return answer(
        request,
        "departments/consoles/rules.html",
        context,
        ok=done or request.method != "POST",
        to=reverse("departments:console_rules") if done else None,
        done=_("规则已加入。"),
    )


@BOTH
@ours
def rule_end(request: HttpRequest, pk: int) -> HttpResponse:
    """On which day a rule holds for the last time."""
    rule = get_object_or_404(DatedRule.objects.visible_to(request.user), pk=pk)
    form = RuleEndForm(request.POST or None)
    done = request.method == "POST" and form.command(registers.rule_end, rule=rule, by=request.user)
    return answer(
        request,
        "departments/consoles/rule_end.html",
        {"form": form, "rule": rule, "kind": registers.RULE_KINDS.get(rule.kind, rule.kind)},
        ok=done or request.method != "POST",
        to=reverse("departments:console_rules") if done else None,
        done=_("已设定最后一天。"),
    )


@require_safe
@ours
def schemes(request: HttpRequest) -> HttpResponse:
    """The code lists and how many entries each has."""
    rows = Code.objects.visible_to(request.user).values("scheme").annotate(n=Count("pk"))
    named = [
        row | {"name": registers.CODE_SCHEMES.get(row["scheme"], row["scheme"])}
        for row in rows.order_by("scheme")
    ]
    return render(request, "departments/consoles/schemes.html", {"rows": named})


@BOTH
@ours
def codes(request: HttpRequest, scheme: str) -> HttpResponse:
    """One code list, and the form for a new entry."""
    rows = Code.objects.visible_to(request.user).filter(scheme=scheme).order_by("rank", "code")
    if not rows.exists():
        raise Http404
    keep = Keeping(request, f"departments-codes-{scheme}")
    form = keep.form(CodeForm)
    done = request.method == "POST" and keep.sent(
        form.command(registers.code_save, code=None, scheme=scheme, by=request.user)
    )
    return answer(
        request,
        "departments/consoles/codes.html",
        {
            "rows": rows,
            "scheme": scheme,
            "name": registers.CODE_SCHEMES.get(scheme, scheme),
            "form": form,
            "today": timezone.localdate(),
            **keep.context,
        },
        ok=done or request.method != "POST",
        to=reverse("departments:console_codes", args=[scheme]) if done else None,
        done=_("代码已加入。"),
    )


@BOTH
@ours
def code(request: HttpRequest, pk: int) -> HttpResponse:
    """One entry: its words, its place, its last day."""
    row = get_object_or_404(Code.objects.visible_to(request.user), pk=pk)
    keep = Keeping(request, f"departments-code-{pk}", current=lambda: _current_code(request, pk))
    form = keep.form(CodeForm, code=row)
    done = request.method == "POST" and keep.sent(
        form.command(
            registers.code_save, code=row, scheme=row.scheme, base=keep.base, by=request.user
        )
    )
    context = {"code": row, "form": form, **keep.context}
    if both := keep.clash(form):
        page = "departments/consoles/code.html"
        return render(request, page, context | both, status=409)
    return answer(
        request,
        "departments/consoles/code.html",
        context,
        ok=done or request.method != "POST",
        to=reverse("departments:console_codes", args=[row.scheme]) if done else None,
        done=_("已保存。"),
    )


def _current_code(request: HttpRequest, pk: int) -> Current:
    row = Code.objects.visible_to(request.user).get(pk=pk)
    upper = row.valid.upper if row.valid else None
    given = {"value": row.code, "zh": row.zh, "en": row.en, "rank": row.rank}
    given["valid_to"] = upper - dt.timedelta(days=1) if upper else None
    return Current(row.row_version, given, at=row.updated_at)


@BOTH
@ours
def holidays(request: HttpRequest) -> HttpResponse:
    """Days that differ from the built-in calendar."""
    keep = Keeping(request, "departments-holiday")
    form = keep.form(HolidayForm)
    done = request.method == "POST" and keep.sent(
        form.command(registers.holiday_set, by=request.user)
    )
    rows = Holiday.objects.visible_to(request.user).order_by("-on")
    asked = calendar_asked()
    return answer(
        request,
        "departments/consoles/holidays.html",
        {
            "form": form,
            "rows": rows,
            "missing": "" if is_calendar_known(asked) else str(asked),
            **keep.context,
        },
        ok=done or request.method != "POST",
        to=reverse("departments:console_holidays") if done else None,
        done=_("已保存。"),
    )


@require_safe
@ours
def queue(request: HttpRequest) -> HttpResponse:
    """Effects and jobs of every house: state, attempts, error; ids only."""
    source, state = request.GET.get("source", ""), request.GET.get("state", "")
    source = source if source in operations.SOURCES else ""
    state = state if state in operations.STATES else ""
    counts = operations.counts(by=request.user)
    context = {
        "rows": operations.pieces(by=request.user, source=source, state=state),
        "tabs": [
            (key, words, sum(one.get(key, 0) for one in counts.values()))
            for key, words in operations.STATES.items()
        ],
        "sources": operations.SOURCES.items(),
        "source": source,
        "state": state,
        "shown": operations.SHOWN,
    }
    return render(request, "departments/consoles/queue.html", context)


@require_safe
@ours
def schedule(request: HttpRequest) -> HttpResponse:
    """What the portal does by itself: why, how often, how it went."""
    rows = scheduler.scheduled(by=request.user)
    return render(request, "departments/consoles/schedule.html", {"rows": rows})


@require_POST
@ours
def queue_retry(request: HttpRequest) -> HttpResponse:
    """Try a dead one again."""
    source = request.POST.get("source", "")
    operations.piece_retry(source=source, id=request.POST.get("id", ""), by=request.user)
    to = f"{reverse('departments:console_queue')}?state=dead"
    return answer(request, "", {}, ok=True, to=to, done=_("已放回队列。"))


@BOTH
@ours
def mail(request: HttpRequest) -> HttpResponse:
    """Send a test mail; and whom the installation mails about what failed."""
    is_test = "to" in request.POST
    testing = MailTestForm(request.POST if is_test else None)
    listed = {"mail_to": " ".join(mail_addresses(request.user.house_id))}
    keeping = MailToForm(request.POST if request.POST and not is_test else None, initial=listed)
    form, service = (testing, operations.mail_try) if is_test else (keeping, mail_to_set)
    done = request.method == "POST" and form.command(service, by=request.user)
    return answer(
        request,
        "departments/consoles/mail.html",
        {"testing": testing, "keeping": keeping},
        ok=done or request.method != "POST",
        to=reverse("departments:console_mail") if done else None,
        done=_("测试邮件已经交给邮件服务器，请查收。") if is_test else _("已保存。"),
    )


def _kinds(rows) -> dict[str, str]:
    """The kinds that have rows, the portal's own first, in words."""
    there = {row.kind for row in rows}
    obeyed = dict(registers.kinds_offered())
    known = {
        # Rows of before are kept; where another rule holds now, nothing is done by them.
        kind: str(words) if kind in obeyed else _("%(kind)s（系统不据此办事）") % {"kind": words}
        for kind, words in registers.RULE_KINDS.items()
        if kind in there
    }
    return known | {kind: kind for kind in sorted(there - set(known))}
