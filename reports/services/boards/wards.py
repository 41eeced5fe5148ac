"""Charts of the ways into the department: referrals and what became of them, wards, diseases."""

from collections import defaultdict
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from msw_portal.kernel.charts import Chart, Series
from msw_portal.kernel.display import figure
from reports.services.boards.facts import Facts, Key, Plot, Tile, one_decimal, ranked
from reports.services.boards.words import OUTCOMES, TAKEN, WAITING, said
from reports.services.figures import by_dim

# What a ward's bar is made of: more than five colours nobody tells apart.
SHOWN = (TAKEN, WAITING, "refused", "returned")


def _received(facts: Facts) -> Tile:
    found = by_dim(facts.of("referral_in"), "outcome")
    n = sum(found.values())
    share = f"{one_decimal(Decimal(100 * found.get(TAKEN, 0)) / n)}%" if n else "—"
    compared = facts.compared(figure(facts.count("referral_in", facts.asking.before)))
    return facts.tile("referral_in", sub=_("已接收 %(share)s；") % {"share": share} + compared)


def _waiting(facts: Facts) -> Tile:
    found = by_dim(facts.of("referral_in"), "outcome")
    return Tile(
        _("待应答的转介"),
        figure(found.get(WAITING, 0)),
        said("referral_in").unit,
        _("期间内收到、还没有应答的"),
        facts.basis("referral_in"),
        facts.span_rows("referral_in", outcome=WAITING),
        tone="warn" if found.get(WAITING) else "",
    )


KEYS = {
    "received": Key(gettext_lazy("收到的转介"), ("referral_in",), _received),
    "waiting": Key(gettext_lazy("待应答的转介"), ("referral_in",), _waiting),
}


def _outcomes(facts: Facts) -> Chart:
    found = by_dim(facts.of("referral_in"), "outcome")
    known = [code for code in OUTCOMES if found.get(code)]
    total = sum(found.values())
    return Chart(
        id="outcomes",
        kind="bar",
        title=_("收到的转介，现在的结果"),
        category_label=_("结果"),
        categories=[OUTCOMES[code] for code in known],
        series=[
            Series(
                said("referral_in").unit,
                [found[code] for code in known],
                urls=[facts.span_rows("referral_in", outcome=code) for code in known],
            )
        ],
        columns=[
            Series(
                _("占比（%）"),
                [one_decimal(Decimal(100 * found[code]) / total) for code in known],
            )
        ],
        definition=facts.definition("referral_in"),
    )


def _referrals_by_ward(facts: Facts) -> Chart:
    table: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for cell in facts.of("referral_in"):
        table[_key(cell.dims.get("ward"))][str(cell.dims.get("outcome"))] += cell.n
    wards = [ward for ward, _n in ranked({key: sum(row.values()) for key, row in table.items()})]
    rest = [code for code in OUTCOMES if code not in SHOWN]

    def outcome(code: str, color: int) -> Series:
        return Series(
            OUTCOMES[code],
            [table[ward][code] for ward in wards],
            urls=[
                facts.span_rows("referral_in", outcome=code, ward=_uid(facts, ward))
                for ward in wards
            ],
            color=color,
        )

    return Chart(
        id="ward-referrals",
        kind="stacked",
        title=_("收到的转介，按病区或科室与结果"),
        category_label=_("病区或科室"),
        categories=[_ward(facts, ward) for ward in wards],
        series=[
            *(outcome(code, color) for color, code in enumerate(SHOWN, start=1)),
            Series(_("其他"), [sum(table[ward][code] for code in rest) for ward in wards], color=5),
        ],
        definition=facts.definition("referral_in"),
    )


def _key(value: object) -> str:
    return "" if value is None else str(value)


def _ward(facts: Facts, key: str) -> str:
    if not key:
        return _("没有写病区")
    return facts.names.name("department", key) or _("外院或已撤的科室")


def _uid(facts: Facts, key: str) -> str:
    return facts.names.uid("department", key) if key else ""


def _cases_by_ward(facts: Facts) -> Chart:
    found = ranked(by_dim(facts.of("case_new_ward"), "ward"))
    return Chart(
        id="wards",
        kind="bar",
        title=_("新开个案，按病区，前十五"),
        category_label=_("病区"),
        categories=[_ward(facts, ward) for ward, _n in found],
        series=[
            Series(
                said("case_new_ward").unit,
                [n for _ward_key, n in found],
                urls=[
                    facts.span_rows("case_new_ward", ward=_uid(facts, ward)) for ward, _n in found
                ],
            )
        ],
        definition=facts.definition("case_new_ward"),
    )


def _cases_by_disease(facts: Facts) -> Chart:
    found = ranked(by_dim(facts.of("case_new_disease"), "disease"))
    return Chart(
        id="diseases",
        kind="bar",
        title=_("新开个案，按疾病类别，前十五"),
        category_label=_("疾病类别"),
        categories=[disease for disease, _n in found],
        series=[
            Series(
                said("case_new_disease").unit,
                [n for _disease, n in found],
                urls=[
                    facts.span_rows("case_new_disease", disease=disease) for disease, _n in found
                ],
            )
        ],
        definition=facts.definition("case_new_disease"),
    )


PLOTS = {
    "outcomes": Plot("outcomes", gettext_lazy("转介的结果"), ("referral_in",), _outcomes),
    "ward-referrals": Plot(
        "ward-referrals", gettext_lazy("转介，按病区"), ("referral_in",), _referrals_by_ward
    ),
    "wards": Plot("wards", gettext_lazy("新开个案，按病区"), ("case_new_ward",), _cases_by_ward),
    "diseases": Plot(
        "diseases", gettext_lazy("新开个案，按疾病类别"), ("case_new_disease",), _cases_by_disease
    ),
}
