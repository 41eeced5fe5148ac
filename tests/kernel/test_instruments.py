"""Every instrument against the rules its authors published: ranges, bands at their edges, subscales."""

import copy
from decimal import Decimal

import pytest

from msw_portal.kernel.instruments.catalogue import CLOSED, SHIPPED, SLOTS
from msw_portal.kernel.instruments.slots import slot_faults, ssrs
from msw_portal.kernel.questionnaire.checking import faults
from msw_portal.kernel.questionnaire.definition import AnswerError, is_scored, type_of, worth
from msw_portal.kernel.questionnaire.scoring import score


def worded(definition):
    """A slot with some text in every empty place, as a hospital would import it."""
    made = copy.deepcopy(dict(definition))
    for rows in made["options"].values():
        for row in rows:
            row["zh"] = row["zh"] or f"选项 {row['value']}"
    for item in made["items"]:
        item["zh"] = item["zh"] or f"题 {item['code']}"
    return made


def slot(code, version="1"):
    return worded(SLOTS[code, version])


def answered(definition, values):
    """Values in the order of the items."""
    return {item["code"]: value for item, value in zip(definition["items"], values, strict=False)}


def extreme(definition, pick):
    """Every scored choice at one end of its points."""
    reverse = definition["scoring"].get("reverse", ())
    other = max if pick is min else min
    return {
        item["code"]: (other if item["code"] in reverse else pick)(
            definition["options"][item["options"]], key=worth
        )["value"]
        for item in definition["items"]
        if is_scored(item) and type_of(item) == "choice" and "when" not in item
    }


def spread(count, most, total):
    """`total` points over `count` items of 0 to `most`."""
    return [min(most, max(0, total - most * n)) for n in range(count)]


# ── ranges of every instrument with a sum (domain dossier 2.2) ───────────────


@pytest.mark.parametrize(
    ("code", "least", "most"),
    [
        ("phq2", 0, 6),
        ("phq9", 0, 27),
        ("gad2", 0, 6),
        ("gad7", 0, 21),
        ("phq4", 0, 12),
        ("phq_ads", 0, 48),
        ("who5", 0, 100),
        ("ucla3", 3, 9),
        ("distress", 0, 10),
        ("barthel", 0, 100),
        ("hvs", 0, 1),
        ("fcv19s", 7, 35),
        ("four_way", 0, 40),
        ("quick_screen", 0, 12),
    ],
)
def test_ranges_of_what_ships(code, least, most):
    definition = SHIPPED[code]
    assert score(definition, extreme(definition, min)).total == least
    assert score(definition, extreme(definition, max)).total == most
    if definition["bands"]:
        edges = [(band["least"], band["most"]) for band in definition["bands"]]
        assert (edges[0][0], edges[-1][1]) == (least, most)
        assert all(
            after[0] == before[1] + 1 for before, after in zip(edges, edges[1:], strict=False)
        )


@pytest.mark.parametrize(
    ("code", "version", "least", "most"),
    [
        ("apgar", "1", 0, 10),
        ("mspss", "1", 12, 84),
        ("lsns6", "1", 0, 30),
        ("sds", "1", 25, 100),
        ("sas", "1", 25, 100),
    ],
)
def test_ranges_of_the_slots(code, version, least, most):
    definition = slot(code, version)
    assert score(definition, extreme(definition, min)).total == least
    assert score(definition, extreme(definition, max)).total == most
    edges = [(band["least"], band["most"]) for band in definition["bands"]]
    assert (edges[0][0], edges[-1][1]) == (least, most)


# ── bands at their edges ─────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("code", "count", "most", "total", "band"),
    [
        ("phq2", 2, 3, 2, "negative"),
        ("phq2", 2, 3, 3, "positive"),
        ("gad2", 2, 3, 2, "negative"),
        ("gad2", 2, 3, 3, "positive"),
        ("gad7", 7, 3, 4, "minimal"),
        ("gad7", 7, 3, 5, "mild"),
        ("gad7", 7, 3, 9, "mild"),
        ("gad7", 7, 3, 10, "moderate"),
        ("gad7", 7, 3, 14, "moderate"),
        ("gad7", 7, 3, 15, "severe"),
        ("phq4", 4, 3, 2, "normal"),
        ("phq4", 4, 3, 3, "mild"),
        ("phq4", 4, 3, 5, "mild"),
        ("phq4", 4, 3, 6, "moderate"),
        ("phq4", 4, 3, 8, "moderate"),
        ("phq4", 4, 3, 9, "severe"),
        ("phq_ads", 16, 3, 9, "minimal"),
        ("phq_ads", 16, 3, 10, "mild"),
        ("phq_ads", 16, 3, 19, "mild"),
        ("phq_ads", 16, 3, 20, "moderate"),
        ("phq_ads", 16, 3, 29, "moderate"),
        ("phq_ads", 16, 3, 30, "severe"),
        ("distress", 1, 10, 3, "low"),
        ("distress", 1, 10, 4, "marked"),
    ],
)
def test_bands_of_what_ships(code, count, most, total, band):
    definition = SHIPPED[code]
    result = score(definition, answered(definition, spread(count, most, total)))
    assert (result.total, result.band) == (total, band)


