"""Navigation of aid, gifts and books: entries of areas.AREAS."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from departments.models.people import Role
from msw_portal.kernel.scope import CARE_ROLES

FOUNDATION = frozenset({Role.FOUNDATION_OFFICER, Role.FOUNDATION_APPROVER, Role.FOUNDATION_CASHIER})
ANSWERERS = frozenset({Role.FOUNDATION_OFFICER, Role.FOUNDATION_APPROVER, Role.DEPT_HEAD})
HOSPITAL_GIFTS = (
    pgettext_lazy("nav", "医院受赠"),
    "doc",
    "donations:hospital_gifts",
    ("/funding/hospital-gifts/", "/funding/gift-opinions/"),
)
AID_AREAS = (
    (_("慈善救助"), "coin", "donations:requests", "/funding/", CARE_ROLES, True),
    (_("国家救助"), "clip", "cases:state_aids", "/cases/state-aid/", CARE_ROLES, False),
    (_("慈善救助"), "coin", "donations:board", "/funding/", FOUNDATION, True),
    (
        pgettext_lazy("nav", "复核与投诉"),
        "talk",
        "donations:appeals",
        "/funding/appeal",
        ANSWERERS,
        False,
    ),
    (
        pgettext_lazy("nav", "救助项目"),
        "doc",
        "donations:programmes",
        "/funding/programmes/",
        FOUNDATION,
        False,
    ),
    (
        pgettext_lazy("nav", "募捐活动"),
        "hand",
        "donations:campaigns",
        "/funding/campaigns/",
        FOUNDATION,
        True,
    ),
    (_("物资"), "table", "goods:stock", "/funding/goods/", FOUNDATION, False),
    (
        pgettext_lazy("nav", "捐赠票据"),
        "doc",
        "receipts:receipts",
        "/funding/receipts/",
        FOUNDATION,
        False,
    ),
    (_("对账台"), "swap", "books:desk", "/funding/desk/", FOUNDATION, False),
    (_("付款清单"), "out", "payments:lists", "/funding/payments/", FOUNDATION, False),
    (
        pgettext_lazy("nav", "拨付后核查"),
        "clip",
        "payments:checks",
        "/funding/checks/",
        FOUNDATION,
        False,
    ),
    (_("账簿"), "book", "books:journals", "/funding/ledger/", FOUNDATION, False),
    (_("账簿"), "book", "books:journals", "/funding/ledger/", {Role.FINANCE}, True),
    (
        _("信息公开"),
        "clip",
        "donations:disclosures",
        "/funding/disclosures/",
        FOUNDATION,
        False,
    ),
    (
        pgettext_lazy("nav", "捐赠"),
        "coin",
        "donations:donations",
        (
            *("/funding/donations/", "/funding/donors/", "/funding/agreements/"),
            *("/funding/regions/", "/funding/related-parties/"),
        ),
        FOUNDATION | {Role.FINANCE},
        True,
    ),
    (_("基金与余额"), "chart", "donations:funds", "/funding/funds/", {Role.FINANCE}, True),
    (
        pgettext_lazy("nav", "筹资接洽"),
        "talk",
        "donations:approaches",
        "/funding/approaches/",
        {Role.WORKER, Role.SUPERVISOR, Role.DEPT_HEAD, Role.FINANCE, *FOUNDATION},
        False,
    ),
    (*HOSPITAL_GIFTS, {Role.DEPT_HEAD}, False),
    (*HOSPITAL_GIFTS, {Role.FINANCE, Role.OFFICE}, True),
)
