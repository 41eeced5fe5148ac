"""Every arrow that leaves the stage, with the missing things in Chinese; a button never lies."""

import pytest

from cases.services.closing import case_suspend
from cases.services.steps import ARROWS, NOT_DRAWN, case_steps
from cases.workflow import CASE, CaseStage
from tests.factories.cases import make_case, make_consent, make_contact

pytestmark = pytest.mark.django_db
ENDED = ("closed", "declined", "referred_out", "voided")


def offers(user, case) -> dict[str, tuple[bool, list[str]]]:
    return {offer.name: (offer.is_open, offer.why) for offer in case_steps(user, case)}


def test_every_arrow_of_the_diagram_is_drawn_or_named_as_not_drawn():
    assert {step.name for step in CASE.steps} == set(ARROWS) | NOT_DRAWN


def test_no_final_stage_is_left_but_by_reopening():
    for step in CASE.steps:
        assert not step.sources & set(ENDED) or step.name == "reopen"


def test_the_worker_sees_what_intake_still_lacks(worker, acting):
    with acting(worker):
        case = make_case(worker)
        assert offers(worker, case) == {
            "decline": (True, []),
            "accept": (False, ["还没有有效的服务同意书（或其他处理依据）。"]),
            "suspend": (True, []),
        }
        make_consent(case, worker)
        assert offers(worker, case)["accept"] == (True, [])


def test_the_head_sees_the_worker_s_step_closed_and_the_own_ones_open(worker, head, acting):
    with acting(worker):
        case = make_case(worker)
    with acting(head):
        seen = offers(head, case)
        assert seen["accept"] == (False, ["这一步不由您的岗位操作。"])
        assert (seen["void"], seen["decline"], seen["suspend"]) == ((True, []),) * 3


def test_the_assessment_lists_everything_missing(worker, acting):
    with acting(worker):
        case = make_case(worker, stage="assessment")
        assert offers(worker, case)["assess"] == (
            False,
            [
                "还没有登记需求，至少一项。",
                "还没有完成并定稿的风险筛查。",
                "需求预估表 F3 还没有定稿。",
            ],
        )


def test_a_case_with_a_contact_is_not_voided(worker, head, acting):
    with acting(worker):
        case = make_case(worker)
        make_contact(case, worker)
    with acting(head):
        assert offers(head, case)["void"] == (False, ["已有过程记录的个案不能作废，请结案。"])


def test_a_suspended_case_offers_to_resume(worker, acting):
    with acting(worker):
        case = make_case(worker)
        make_consent(case, worker)
        case = case_suspend(case=case, reason="转入重症监护", by=worker)
        assert offers(worker, case) == {
            "decline": (False, ["个案已暂停，请先恢复。"]),
            "accept": (False, ["个案已暂停，请先恢复。"]),
            "resume": (True, []),
        }


@pytest.mark.parametrize("stage", ENDED)
def test_an_ended_case_offers_nothing(stage, worker, acting):
    with acting(worker):
        case = make_case(worker, stage=stage, worker=worker, number="X-1")
        assert case_steps(worker, case) == []


def test_the_supervisor_is_offered_the_closing(worker, supervisor, acting):
    with acting(worker):
        case = make_case(worker, stage="closure", supervisor=supervisor)
    with acting(supervisor):
        seen = offers(supervisor, case)
        assert seen["close"] == (False, ["还没有社工签署的结案报告。"])
        assert seen["return"] == (True, [])


@pytest.mark.parametrize("stage", [stage.value for stage in CaseStage])
def test_every_stage_has_its_offers(stage, worker, supervisor, acting):
    with acting(worker):
        case = make_case(
            worker, stage=stage, worker=worker, supervisor=supervisor, number=f"S-{stage}"
        )
        for offer in case_steps(worker, case):
            assert offer.is_open is (not offer.why)
            assert offer.url_name == f"cases:{offer.name}"