@pytest.mark.parametrize(
    ("raw", "total", "band", "cutoffs"),
    [
        (7, 28, "very_low", ("≤50 分：幸福感低",)),
        (8, 32, "low", ("≤50 分：幸福感低",)),
        (12, 48, "low", ("≤50 分：幸福感低",)),
        (13, 52, "adequate", ()),
        (25, 100, "adequate", ()),
    ],
)
def test_who_5_is_multiplied_by_four(raw, total, band, cutoffs):
    result = score(SHIPPED["who5"], answered(SHIPPED["who5"], spread(5, 5, raw)))
    assert (result.total, result.band, result.cutoffs) == (total, band, cutoffs)


def test_who_5_with_an_open_item_is_not_scored():
    assert score(SHIPPED["who5"], answered(SHIPPED["who5"], [3, 3, 3, 3])).total is None


def test_phq_4_has_both_subscales():
    result = score(SHIPPED["phq4"], {"1": 2, "2": 1, "3": 1, "4": 1})
    assert (result.total, result.subscales) == (5, {"anxiety": 3, "depression": 2})
    assert [part.band for part in result.parts.values()] == ["positive", "negative"]


def test_phq_ads_adds_phq_9_and_gad_7_and_keeps_item_9():
    result = score(SHIPPED["phq_ads"], answered(SHIPPED["phq_ads"], [1] * 9 + [2] * 7))
    assert (result.total, result.subscales) == (23, {"phq9": 9, "gad7": 14})
    assert [alert["code"] for alert in result.alerts] == ["self_harm"]


@pytest.mark.parametrize(("answers", "band"), [((2, 2, 1), "not_lonely"), ((2, 2, 2), "lonely")])
def test_ucla_3_is_lonely_from_six(answers, band):
    assert score(SHIPPED["ucla3"], answered(SHIPPED["ucla3"], answers)).band == band


@pytest.mark.parametrize(
    ("answers", "total", "band"),
    [
        ((10, 5, 5, 10, 10, 10, 10, 15, 15, 10), 100, "independent"),
        ((10, 5, 5, 10, 10, 10, 10, 15, 15, 5), 95, "mild"),
        ((10, 0, 5, 5, 10, 10, 5, 10, 10, 0), 65, "mild"),
        ((10, 0, 5, 5, 10, 10, 5, 10, 5, 0), 60, "moderate"),
        ((5, 0, 5, 5, 10, 5, 5, 5, 5, 0), 45, "moderate"),
        ((5, 0, 5, 5, 5, 5, 5, 5, 5, 0), 40, "severe"),
        ((0,) * 10, 0, "severe"),
    ],
)
def test_barthel(answers, total, band):
    result = score(SHIPPED["barthel"], answered(SHIPPED["barthel"], answers))
    assert (result.total, result.band) == (total, band)


@pytest.mark.parametrize(
    ("answers", "band"),
    [
        ({"1": "never", "2": "never"}, "negative"),
        ({"1": "sometimes", "2": "never"}, "positive"),
        ({"1": "never", "2": "often"}, "positive"),
        ({"2": "often"}, "positive"),
        ({"1": "never"}, ""),
    ],
)
def test_hunger_vital_sign_is_positive_by_either_answer(answers, band):
    assert score(SHIPPED["hvs"], answers).band == band


@pytest.mark.parametrize(("said", "alerts"), [(9, []), (10, ["distress"])])
def test_distress_of_ten_is_a_crisis(said, alerts):
    result = score(SHIPPED["distress"], {"distress": said})
    assert [(one["code"], one["severity"]) for one in result.alerts] == [
        (code, "crisis") for code in alerts
    ]


def test_satisfaction_is_the_share_of_answers_of_four_or_more():
    sheet = SHIPPED["satisfaction"]
    said = {"attitude": 5, "skill": 4, "speed": 3, "effect": 4, "overall": 5, "comment": "谢谢"}
    assert score(sheet, said).total == Decimal("4.20")
    assert score(sheet, said).computed == {"csat": 80}
    del said["speed"]
    assert score(sheet, said).computed == {"csat": 100}


