"""The query language over the lists of casework: what it finds, what it says, what it keeps."""

import datetime as dt
import re
from urllib.parse import quote

import pytest
from django.urls import reverse
from django.utils import timezone

from cases.services.activities import activity_record
from cases.services.referrals import referral_receive
from tests.cases.pages import text_of
from tests.factories import cases as make

pytestmark = pytest.mark.django_db

LIST = reverse("cases:list")
REFERRALS, ACTIVITIES = reverse("cases:referrals"), reverse("cases:activities")


def numbers(answer) -> set[str]:
    return set(re.findall(r"HA-C-\d{4}-\d{4,}", answer.content.decode()))


def asked(text: str, path: str = LIST) -> str:
    return f"{path}?query={quote(text)}"


@pytest.fixture
def three(worker, worker2, ward, acting):
    """Mine, open, high, in a bed since long; a colleague's, closed; mine without a stay."""
    with acting(worker):
        stay = make.make_episode(
            person := make.make_client(worker),
            worker,
            ward=ward,
            bed="12",
            admitted_on=timezone.localdate() - dt.timedelta(days=40),
        )
        mine = make.make_case(
            worker, stage="intervention", client=person, episode=stay, risk_level="high"
        )
        make.make_need(mine, worker, category="financial")
        bare = make.make_case(worker, stage="assessment", client=make.make_client(worker))
    with acting(worker2):
        other = make.make_case(worker2, stage="closed", client=make.make_client(worker2))
    return mine.number, other.number, bare.number


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("状态:在案 社工:@我", (0, 2)),
        ("status:open worker:@me", (0, 2)),
        ("状态:已结束", (1,)),
        ("状态:全部", (0, 1, 2)),
        ("状态:全部 -社工:@我", (1,)),
        ("阶段:介入", (0,)),
        ("阶段:intervention,assessment", (0, 2)),
        ("风险:高", (0,)),
        ("需求:financial", (0,)),
        ("住院<30天", (0,)),
        ("住院>30天", ()),
        ("病区:{ward} 床号:12", (0,)),
        ("编号:{number}", (0,)),
        ("登记:今年..今年 状态:全部", None),
        ("社工:无", ()),
    ],
)
def test_the_case_list_understands(text, found, three, ward, worker, head, client_for):
    by = worker if "@" in text else head
    answer = client_for(by).get(asked(text.format(ward=ward.name, number=three[0])))
    assert answer.status_code == 200
    assert "error-list" not in answer.content.decode()
    if found is not None:
        assert numbers(answer) == {three[place] for place in found}


def test_a_name_beside_conditions_is_searched_and_stays_out_of_the_address(
    three, worker, client_for
):
    answer = client_for(worker).post(LIST, {"q": "状态:在案 演示甲"})
    assert answer.status_code == 302
    assert quote("演示甲") not in answer["Location"]
    assert re.search(r"found=[0-9a-f-]{36}", answer["Location"])
    assert f"query={quote('状态:在案')}".replace("%3A", ":") in answer["Location"].replace(
        "%3A", ":"
    )


def test_a_number_beside_conditions_narrows(three, worker, client_for):
    client = client_for(worker)
    answer = client.post(LIST, {"q": f"{three[0][-4:]} 状态:全部"}, follow=True)
    assert numbers(answer) == {three[0]}


def test_what_is_not_understood_is_said_beside_the_box_with_everything_typed(
    three, worker, client_for
):
    answer = client_for(worker).post(LIST, {"q": "颜色:红 状态:在案 演示甲"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="颜色:红 状态:在案 演示甲"' in page
    assert "没有“颜色”这个条件" in page
    assert 'aria-describedby="ask-cases-faults"' in page


def test_a_condition_is_a_chip_that_takes_itself_away(three, worker, client_for):
    page = client_for(worker).get(asked("状态:在案 风险:高")).content.decode()
    assert f'href="{LIST}?query={quote("风险:高", safe="")}"' in page.replace("%3A", "%3A")
    assert f'href="{LIST}?query={quote("状态:在案", safe="")}"' in page


def test_the_inbox_is_narrowed_by_the_same_language(worker, client_for, acting):
    with acting(worker):
        referral_receive(from_text="心内护士站", reason="不急的事", urgency="normal", by=worker)
        referral_receive(from_text="骨科", reason="要紧的事", urgency="urgent", by=worker)
    client = client_for(worker)
    said = text_of(client.post(REFERRALS, {"query": "紧急:urgent"}, follow=True))
    assert "要紧的事" in said
    assert "不急的事" not in said
    said = text_of(client.get(asked("from:心内 收到:本月..今年", REFERRALS)))
    assert "不急的事" in said
    assert "要紧的事" not in said
    refused = client.post(REFERRALS, {"query": "来自:心内"})
    assert refused.status_code == 422
    assert 'value="来自:心内"' in refused.content.decode()


def test_activities_are_asked_over_months(worker, client_for, acting):
    today = timezone.localdate()
    with acting(worker):
        for back, topic, minutes in ((0, "近的一次", 20), (70, "远的一次", 50)):
            activity_record(
                kind="consultation",
                occurred_on=today - dt.timedelta(days=back),
                minutes=minutes,
                topic=topic,
                result="answered",
                persons=1,
                person_times=1,
                lines=[],
                by=worker,
            )
    client = client_for(worker)
    assert "远的一次" not in text_of(client.get(ACTIVITIES))
    said = text_of(client.get(asked("日期<=今天 分钟>30", ACTIVITIES)))
    assert "远的一次" in said
    assert "近的一次" not in said
    assert client.post(ACTIVITIES, {"query": "分钟>很久"}).status_code == 422
