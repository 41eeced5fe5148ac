"""Charts of aid and gifts, on the hospital's side and on the foundation's."""

from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from donations.models.giving import Donation
from donations.workflow import RequestState
from msw_portal.kernel.charts import Chart, Series
from msw_portal.kernel.display import figure, money
from reports.services.boards.facts import Facts, Key, Plot, Text, Tile, ranked
from reports.services.boards.words import said
from reports.services.figures import by_dim

MILLION = 1_000_000
LINES = {
    "aid_asked": gettext_lazy("申请"),
    "aid_approved": gettext_lazy("批准"),
    "aid_paid": gettext_lazy("拨付"),
}


def _key(code: str, label: Text) -> Key:
    def tile(facts: Facts) -> Tile:
        before = money(facts.amount(code, facts.asking.before))
        return Tile(
            label,
            money(facts.amount(code)),
            _("元"),
            _("%(n)s 笔；%(words)s；%(before)s")
            % {
                "n": figure(facts.count(code)),
                "words": said(code).words,
                "before": facts.compared(before),
            },
            facts.basis(code),
            facts.span_rows(code),
            tone="long" if facts.amount(code) >= MILLION else "",
        )

    return Key(label, (code,), tile)


def _aid(facts: Facts) -> Chart:
    return Chart(
        id="aid",
        kind="line",
        title=_("救助金额（元）：申请、批准、拨付，%(months)s") % {"months": facts.trend_said},
        category_label=_("月份"),
        categories=facts.month_names,
        series=[
            Series(name, facts.amounts(code), urls=facts.month_rows(code))
            for code, name in LINES.items()
        ],
        definition=facts.definition(*LINES),
    )


def _states(facts: Facts) -> Chart:
    states = by_dim(facts.all_of("aid_open"), "state")
    known = [(value, label) for value, label in RequestState.choices if states.get(value)]
    return Chart(
        id="aid-states",
        kind="bar",
        title=_("救助申请现状"),
        category_label=_("状态"),
        categories=[label for _value, label in known],
        series=[
            Series(
                _("件"),
                [states[value] for value, _label in known],
                urls=[facts.rows("aid_open", state=value) for value, _label in known],
            )
        ],
        definition=facts.definition("aid_open"),
    )


def _gap(facts: Facts) -> Chart:
    sums: dict[str, Decimal] = {}
    counts = by_dim(facts.of("aid_gap"), "programme")
    for cell in facts.of("aid_gap"):
        key = str(cell.dims.get("programme"))
        sums[key] = sums.get(key, Decimal()) + cell.n2
    found = ranked(sums)
    names = [facts.names.name("programme", key) or _("项目已撤下") for key, _sum in found]
    urls = [
        facts.span_rows("aid_gap", programme=facts.names.uid("programme", key))
        if facts.names.uid("programme", key)
        else ""
        for key, _sum in found
    ]
    return Chart(
        id="gap",
        kind="bar",
        title=_("申请时的资金缺口（元），按救助项目"),
        category_label=_("救助项目"),
        categories=names,
        series=[Series(_("缺口"), [one for _key, one in found], color=2)],
        columns=[Series(_("件数"), [counts[key] for key, _sum in found], urls=urls)],
        definition=facts.definition("aid_gap"),
    )


def _gifts(facts: Facts) -> Chart:
    return Chart(
        id="gifts",
        kind="line",
        title=_("捐赠收入（元），%(months)s") % {"months": facts.trend_said},
        category_label=_("月份"),
        categories=facts.month_names,
        series=[
            Series(_("捐赠"), facts.amounts("donation_in"), urls=facts.month_rows("donation_in"))
        ],
        columns=[Series(_("笔数"), facts.trend("donation_in"))],
        definition=facts.definition("donation_in"),
    )


def _channels(facts: Facts) -> Chart:
    sums: dict[str, Decimal] = {}
    counts = by_dim(facts.of("donation_in"), "channel")
    for cell in facts.of("donation_in"):
        key = str(cell.dims.get("channel"))
        sums[key] = sums.get(key, Decimal()) + cell.n2
    names, found = dict(Donation.Channel.choices), ranked(sums)
    return Chart(
        id="channels",
        kind="bar",
        title=_("捐赠收入（元），按渠道"),
        category_label=_("渠道"),
        categories=[names.get(key, key) for key, _sum in found],
        series=[Series(_("金额"), [one for _key, one in found])],
        columns=[
            Series(
                _("笔数"),
                [counts[key] for key, _sum in found],
                urls=[facts.span_rows("donation_in", channel=key) for key, _sum in found],
            )
        ],
        definition=facts.definition("donation_in"),
    )


KEYS = {
    "asked": _key("aid_asked", gettext_lazy("申请救助")),
    "approved": _key("aid_approved", gettext_lazy("批准救助")),
    "paid": _key("aid_paid", gettext_lazy("拨付救助")),
    "gap": _key("aid_gap", gettext_lazy("资金缺口")),
    "gifts": _key("donation_in", gettext_lazy("捐赠收入")),
}
PLOTS = {
    "aid": Plot("aid", gettext_lazy("救助金额"), tuple(LINES), _aid, True),
    "aid-states": Plot("aid-states", gettext_lazy("救助申请现状"), ("aid_open",), _states),
    "gap": Plot("gap", gettext_lazy("资金缺口"), ("aid_gap",), _gap),
    "gifts": Plot("gifts", gettext_lazy("捐赠收入"), ("donation_in",), _gifts, True),
    "channels": Plot("channels", gettext_lazy("捐赠收入，按渠道"), ("donation_in",), _channels),
}