def test_the_four_ways_are_subscales_of_their_own():
    result = score(SHIPPED["four_way"], {"economy": 3, "support": 6, "family": 8, "mood": 5})
    assert (result.total, result.subscales) == (
        22,
        {"economy": 3, "support": 6, "family": 8, "mood": 5},
    )
    result = score(SHIPPED["four_way"], {"economy": 3, "economy_basis": "停药两周"})
    assert (result.total, result.missing) == (None, ("support", "family", "mood"))


# ── class B: scoring without text ────────────────────────────────────────────


@pytest.mark.parametrize("key", sorted(SLOTS))
def test_a_slot_has_no_text_and_is_whole_once_it_has(key):
    assert {fault.rule for fault in faults(SLOTS[key])} == {"no_text"}
    assert all(item["zh"] == "" for item in SLOTS[key]["items"])
    assert slot_faults(worded(SLOTS[key])) == []


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda d: d["scoring"].update(reverse=["2"]), "scoring：计分规则须与计分模板一致。"),
        (lambda d: d["items"].pop(0), "items：题号、题型和选项组须与计分模板一致。"),
        (
            lambda d: d["options"]["often"][0].update(score=2),
            "options.often：选项的值和分值须与计分模板一致。",
        ),
        (lambda d: d.update(version="9"), "version：版本须以 1 之一开头。"),
    ],
)
def test_an_import_keeps_the_published_scoring(change, sentence):
    definition = slot("sds")
    change(definition)
    assert [str(fault) for fault in slot_faults(definition)] == [sentence]


def test_an_import_may_have_a_version_and_bands_of_its_own():
    definition = slot("ssrs", "5E-9") | {"version": "5E-9 院内版"}
    definition["bands"] = [{"code": "all", "zh": "不分级", "least": 0, "most": 66}]
    assert slot_faults(definition) == []


@pytest.mark.parametrize(
    ("answers", "band"),
    [
        ((1, 1, 1, 0, 0), "severe"),
        ((1, 1, 1, 1, 0), "moderate"),
        ((2, 2, 1, 1, 0), "moderate"),
        ((2, 2, 1, 1, 1), "good"),
    ],
)
def test_family_apgar(answers, band):
    assert score(slot("apgar"), answered(slot("apgar"), answers)).band == band


def ssrs_answers(definition, four, sources):
    said = {item["code"]: four for item in definition["items"] if type_of(item) == "choice"}
    return said | {"6": sources, "7": sources}


@pytest.mark.parametrize(
    ("rows", "sources", "least", "most"),
    [(5, 9, 12, 66), (5, 8, 12, 64), (4, 9, 11, 62), (4, 8, 11, 60)],
)
def test_ssrs_ranges_of_its_versions(rows, sources, least, most):
    definition = worded(ssrs(rows, sources))
    low = ssrs_answers(definition, 1, ["none"])
    high = ssrs_answers(definition, 4, [str(n) for n in range(1, sources + 1)])
    assert score(definition, low).total == least
    assert score(definition, high).total == most


def test_ssrs_of_xiao_shuiyuan():
    """Items 1-4: 2 3 2 3; five rows 4 4 3 1 2; three and two sources; 8-10: 2 3 2."""
    definition = slot("ssrs", "5E-9")
    said = dict(zip(["1", "2", "3", "4"], (2, 3, 2, 3), strict=True))
    said |= dict(zip(["5a", "5b", "5c", "5d", "5e"], (4, 4, 3, 1, 2), strict=True))
    said |= {"6": ["1", "2", "5"], "7": ["1", "2"], "8": 2, "9": 3, "10": 2}
    result = score(definition, said)
    # objective 3 + 3 + 2, subjective 2 + 2 + 3 + 14, use 2 + 3 + 2
    assert result.subscales == {"objective": 8, "subjective": 21, "use": 7}
    assert (result.total, result.band) == (36, "medium")
    with pytest.raises(AnswerError, match="就不能再选别的"):
        score(definition, said | {"6": ["none", "1"]})


@pytest.mark.parametrize(
    ("total", "band"), [(22, "low"), (23, "medium"), (44, "medium"), (45, "high")]
)
def test_ssrs_bands(total, band):
    definition = slot("ssrs", "5E-9")
    said = ssrs_answers(definition, 1, ["none"])
    lacking = total - 12
    for code in [code for code in said if code not in ("6", "7")]:
        more = min(3, lacking)
        said[code], lacking = 1 + more, lacking - more
    result = score(definition, said)
    assert (result.total, result.band) == (total, band)


