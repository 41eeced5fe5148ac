"""What the security administrator does to an account of the house: unlock, reset, sign out."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from departments.forms.people import DirectoryForm, ReasonForm
from departments.models.people import Membership, Role
from departments.services import accounts, directory_accounts
from departments.views.consoles.gate import console
from msw_portal.kernel.htmx import answer

# name of the address -> (service, heading, what happens, button, what is said afterwards)
ACTS = {
    "account_unlock": (
        accounts.account_unlock,
        _("解锁账户"),
        _("此人可以马上再试登录；错误次数从头计。"),
        _("解锁"),
        _("已解锁。"),
    ),
    "second_factor_reset": (
        accounts.second_factor_reset,
        _("重置身份验证器"),
        _("旧的验证器和恢复码随即作废，此人须用密码登录并绑定新的。请先当面核对本人。"),
        _("重置"),
        _("已重置，此人下次登录时绑定新的身份验证器。"),
    ),
    "sessions_end": (
        accounts.sessions_end,
        _("结束登录"),
        _("此人在各处的登录随下一次点击结束，须重新登录。"),
        _("结束登录"),
        _("此人的登录已经结束。"),
    ),
    "directory_use": (
        directory_accounts.directory_use,
        _("用统一身份登录"),
        _(
            "此人从下一次起用目录里的登录名和密码登录，角色不变，身份验证器照旧；现在的登录随即结束。"
        ),
        _("改用统一身份"),
        _("此人下次用统一身份登录。"),
    ),
    "directory_leave": (
        directory_accounts.directory_leave,
        _("改回密码登录"),
        _("此人不再用统一身份登录；请接着给此人签发一次性码，由本人设置密码。"),
        _("改回密码"),
        _("已改回密码登录，请签发一次性码。"),
    ),
}
FORMS = {"directory_use": DirectoryForm}


def _page(name: str):
    service, heading, what, button, said = ACTS[name]

    @require_http_methods(["GET", "HEAD", "POST"])
    @console(Role.SECADMIN)
    def view(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
        rows = Membership.objects.visible_to(request.user).filter(user__is_service=False)
        row = get_object_or_404(rows.select_related("user", "organization"), uid=uid)
        form = FORMS.get(name, ReasonForm)(
            request.POST or None, initial={"directory_name": row.user.username}
        )
        done = request.method == "POST" and form.command(service, membership=row, by=request.user)
        if done:
            to = reverse("departments:membership", args=[uid])
            return answer(request, "", {}, ok=True, to=to, done=str(said))
        context = {
            "membership": row,
            "form": form,
            "heading": heading,
            "what": what,
            "button": button,
        }
        status = 422 if request.method == "POST" else 200
        return render(request, "departments/consoles/account_act.html", context, status=status)

    return view


account_unlock = _page("account_unlock")
second_factor_reset = _page("second_factor_reset")
sessions_end = _page("sessions_end")
directory_use = _page("directory_use")
directory_leave = _page("directory_leave")
