"""The list of domain §4.2 proposes secrecy level 5; a person follows it or says why not."""

import pytest
from django.urls import reverse

from cases.models.casework import Case
from cases.models.people import Episode
from cases.services.intake import episode_record
from cases.services.level5 import level5_follow, level5_keep
from cases.services.level5_signals import signals
from cases.services.secrecy import case_lower_secrecy
from cases.services.stays import icd10_codes
from departments.models.organizations import Code
from departments.models.people import AccessGrant
from departments.models.trail import AuditEntry
from msw_portal.kernel.scope import scope
from tests.cases.pages import text_of
from tests.factories.cases import make_case, make_client, make_episode, make_need

pytestmark = pytest.mark.django_db
WHY = "既往史，本人已公开，照顾需要全科知情"


@pytest.fixture
def case(worker, supervisor, acting):
    with acting(worker):
        return make_case(worker, stage="intervention", supervisor=supervisor)


def _codes(case) -> list[str]:
    return [one.code for one in signals(case)]


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("住院押金不够", []),
        ("合并 ＨＩＶ 感染", ["hiv"]),
        ("梅毒治疗期", ["std"]),
        ("有双相 情感障碍病史", ["psychiatric"]),
        ("长期被家暴", ["abuse"]),
        ("曾轻生", ["suicide"]),
        ("遭性侵", ["sexual_violence"]),
        ("弃婴送养", ["adoption"]),
        ("疑侵害未成年人", ["minor_harmed"]),
        ("家暴后自杀未遂", ["abuse", "suicide"]),
    ],
)
def test_words_of_a_need_propose(case, worker, acting, statement, found):
    with acting(worker):
        make_need(case, worker, statement=statement)
        assert _codes(case) == found


def test_a_need_of_the_category_and_a_diagnosis_propose(case, worker, acting):
    with acting(worker):
        make_need(case, worker, category="abuse_violence", statement="不愿多说")
        case.episode = make_episode(case.client, worker, diagnosis="精神分裂症")
        assert [(one.code, str(one.where)) for one in signals(case)] == [
            ("psychiatric", "诊断"),
            ("abuse", "需求类别"),
        ]


def test_the_list_is_the_house_s_to_lengthen(case, worker, acting):
    with acting(worker):
        make_need(case, worker, statement="疑似结核")
        assert _codes(case) == []
    with scope(role="system"):
        Code.objects.create(scheme="level5", code="tb", zh="结核", rank=50)
    with acting(worker):
        assert _codes(case) == ["tb"]


def test_following_seals_the_case_for_its_own_people(case, worker, supervisor, acting, refuses):
    with acting(worker):
        make_need(case, worker, statement="合并 HIV")
        sealed = level5_follow(case=case, by=worker)
        assert (sealed.secrecy, sealed.compartment_id) == (5, case.pk)
        named = AccessGrant.objects.filter(compartment_id=case.pk)
        assert {one.user_id for one in named} == {worker.pk, supervisor.pk}
        assert {one.reason for one in named} == {"按 5 级保密清单提级：艾滋病"}
        assert _codes(sealed) == []
        with refuses("level5.nothing", status=409):
            level5_follow(case=sealed, by=worker)


def test_what_was_decided_against_is_not_proposed_again(case, worker, acting, auditor, refuses):
    with acting(worker):
        make_need(case, worker, statement="合并 HIV")
        with refuses("level5.needs_reason", "reason"):
            level5_keep(case=case, reason="不用", by=worker)
        kept = level5_keep(case=case, reason=WHY, by=worker)
        assert [(one["signals"], one["reason"]) for one in kept.level5_kept] == [(["hiv"], WHY)]
        assert _codes(Case.objects.get(pk=case.pk)) == []
        with refuses("level5.nothing", status=409):
            level5_keep(case=case, reason=WHY, by=worker)
        make_need(case, worker, statement="有轻生念头")
        assert _codes(Case.objects.get(pk=case.pk)) == ["suicide"]
    with acting(auditor):
        assert '"hiv"' in AuditEntry.objects.get(action="case.keep_level4").body


def test_lowering_is_a_decision_too(case, worker, head, acting):
    with acting(worker):
        make_need(case, worker, statement="合并 HIV")
        level5_follow(case=case, by=worker)
        AccessGrant.objects.create(
            organization_id=case.organization_id,
            user=head,
            compartment_id=case.pk,
            kind="named",
            reason="主任参与个案讨论会，须知情",
            valid=AccessGrant.objects.filter(user=worker).get().valid,
        )
    with acting(head):
        lowered = case_lower_secrecy(case=case, reason="已告知并取得本人同意", by=head)
        assert _codes(lowered) == []


def test_an_assistant_or_another_house_decides_nothing(
    case, worker, assistant, other_worker, acting, refuses
):
    with acting(worker):
        make_need(case, worker, statement="合并 HIV")
    with acting(assistant), refuses("permission.can_raise_secrecy", status=403):
        level5_keep(case=case, reason=WHY, by=assistant)
    with acting(other_worker), pytest.raises(Case.DoesNotExist):
        level5_follow(case=case, by=other_worker)


