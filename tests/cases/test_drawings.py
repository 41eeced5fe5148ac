"""Family tree and ecomap: drawn by rows, kept as versions, refused with a sentence, printed."""

import re

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.models.casework import CaseForm
from cases.services.drawings import drawing_print, drawing_save, drawing_sheet, first_drawing
from cases.services.printing import sheet_of
from msw_portal.kernel.identifiers import id_check_digit
from tests.cases.pages import hidden, text_of
from tests.factories import cases as make

pytestmark = pytest.mark.django_db

FAMILY = {
    "persons-0-label": "张某",
    "persons-0-sex": "male",
    "persons-0-birth_year": "１９６２",
    "persons-0-is_index": "on",
    "persons-0-is_co_living": "on",
    "persons-1-label": "妻",
    "persons-1-sex": "female",
    "persons-1-is_co_living": "on",
    "persons-2-label": "女",
    "persons-2-sex": "female",
    "persons-2-birth_year": "1990",
    "persons-2-x": "240",
    "persons-2-y": "170",
    "relations-0-from": "p1",
    "relations-0-kind": "marriage",
    "relations-0-to": "p2",
    "relations-1-from": "p1",
    "relations-1-kind": "parent",
    "relations-1-to": "p3",
    "emotions-0-from": "p2",
    "emotions-0-feeling": "conflict",
    "emotions-0-to": "p3",
    "_draft_base": "0",
}
MAP = {
    "persons-0-label": "张某",
    "persons-0-sex": "male",
    "persons-0-is_index": "on",
    "systems-0-label": "社区",
    "systems-0-system": "community",
    "systems-0-strength": "weak",
    "systems-0-direction": "in",
    "systems-0-note": "每月探访",
    "systems-2-label": "单位",
    "systems-2-system": "employer",
    "_draft_base": "0",
}


@pytest.fixture
def case(worker, acting):
    with acting(worker):
        return make.make_case(worker, stage="intervention")


def _url(name, case, kind="genogram"):
    return reverse(f"cases:{name}", args=[case.uid, kind])


def test_a_family_is_kept_as_rows_say(worker, client_for, acting, case):
    answer = client_for(worker).post(_url("drawing_edit", case), FAMILY)
    assert (answer.status_code, answer["Location"]) == (302, _url("drawing", case))
    with acting(worker):
        drawing = CaseForm.objects.get(case=case, kind="genogram")
        assert (drawing.version, drawing.state, drawing.finalized_by) == (1, "final", worker)
        assert drawing.payload["persons"][2] == {
            "id": "p3",
            "label": "女",
            "sex": "female",
            "birth_year": 1990,
            "x": 240,
            "y": 170,
        }
        assert drawing.payload["relations"][1] == {"from": "p1", "kind": "parent", "to": "p3"}
        assert drawing.payload["emotions"] == [{"from": "p2", "kind": "conflict", "to": "p3"}]


def test_an_ecomap_keeps_a_tie_beside_its_system(worker, client_for, acting, case):
    answer = client_for(worker).post(_url("drawing_edit", case, "ecomap"), MAP)
    assert answer.status_code == 302
    with acting(worker):
        payload = CaseForm.objects.get(case=case, kind="ecomap").payload
    assert payload["systems"] == [
        {"id": "s1", "kind": "community", "label": "社区"},
        {"id": "s3", "kind": "employer", "label": "单位"},
    ]
    assert payload["ties"] == [
        {"system": "s1", "strength": "weak", "direction": "in", "note": "每月探访"}
    ]


def test_what_was_kept_comes_back_in_the_rows_and_the_next_saving_is_a_version(
    worker, client_for, acting, case
):
    client = client_for(worker)
    client.post(_url("drawing_edit", case), FAMILY)
    page = client.get(_url("drawing_edit", case)).content.decode()
    assert re.search(r'name="persons-1-label" value="妻"', page)
    assert '<option value="p3" selected>3 女</option>' in page
    assert client.post(_url("drawing_edit", case), FAMILY | {"_draft_base": "1"}).status_code == 302
    with acting(worker):
        rows = CaseForm.objects.filter(case=case, kind="genogram").order_by("version")
        assert [row.version for row in rows] == [1, 2]
        with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
            CaseForm.objects.filter(pk=rows[0].pk).update(version=9)
    older = client.get(_url("drawing", case) + "?version=1")
    assert "已有更新的版本" in text_of(older)
    assert client.get(_url("drawing", case) + "?version=7").status_code == 404


