"""The calculators of a case: versions that stay, fields that say what is wrong, paper."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from cases.models.casework import CaseForm
from cases.services.calculations import calculation_save, lines_of
from cases.services.members import case_member_add
from tests.factories.cases import make_case

pytestmark = pytest.mark.django_db
OWN = {"total_cost": Decimal("100000"), "basic_insurance": Decimal("60000")}


def test_each_saving_is_a_frozen_version(worker, acting, refuses, rows):
    with acting(worker):
        case = make_case(worker, stage="intervention")
        first = calculation_save(case=case, kind="calc_own", inputs=OWN, basis="结算单", by=worker)
        again = calculation_save(
            case=case, kind="calc_own", inputs=OWN | {"other_aid": Decimal(10)}, base=1, by=worker
        )
        other = calculation_save(
            case=case,
            kind="calc_ratio",
            inputs={"annual_own": Decimal(1), "annual_income": Decimal(4)},
            by=worker,
        )
        assert [first.version, again.version, other.version] == [1, 2, 1]
        assert lines_of(first)["values"][1] == ("自付费用（元）", "40,000.00")
        assert lines_of(again)["values"][1] == ("自付费用（元）", "39,990.00")
        assert lines_of(other)["values"] == [("费用负担率", "25.0%")]
        assert first.payload["basis"] == "结算单"
        with refuses("form.stale", status=409):
            calculation_save(case=case, kind="calc_own", inputs=OWN, base=1, by=worker)
        with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
            rows("UPDATE cases_caseform SET version = 9 WHERE id = %s", first.pk)


def test_bad_input_has_its_field(worker, acting, refuses):
    with acting(worker):
        case = make_case(worker, stage="intervention")
        for rule, field, kind, inputs in (
            ("calculation.input_missing", "total_cost", "calc_own", {}),
            ("calculation.negative", "total_cost", "calc_own", {"total_cost": Decimal(-1)}),
            (
                "calculation.contradiction",
                "total_cost",
                "calc_own",
                {"total_cost": Decimal(1), "employer": Decimal(2)},
            ),
            (
                "calculation.members",
                "members",
                "calc_head",
                {"monthly_income": Decimal(1), "members": Decimal(0), "line": Decimal(1)},
            ),
        ):
            with refuses(rule, field):
                calculation_save(case=case, kind=kind, inputs=inputs, by=worker)
        assert not CaseForm.objects.exists()


def test_who_works_on_the_case_calculates_while_it_is_worked_on(
    worker, worker2, assistant, acting, refuses
):
    with acting(worker):
        case = make_case(worker, stage="intervention")
        case_member_add(case=case, user=assistant, role="assistant", by=worker)
        ended = make_case(worker, stage="closed")
        with refuses("calculation.wrong_stage", status=409):
            calculation_save(case=ended, kind="calc_own", inputs=OWN, by=worker)
    with acting(assistant):
        assert calculation_save(case=case, kind="calc_own", inputs=OWN, by=assistant).version == 1
    with acting(worker2), refuses("permission.can_keep_form", status=403):
        calculation_save(case=case, kind="calc_own", inputs=OWN, by=worker2)


def test_the_pages_keep_what_was_typed_and_print(client_for, worker, other_worker, acting):
    with acting(worker):
        case = make_case(worker, stage="intervention")
    page = client_for(worker)
    edit = reverse("cases:calculation_edit", args=[case.uid, "calc_own"])
    bad = page.post(edit, {"total_cost": "１００", "employer": "200", "basis": "结算单"})
    assert bad.status_code == 422
    said = bad.content.decode()
    assert "报销与救助合计超过了总费用，请核对。" in said
    assert 'value="结算单"' in said
    bad = page.post(edit, {"total_cost": "很多"})
    assert bad.status_code == 422
    good = page.post(edit, {"total_cost": "100,000", "basic_insurance": "60000"})
    assert good.status_code == 302
    look = page.get(good.url).content.decode()
    assert "40,000.00" in look
    assert "自付费用 = 总费用" in look
    paper = page.post(
        reverse("cases:calculation_print", args=[case.uid, "calc_own"]), {"shown": "masked"}
    )
    assert paper.status_code == 200
    assert paper.content.startswith(b"%PDF")
    assert page.get(reverse("cases:calculation", args=[case.uid, "calc_x"])).status_code == 404
    assert (
        "费用负担率"
        in page.get(f"{reverse('cases:case', args=[case.uid])}?part=forms").content.decode()
    )
    assert client_for(other_worker).get(edit).status_code == 404