def test_the_banner_leads_to_both(case, worker, other_head, client_for, acting):
    page, address = client_for(worker), reverse("cases:case", args=[case.uid])
    assert "建议提为 5 级保密" not in text_of(page.get(address))
    with acting(worker):
        make_need(case, worker, statement="合并 HIV")
    said = text_of(page.get(address))
    assert "建议提为 5 级保密" in said
    assert "艾滋病 见需求" in said
    keep, follow = (reverse(f"cases:level5_{one}", args=[case.uid]) for one in ("keep", "follow"))
    assert client_for(other_head).post(follow).status_code == 404
    bad = page.post(keep, {"reason": "不用"})
    assert bad.status_code == 422
    assert "不用" in bad.content.decode()
    assert page.post(follow)["Location"] == address
    after = text_of(page.get(address))
    assert "5 级保密" in after
    assert "建议提为" not in after
    assert page.post(follow).status_code == 409


@pytest.mark.parametrize(
    ("codes", "found"),
    [
        ("C91.0", []),
        ("Z51.1，b20", ["hiv"]),
        ("A53.9", ["std"]),
        ("F32.2", ["psychiatric"]),
        ("X70", ["suicide"]),
        ("T74.2", ["abuse", "sexual_violence"]),
    ],
)
def test_a_code_of_the_stay_proposes(case, worker, acting, codes, found):
    with acting(worker):
        case.episode = episode_record(
            client=case.client, visit_type="outpatient", diagnosis_codes=codes, by=worker
        )
        assert _codes(case) == found


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("", []), ("ｃ９１．０、Z51.1 c91.0", ["C91.0", "Z51.1"]), ("S72.00x", ["S72.00X"])],
)
def test_codes_are_read_as_people_write_them(typed, kept):
    assert icd10_codes(typed) == kept


@pytest.mark.parametrize("typed", ["白血病", "C9", "C91.", "91.0", "C91.00000"])
def test_what_is_no_code_is_named(typed, refuses):
    with refuses("episode.icd10_unknown", "diagnosis_codes"):
        icd10_codes(typed)
    with refuses("episode.icd10_too_many", "diagnosis_codes"):
        icd10_codes(" ".join(f"A{n}" for n in range(10, 31)))


def test_a_secret_diagnosis_stands_on_the_case_alone_and_proposes(case, worker, acting, client_for):
    page, person = client_for(worker), case.client.uid
    new = reverse("cases:episode_new", args=[person])
    assert "需要 5 级保密的诊断" in text_of(page.get(new))
    typed = {
        "visit_type": "outpatient",
        "diagnosis": "肺炎",
        "diagnosis_codes": "J18.9",
        "level5_diagnosis": "B20 合并感染",
    }
    refused = page.post(new, typed)
    assert (refused.status_code, "请选存进哪个个案。" in text_of(refused)) == (422, True)
    assert 'value="B20 合并感染"' in refused.content.decode()
    assert page.post(new, typed | {"level5_case": str(case.uid)}).status_code == 302
    with acting(worker):
        stay = Episode.objects.get(client=case.client)
        assert (stay.diagnosis, stay.diagnosis_codes) == ("肺炎", ["J18.9"])
        case.refresh_from_db()
        assert case.level5_diagnosis == "B20 合并感染"
        assert _codes(case) == ["hiv"]
    assert "建议提为 5 级保密" in text_of(page.get(reverse("cases:case", args=[case.uid])))
    assert "B20" not in text_of(page.get(reverse("cases:client", args=[person])))


def test_a_wrong_code_stays_at_its_field(case, worker, client_for):
    new = reverse("cases:episode_new", args=[case.client.uid])
    answer = client_for(worker).post(new, {"visit_type": "outpatient", "diagnosis_codes": "白血病"})
    assert answer.status_code == 422
    assert "“白血病”不是 ICD-10 编码" in text_of(answer)
    assert 'value="白血病"' in answer.content.decode()


def test_without_an_open_case_there_is_nowhere_to_keep_it(worker, acting, client_for):
    with acting(worker):
        somebody = make_client(worker)
    page = text_of(client_for(worker).get(reverse("cases:episode_new", args=[somebody.uid])))
    assert "需要 5 级保密的诊断不要写在就诊里" in page


def test_it_is_corrected_on_the_case_by_its_own_people(
    case, worker, worker2, head, other_worker, acting, client_for
):
    address = reverse("cases:level5_diagnosis", args=[case.uid])
    for stranger in (worker2, other_worker):
        assert client_for(stranger).get(address).status_code == 404
    page, open_page = client_for(worker), reverse("cases:case", args=[case.uid])
    assert address in page.get(open_page).content.decode()
    assert page.post(address, {"diagnosis": "精神分裂症"}).url == open_page
    assert "保密诊断：精神分裂症" in text_of(page.get(open_page))
    assert "精神分裂症" in page.get(address).content.decode()
    assert client_for(head).post(address, {"diagnosis": ""}).url == open_page
    with acting(worker):
        case.refresh_from_db()
        assert case.level5_diagnosis is None