def test_a_stale_page_is_shown_both_versions(worker, client_for, acting, case):
    client = client_for(worker)
    client.post(_url("drawing_edit", case), FAMILY)
    answer = client.post(_url("drawing_edit", case), FAMILY | {"persons-1-label": "爱人"})
    assert answer.status_code == 409
    assert "爱人" in answer.content.decode()
    with acting(worker):
        assert CaseForm.objects.filter(case=case, kind="genogram").count() == 1


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"persons-0-is_index": ""}, "须正好有一位服务对象"),
        ({"persons-1-sex": ""}, "请选择性别。"),
        ({"persons-2-birth_year": "1950"}, "父母的出生年份须早于子女。"),
        ({"persons-1-birth_year": "3000"}, "年份须在 1850 到"),
        ({"relations-0-to": ""}, "请选择图中的一个人。"),
        ({"relations-0-to": "p1"}, "一个人不能和自己连线。"),
        ({"persons-1-birth_year": "六十"}, "请填整数。"),
        ({"relations-0-kind": "friend"}, "请从列出的选项中选择。"),
        ({"persons-0-label": "一二三四五六七八九十一二三"}, "称呼最多 12 个字。"),
    ],
)
def test_a_fault_is_said_and_everything_typed_stays(worker, client_for, case, change, sentence):
    answer = client_for(worker).post(_url("drawing_edit", case), FAMILY | change)
    assert answer.status_code == 422
    assert sentence in text_of(answer)
    assert 'value="妻"' in answer.content.decode()


def test_without_a_script_the_buttons_draw_add_rows_and_arrange(worker, client_for, acting, case):
    client = client_for(worker)
    more = client.post(_url("drawing_edit", case), FAMILY | {"more": "persons"})
    page = more.content.decode()
    assert (more.status_code, 'name="persons-6-label"' in page) == (200, True)
    assert 'data-node="p3" data-x="240' in page
    once = {"once": hidden(more, "once")}
    answer = client.post(_url("drawing_edit", case), FAMILY | once | {"arrange": "1"})
    assert hidden(answer, "once") != once["once"]
    spread = answer.content.decode()
    assert 'data-node="p3"' in spread
    assert 'data-node="p3" data-x="240' not in spread
    with acting(worker):
        assert not CaseForm.objects.filter(case=case, kind="genogram").exists()


def test_a_look_draws_what_is_finished_and_names_what_is_not(worker, client_for, case):
    answer = client_for(worker).post(_url("drawing_look", case), FAMILY | {"relations-1-to": ""})
    assert answer.status_code == 200
    assert 'data-node="p3"' in answer.content.decode()
    assert "请选择图中的一个人。" in text_of(answer)


def test_what_is_written_into_a_drawing_is_escaped(worker, client_for, case):
    client = client_for(worker)
    client.post(_url("drawing_edit", case), FAMILY | {"persons-1-label": "<b>妻</b>"})
    page = client.get(_url("drawing", case)).content.decode()
    assert "<b>妻</b>" not in page
    assert "&lt;b&gt;妻&lt;/b&gt;" in page


def test_the_drawing_stands_in_words_beside_its_picture(worker, client_for, case):
    client = client_for(worker)
    client.post(_url("drawing_edit", case), FAMILY)
    words = text_of(client.get(_url("drawing", case)))
    assert "张某 → 妻：婚姻" in words
    assert "妻 → 女：冲突" in words


def test_a_drawing_is_refused_before_intake_and_after_closing(worker, acting, refuses):
    with acting(worker):
        case = make.make_case(worker, stage="closed")
        with refuses("drawing.wrong_stage", status=409):
            drawing_save(
                case=case, kind="genogram", payload=first_drawing(case, "genogram"), by=worker
            )


def test_only_who_works_on_the_case_draws(worker, supervisor, acting, refuses):
    with acting(worker):
        case = make.make_case(worker, stage="intervention", supervisor=supervisor)
        payload = first_drawing(case, "genogram")
        with refuses("drawing.faulty"):
            drawing_save(case=case, kind="ecomap", payload=payload, by=worker)
    with acting(supervisor), refuses("permission.can_draw_family", status=403):
        drawing_save(case=case, kind="genogram", payload=payload, by=supervisor)