def test_mspss_subscales_and_mean():
    definition = slot("mspss")
    values = [7, 6, 5, 4, 7, 3, 2, 6, 3, 5, 5, 4]
    result = score(definition, answered(definition, values))
    assert result.subscales == {
        "family": 5 + 4 + 6 + 5,
        "friends": 3 + 2 + 3 + 4,
        "others": 7 + 6 + 7 + 5,
    }
    assert (result.total, result.band, result.computed["mean"]) == (57, "medium", Decimal("4.8"))


@pytest.mark.parametrize(
    ("total", "band"), [(36, "low"), (37, "medium"), (60, "medium"), (61, "high")]
)
def test_mspss_bands(total, band):
    definition = slot("mspss")
    values = [1 + points for points in spread(12, 6, total - 12)]
    assert score(definition, answered(definition, values)).band == band


@pytest.mark.parametrize(
    ("values", "band", "family", "friends"),
    [
        ((2, 2, 1, 2, 2, 2), "isolated", "isolated", "connected"),
        ((2, 2, 2, 2, 2, 2), "connected", "connected", "connected"),
        ((5, 5, 5, 0, 0, 0), "connected", "connected", "isolated"),
    ],
)
def test_lsns_6(values, band, family, friends):
    definition = slot("lsns6")
    result = score(definition, answered(definition, values))
    parts = {code: part.band for code, part in result.parts.items()}
    assert (result.band, parts) == (band, {"family": family, "friends": friends})


@pytest.mark.parametrize(
    ("code", "raw", "standard", "band"),
    [
        ("sds", 42, 52, "normal"),
        ("sds", 43, 53, "mild"),
        ("sds", 50, 62, "mild"),
        ("sds", 51, 63, "moderate"),
        ("sds", 58, 72, "moderate"),
        ("sds", 59, 73, "severe"),
        ("sas", 39, 48, "normal"),
        ("sas", 40, 50, "mild"),
        ("sas", 47, 58, "mild"),
        ("sas", 48, 60, "moderate"),
        ("sas", 55, 68, "moderate"),
        ("sas", 56, 70, "severe"),
    ],
)
def test_zung_standard_scores_are_the_whole_part_of_raw_times_five_quarters(
    code, raw, standard, band
):
    definition = slot(code)
    reverse = definition["scoring"]["reverse"]
    worth_of = [1 + points for points in spread(20, 3, raw - 20)]
    said = {
        item["code"]: 5 - value if item["code"] in reverse else value
        for item, value in zip(definition["items"], worth_of, strict=True)
    }
    result = score(definition, said)
    assert (result.total, result.band) == (standard, band)


def test_zung_all_ones_count_the_reversed_items_as_four():
    """Ten reversed items of SDS and five of SAS: raw 50 and 35, standard 62 and 43."""
    ones = {str(n): 1 for n in range(1, 21)}
    assert (score(slot("sds"), ones).total, score(slot("sas"), ones).total) == (62, 43)


AHC_QUIET = {
    "1": "steady",
    "2": ["none"],
    "3": "never",
    "4": "never",
    "5": "no",
    "6": "no",
    **{str(n): 1 for n in range(7, 11)},
}


def test_ahc_without_needs_is_negative_in_every_domain():
    result = score(slot("ahc_hrsn"), AHC_QUIET)
    assert result.subscales == {
        "housing": 0,
        "food": 0,
        "transport": 0,
        "utilities": 0,
        "safety": 4,
    }
    assert ({part.band for part in result.parts.values()}, result.alerts) == ({"negative"}, ())
    assert (result.total, result.is_scored) == (None, True)


@pytest.mark.parametrize(
    ("said", "domain"),
    [
        ({"1": "worried"}, "housing"),
        ({"2": ["3"]}, "housing"),
        ({"4": "sometimes"}, "food"),
        ({"5": "yes"}, "transport"),
        ({"6": "shut_off"}, "utilities"),
        ({"7": 5, "8": 4}, "safety"),
    ],
)
def test_ahc_domains(said, domain):
    result = score(slot("ahc_hrsn"), AHC_QUIET | said)
    assert [code for code, part in result.parts.items() if part.band == "positive"] == [domain]


@pytest.mark.parametrize(("values", "alerts"), [((3, 3, 2, 2), []), ((3, 3, 3, 2), ["safety"])])
def test_hits_above_ten_is_positive(values, alerts):
    said = AHC_QUIET | {str(n): value for n, value in zip(range(7, 11), values, strict=True)}
    assert [one["code"] for one in score(slot("ahc_hrsn"), said).alerts] == alerts


# ── class C ──────────────────────────────────────────────────────────────────


def test_class_c_has_names_and_notes_only():
    assert [one.code for one in CLOSED] == ["nccn_dt", "hads", "zarit", "prapare"]
    assert all(one.licence and not hasattr(one, "items") for one in CLOSED)
