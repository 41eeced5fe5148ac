"""Django's admin, for looking: registers and machinery, by the system administrator, through our own door."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django_celery_beat.models import CrontabSchedule, IntervalSchedule, PeriodicTask

from departments.models.organizations import Code, DatedRule, Department, Organization, Region
from departments.models.queues import Job, Outbox
from departments.services.sessions import to_sign_in


class ForLooking(admin.ModelAdmin):
    """No adding, changing or deleting, whoever asks; the walls decide which rows are there."""

    actions = None
    show_full_result_count = False
    list_per_page = 50

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def _columns(model: type[models.Model], label: Any, *names: str) -> None:
    """Put a table into the admin under `label`, with these columns in its list."""
    # The admin takes its headings from here; a label is no change of the schema.
    model._meta.verbose_name = model._meta.verbose_name_plural = label
    admin.site.register(
        model, type(f"{model.__name__}Admin", (ForLooking,), {"list_display": names})
    )


_columns(Region, _("地区"), "code", "name", "level", "parent")
_columns(Code, _("代码"), "scheme", "code", "zh", "rank", "valid")
_columns(DatedRule, _("有期限的规则"), "kind", "applies_key", "region", "valid", "article")
_columns(Organization, _("机构"), "name", "kind", "code", "is_tenant", "region")
_columns(Department, _("部门"), "name", "organization", "kind", "ended_on")
_columns(Outbox, _("发件箱"), "id", "topic", "state", "attempts", "created_at", "done_at")
_columns(Job, _("后台任务"), "uid", "kind", "state", "attempts", "created_at", "done_at")
_columns(PeriodicTask, _("定时任务"), "name", "task", "enabled", "last_run_at", "total_run_count")
_columns(IntervalSchedule, _("间隔"), "every", "period")
_columns(CrontabSchedule, _("时刻表"), "minute", "hour", "day_of_week", "timezone")


@never_cache
@login_not_required
def _our_door(request: HttpRequest, extra_context: Any = None) -> HttpResponse:
    """The admin has no log-in form of its own; whoever is signed in without the role is refused."""
    if request.user.is_authenticated:
        raise PermissionDenied
    return to_sign_in(request)


def _our_password(request: HttpRequest, extra_context: Any = None) -> HttpResponse:
    """One place changes a password: the one that ends the other sessions."""
    return redirect("departments:password")


def _our_way_out(request: HttpRequest, extra_context: Any = None) -> HttpResponse:
    """One place signs out: the one that is audited; a signed-in person is led home."""
    return redirect("home")


admin.site.login = _our_door
admin.site.logout = _our_way_out
admin.site.password_change = admin.site.password_change_done = _our_password
admin.site.site_header = admin.site.site_title = _("登记资料")
admin.site.index_title = _("只能查看")
admin.site.site_url = "/"