def test_the_drawing_prints_alone_in_its_form_and_masked(worker, client_for, acting, case):
    client_for(worker).post(_url("drawing_edit", case), FAMILY)
    with acting(worker):
        row = CaseForm.objects.get(case=case, kind="genogram")
        assert drawing_print(case=case, row=row, by=worker).startswith(b"%PDF-")
        sheet = drawing_sheet(case, row, is_named=False)
        assert [block["t"] for block in sheet.blocks] == ["cells", "svg", "text"]
        assert "演示甲" not in str(sheet.as_json())
        whole = sheet_of(case, "F3", None, is_named=False)
        assert sum(block["t"] == "svg" for block in whole.blocks) == 1
    client = client_for(worker)
    assert client.get(_url("drawing_print", case)).status_code == 200
    paper = client.post(_url("drawing_print", case), {"shown": "masked"})
    assert paper["Content-Type"] == "application/pdf"
    assert client.get(_url("drawing_print", case, "ecomap")).status_code == 404


def test_another_house_and_an_unknown_kind_find_nothing(worker, other_worker, client_for, case):
    for name in ("drawing", "drawing_edit", "drawing_print"):
        assert client_for(other_worker).get(_url(name, case)).status_code == 404
        assert client_for(worker).get(_url(name, case, "F1")).status_code == 404


def test_the_page_asks_as_often_for_three_versions_as_for_one(worker, client_for, case):
    client, counts = client_for(worker), []
    for version in range(3):
        client.post(_url("drawing_edit", case), FAMILY | {"_draft_base": str(version)})
        if version in (0, 2):
            with CaptureQueriesContext(
                connection,
            ) as seen:
                client.get(_url("drawing", case))
            counts.append(len(seen))
    assert counts[0] == counts[1]


def _number(body):
    return body + id_check_digit(body)


def _relative(case, by, relation, **given):
    return make.make_guardian(case.client, by, relation=relation, is_guardian=False, **given)


def test_the_first_tree_holds_the_relatives_under_neutral_words(worker, acting, case, client_for):
    mother_number = _number("11010119550203002")
    with acting(worker):
        _relative(case, worker, "mother", id_no=mother_number, is_cohabiting=True)
        _relative(case, worker, "spouse", name="演示夫")
        _relative(case, worker, "son")
        _relative(case, worker, "son")
        _relative(case, worker, "agent", name="演示律师")
        payload = first_drawing(case, "genogram")
        assert [(row["id"], row["label"]) for row in payload["persons"]] == [
            ("p1", "服务对象"),
            ("p2", "母亲"),
            ("p3", "配偶"),
            ("p4", "儿子1"),
            ("p5", "儿子2"),
        ]
        assert payload["persons"][1] == {
            "id": "p2",
            "label": "母亲",
            "sex": "female",
            "is_co_living": True,
            "birth_year": 1955,
        }
        assert payload["relations"] == [
            {"from": "p2", "kind": "parent", "to": "p1"},
            {"from": "p1", "kind": "marriage", "to": "p3"},
            {"from": "p1", "kind": "parent", "to": "p4"},
            {"from": "p1", "kind": "parent", "to": "p5"},
        ]
        assert drawing_save(case=case, kind="genogram", payload=payload, by=worker).version == 1
        ecomap = first_drawing(case, "ecomap")
        assert [row["label"] for row in ecomap["persons"]] == ["服务对象", "母亲"]
    shown = client_for(worker).get(_url("drawing_edit", case)).content.decode()
    assert "演示夫" not in shown


def test_a_drawing_that_exists_is_not_filled_again(worker, acting, case, client_for):
    with acting(worker):
        drawing_save(case=case, kind="genogram", payload=first_drawing(case, "genogram"), by=worker)
        _relative(case, worker, "father")
    page = text_of(client_for(worker).get(_url("drawing_edit", case)))
    assert "父亲" not in page


def test_the_first_tree_keeps_no_year_that_no_family_can_have(worker, acting, case):
    with acting(worker):
        _relative(case, worker, "father", id_no=_number("11010119900203001"))
        _relative(case, worker, "father")
        payload = first_drawing(case, "genogram")
        assert "birth_year" not in payload["persons"][1]
        assert payload["relations"] == [{"from": "p2", "kind": "parent", "to": "p1"}]
        drawing_save(case=case, kind="genogram", payload=payload, by=worker)


def test_another_persons_relatives_are_not_drawn(worker, acting, case):
    with acting(worker):
        make.make_guardian(make.make_client(worker), worker, relation="father")
        assert len(first_drawing(case, "genogram")["persons"]) == 1
