"""Charts of the ways into the department: referrals and what became of them, wards, diseases."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.models.referral_codes import ReferrerProfession
from msw_portal.kernel.charts import Chart, Series
from msw_portal.kernel.display import figure
from reports.services.boards.facts import Facts, Key, Plot, Tile, one_decimal, ranked
from reports.services.boards.words import OUTCOMES, TAKEN, WAITING, said
from reports.services.figures import Cell, by_dim

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


def _converted(facts: Facts) -> Tile:
    made, n = facts.count("referral_case"), facts.count("referral_in")
    before = facts.asking.before
    then, whole = facts.count("referral_case", before), facts.count("referral_in", before)
    return Tile(
        said("referral_case").name,
        _percent(made, n),
        said("referral_case").unit if n else "",
        _("%(made)s 件开了个案，收到 %(n)s 件；%(before)s")
        % {
            "made": figure(made),
            "n": figure(n),
            "before": facts.compared(_percent(then, whole) + ("%" if whole else "")),
        },
        facts.basis("referral_case"),
        facts.span_rows("referral_case"),
    )


def _percent(part: int, whole: int) -> str:
    return figure(one_decimal(Decimal(100 * part) / whole)) if whole else "—"


KEYS = {
    "received": Key(gettext_lazy("收到转介"), ("referral_in",), _received),
    "waiting": Key(gettext_lazy("待应答的转介"), ("referral_in",), _waiting),
    "converted": Key(gettext_lazy("转介成案率"), ("referral_in", "referral_case"), _converted),
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


def _conversion(
    facts: Facts,
    dim: str,
    id: str,
    title: str,
    label: str,
    name: Callable[[str], str],
    asked: Callable,
) -> Chart:
    received = _by(facts.of("referral_in"), dim)
    made = _by(facts.of("referral_case"), dim)
    found = ranked(received)

    def counted(code: str, label: str, counts: Mapping[str, int]) -> Series:
        return Series(
            label,
            [counts.get(key, 0) for key, _n in found],
            urls=[facts.span_rows(code, **{dim: asked(key)}) for key, _n in found],
        )

    return Chart(
        id=id,
        kind="bar",
        title=title,
        category_label=label,
        categories=[f"{name(key)}（n={n}）" for key, n in found],
        series=[
            Series(
                _("成案率"),
                [one_decimal(Decimal(100 * made.get(key, 0)) / n) for key, n in found],
            )
        ],
        columns=[
            counted("referral_in", _("收到"), received),
            counted("referral_case", _("成案"), made),
        ],
        suffix="%",
        definition=facts.definition("referral_case"),
    )


def _by(cells: list[Cell], dim: str) -> dict[str, int]:
    total: dict[str, int] = defaultdict(int)
    for cell in cells:
        total[_key(cell.dims.get(dim))] += cell.n
    return {key: n for key, n in total.items() if n}


def _ward_conversion(facts: Facts) -> Chart:
    return _conversion(
        facts,
        "ward",
        "ward-converted",
        _("转介成案率，按病区或科室"),
        _("病区或科室"),
        lambda key: _ward(facts, key),
        lambda key: _uid(facts, key),
    )


def _profession_conversion(facts: Facts) -> Chart:
    names = dict(ReferrerProfession.choices)
    return _conversion(
        facts,
        "profession",
        "profession-converted",
        _("转介成案率，按转介人的职业"),
        _("职业"),
        lambda key: str(names.get(key) or _("没有写职业")),
        lambda key: key,
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
    "ward-converted": Plot(
        "ward-converted",
        gettext_lazy("转介成案率，按病区"),
        ("referral_in", "referral_case"),
        _ward_conversion,
    ),
    "profession-converted": Plot(
        "profession-converted",
        gettext_lazy("转介成案率，按职业"),
        ("referral_in", "referral_case"),
        _profession_conversion,
    ),
    "wards": Plot("wards", gettext_lazy("新开个案，按病区"), ("case_new_ward",), _cases_by_ward),
    "diseases": Plot(
        "diseases", gettext_lazy("新开个案，按疾病类别"), ("case_new_disease",), _cases_by_disease
    ),
}
