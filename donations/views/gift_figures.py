"""Figures of gifts with their rows: by region, and a hospital's year."""

import csv
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from departments import audit
from departments.models.organizations import Region
from donations.models.giving import Donation
from donations.models.hospital_gifts import HospitalGift
from donations.permissions import can_view_hospital_gifts
from donations.services import gift_figures as figures
from donations.services.donors import public_name
from donations.views.guards import gift_page, money_page
from donations.views.listing import Cell, action, columns, list_page, row, yuan
from donations.views.wording import joined
from msw_portal.kernel.display import moment, money
from msw_portal.kernel.tables.writing import neutral


@require_safe
@money_page
def regions(request: HttpRequest) -> HttpResponse:
    """What was booked for every region that gifts name."""
    rows = Donation.objects.visible_to(request.user)
    page = {
        "rows": [
            row(
                Cell(region.name, url=reverse("donations:region", args=[region.pk]), sub=region.pk),
                Cell(gifts, n=True, label=_("笔数")),
                yuan(amount, _("金额")),
            )
            for region, gifts, amount in figures.regions_given_to(rows)
        ],
        "title": _("按受益地区"),
        "lead": _("已入账的货币捐赠，按捐赠登记的受益地区合计。"),
        "crumbs": ((reverse("donations:donations"), _("捐赠")),),
        "columns": columns(_("地区"), _("笔数"), _("金额"), figures=[1, 2]),
        "empty_title": _("还没有写明受益地区的捐赠"),
        "empty_text": _("登记捐赠时可以填写受益地区。"),
    }
    return render(request, "donations/listing.html", page)


@require_safe
@money_page
def region(request: HttpRequest, code: int) -> HttpResponse:
    """One region's figure and the gifts it is made of."""
    found = get_object_or_404(Region, pk=code)
    rows = Donation.objects.visible_to(request.user)
    figure = figures.region_figure(rows, found)
    page = list_page(
        request, figures.of_region(rows, found).select_related("donor", "fund", "region")
    )
    page["rows"] = [_gift_row(one) for one in page["rows"]]
    page |= {
        "title": _("%(region)s：已入账捐赠") % {"region": found.name},
        "crumbs": (
            (reverse("donations:donations"), _("捐赠")),
            (reverse("donations:regions"), _("按受益地区")),
        ),
        "stats": _stats(figure),
        "columns": columns(_("编号"), _("捐赠人"), _("地区"), _("到账"), _("金额"), figures=[4]),
        "pager_text": _("最近登记的在前"),
        "empty_title": _("这个地区还没有已入账的捐赠"),
        "empty_text": _("登记捐赠时可以填写受益地区。"),
    }
    return render(request, "donations/listing.html", page)


def _stats(figure: figures.RegionFigure) -> list[dict[str, Any]]:
    near = figures.nearly(figure.amount)
    return [
        {
            "label": _("合计"),
            "value": money(figure.amount),
            "unit": _("元"),
            "sub": _("近 %(n)s 万元") % {"n": near} if near else "",
            "basis": _("截至 %(day)s") % {"day": moment(timezone.localdate())},
            "url": "",
            "tone": "",
        },
        {
            "label": _("笔数"),
            "value": figure.gifts,
            "unit": _("笔"),
            "sub": _("已入账的货币捐赠，含下级地区"),
            "basis": "",
            "url": "",
            "tone": "",
        },
    ]


def _gift_row(one: Donation) -> dict[str, Any]:
    return row(
        Cell(one.number, url=reverse("donations:donation", args=[one.uid]), sub=one.fund.name),
        Cell(one.donor.name_masked),
        Cell(one.region.name if one.region else "—"),
        Cell(moment(one.received_on)),
        yuan(one.amount, _("金额")),
    )


def _year(request: HttpRequest) -> int:
    if not can_view_hospital_gifts(request.user):
        raise Http404
    asked = request.GET.get("year", "")
    known = figures.years_shown()
    return int(asked) if asked.isdecimal() and int(asked) in known else known[0]


@require_safe
@gift_page
def hospital_year(request: HttpRequest) -> HttpResponse:
    """What the hospital received in a year, by use: the figures of the yearly disclosure."""
    year = _year(request)
    table = [
        row(
            Cell(one.label or _("合计")),
            Cell(one.gifts, n=True, label=_("项数")),
            yuan(one.amount, _("价值")),
        )
        for one in figures.hospital_year(HospitalGift.objects.visible_to(request.user), year)
    ]
    csv_url = f"{reverse('donations:hospital_gift_year_csv')}?year={year}"
    page = {
        "rows": table,
        "title": _("%(year)s 年度受赠情况") % {"year": year},
        "lead": _("按验收日期和验收价值；每年向社会公开（国卫财务发〔2015〕77号）。"),
        "crumbs": ((reverse("donations:hospital_gifts"), _("医院受赠")),),
        "columns": columns(_("用途"), _("项数"), _("价值"), figures=[1, 2]),
        "tabs": [
            {"label": str(one), "url": f"?year={one}", "is_on": one == year, "count": ""}
            for one in figures.years_shown()
        ],
        "tabs_label": _("按年度"),
        "actions": [action(_("下载 CSV"), csv_url)],
    }
    return render(request, "donations/listing.html", page)


@require_safe
@gift_page
def hospital_year_csv(request: HttpRequest) -> HttpResponse:
    """The accepted gifts of a year, line by line, without the name of who does not want it said."""
    year = _year(request)
    rows = HospitalGift.objects.visible_to(request.user).filter(
        accepted_on__year=year, state__in=figures.RECEIVED
    )
    answer = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="gifts-{year}.csv"'
    out = csv.writer(answer)
    out.writerow([_("编号"), _("捐赠人"), _("捐赠财产"), _("用途"), _("价值"), _("验收日期")])
    for one in rows.select_related("donor").order_by("accepted_on", "id"):
        out.writerow(
            [
                one.number,
                neutral(public_name(one.donor)),
                joined([one.get_kind_display(), one.content]),  # begins with a word: no formula
                one.get_purpose_display(),
                one.accepted_value,
                one.accepted_on,
            ]
        )
    audit.record("hospital_gift.export", by=request.user, year=year)
    return answer
