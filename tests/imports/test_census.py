"""The yearly census from a list: into the draft, a name once, the file's word over what stood."""

from departments.models.census import CensusLine, CensusReturn
from tests.factories.census import line, make_sent
from tests.imports import files

HEADS = ["报表", "年度", "名称", "类别", "等级", "地区代码", "医务社工人数", "备注"]


def _rows(*rows: list[str]) -> bytes:
    return files.csv_bytes(rows, heads=HEADS)


def test_lines_come_into_the_draft_and_a_second_file_changes_them(brings, authority, acting):
    person = brings(authority, "census")
    first = _rows(
        ["医疗机构与医务社工", "2023", "甲医院", "医院", "三甲", "110101", "５", ""],
        ["医疗机构与医务社工", "2023", "乙医院", "", "二甲", "", "2", ""],
        ["医疗机构与医务社工", "2023", "乙医院", "", "二甲", "", "3", ""],
        ["医疗机构与医务社工", "2023", "丙医院", "社工站", "", "", "1", ""],
        ["医疗机构与医务社工", "2023", "丁医院", "", "", "310101", "1", ""],
        ["医疗机构与医务社工", "2999", "戊医院", "", "", "", "1", ""],
        ["没有的表", "2023", "己医院", "", "", "", "1", ""],
    )
    run = person.through(first, name="年报.csv")
    assert (run.created_count, run.joined_count, run.refused_count) == (2, 0, 5)
    said = {n: fault[0][0] for n, fault in person.faults(run).items()}
    assert said == {4: "name", 5: "category", 6: "place", 7: "year", 8: "kind"}
    run = person.through(
        _rows(["医疗机构与医务社工", "2023", "甲医院", "", "", "", "6", ""]), "改.csv"
    )
    assert (run.created_count, run.joined_count, run.known_count) == (0, 1, 0)
    run = person.through(
        _rows(["医疗机构与医务社工", "2023", "甲医院", "", "", "", "6", ""]), "改.csv"
    )
    assert (run.created_count, run.joined_count, run.known_count) == (0, 0, 1)
    with acting(authority):
        assert CensusReturn.objects.get().state == "draft"
        lines = CensusLine.objects.order_by("rank").values_list("name", "grade", "workers", "place")
        assert list(lines) == [("甲医院", "3A", 6, 110101), ("乙医院", "2A", 2, 110101)]


def test_what_was_sent_takes_no_line(brings, head, acting):
    with acting(head):
        make_sent(head, line())
    person = brings(head, "census")
    row = ["医疗机构与医务社工", "2023", "甲医院", "", "", "", "6", ""]
    run = person.review(person.bring(_rows(row, row[:2] + ["乙医院", *row[3:]]), name="a.csv"))
    assert (run.valid_count, run.refused_count) == (0, 2)
    assert "已经报送" in str(person.faults(run))
