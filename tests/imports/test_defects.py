"""Lines with forty kinds of defects: accepted and refused make what was given, each with its reason."""

import datetime as dt

import pytest
from django.utils import timezone

from cases.models.people import Client, Episode
from departments.models.imports import ImportRow
from tests.factories.cases import make_client, make_episode
from tests.imports import files

NAME, SEX, BIRTH, TYPE, ID, PHONE, MRN, WARD, BED, ADMITTED, DIAGNOSIS, VISIT, PAY, LEFT = range(14)
HEADS = [*files.HEADS, "就诊类型", "医保类型", "出院日期"]
TOMORROW = f"{timezone.localdate() + dt.timedelta(days=1)}"
# what is wrong: ({column: what it says}, column that is named, beginning of the sentence)
DEFECTS = {
    "no name": ({NAME: ""}, "姓名", "必填"),
    "name too long": ({NAME: "赵" * 51}, "姓名", "姓名最多 50 个字"),
    "name of signs": ({NAME: "###"}, "姓名", "姓名只能用汉字"),
    "name with a zero-width space": ({NAME: "赵\u200b安"}, "姓名", "姓名中含有看不见的"),
    "name in private use": ({NAME: "赵\ue000"}, "姓名", "姓名中含有私用区字符"),
    "control character": ({DIAGNOSIS: "白血\x07病"}, "诊断", "含有看不见的控制字符"),
    "nul": ({DIAGNOSIS: "白\x00血病"}, "诊断", "含有看不见的控制字符"),
    "ten megabytes": ({DIAGNOSIS: "长" * (10 * 1024 * 1024 // 3)}, "诊断", "内容超过 32767"),
    "diagnosis too long": ({DIAGNOSIS: "病" * 2001}, "诊断", "最多 2000 个字"),
    "unknown sex": ({SEX: "某"}, "性别", "没有这个选项"),
    "31 February": ({BIRTH: "1990-02-31"}, "出生日期", "这一天不存在"),
    "born tomorrow": ({BIRTH: TOMORROW, ID: "", TYPE: ""}, "出生日期", "出生日期不能在将来"),
    "born in words": ({BIRTH: "去年春天"}, "出生日期", "日期请写成"),
    "two-digit year": ({BIRTH: "03/07/90"}, "出生日期", "年份要写四位"),
    "serial number": ({BIRTH: "32939"}, "出生日期", "这像是 Excel 的日期序号"),
    "no birth at all": ({BIRTH: "", ID: "", TYPE: ""}, "出生日期", "请填出生日期"),
    "wrong check digit": ({ID: "checked"}, "证件号码", "身份证号的校验码"),
    "17 digits": ({ID: "11010119900307001"}, "证件号码", "身份证号应为 18 位"),
    "letters in the number": ({ID: "1101011990030700AB"}, "证件号码", "身份证号只能是数字"),
    "no such province": ({ID: "990101199003070013"}, "证件号码", None),
    "day that is none in the number": ({ID: "110101199002310015"}, "证件号码", "身份证号中的出生日期"),
    "order 000": ({ID: "110101199003070000"}, "证件号码", "身份证号第 15 至 17 位"),
    "born 1850 in the number": ({ID: "110101185003070018"}, "证件号码", "身份证号中的出生日期"),
    "rounded by Excel": ({ID: "1.10101E+17"}, "证件号码", "长号码被 Excel"),
    "birth against the number": ({BIRTH: "1949-10-01"}, "出生日期", "与身份证号上的"),
    "sex against the number": ({SEX: "swapped"}, "性别", "与身份证号第 17 位"),
    "unknown document": ({TYPE: "会员卡"}, "证件类型", "没有这个选项"),
    "number without a document": ({TYPE: "无证件"}, "证件类型", "填了证件号码"),
    "passport too long": ({TYPE: "护照", ID: "P" * 41}, "证件号码", "证件号码太长"),
    "letters in the phone": ({PHONE: "电话问家属"}, "联系电话", "电话只能填写数字"),
    "ten digits": ({PHONE: "1380000000"}, "联系电话", "电话格式不正确"),
    "no area code": ({PHONE: "65551234"}, "联系电话", "电话格式不正确"),
    "record too long": ({MRN: "Z" * 41}, "病案号", "最多 40 个字"),
    "bed too long": ({BED: "床" * 21}, "床号", "最多 20 个字"),
    "unknown ward": ({WARD: "不存在的病区"}, "病区", "本院没有叫"),
    "admitted tomorrow": ({ADMITTED: TOMORROW}, "入院日期", "入院日期不能在将来"),
    "left before admission": ({LEFT: "2020-01-01"}, "出院日期", "出院日期不能早于"),
    "left without admission": ({ADMITTED: "", LEFT: "2026-02-01"}, "入院日期", "填了出院日期"),
    "unknown visit": ({VISIT: "串门"}, "就诊类型", "没有这个选项"),
    "unknown insurance": ({PAY: "朋友付"}, "医保类型", "没有这个选项"),
    "the same line again": ({}, "", "与第 2 行是同一条"),
    "another's document": ({NAME: "别人甲"}, "证件号码", "与第 2 行证件号码相同"),
}  # fmt: skip


def _defective(kind: str, n: int) -> list[str]:
    if kind in ("the same line again", "another's document"):
        row = [*files.person(0), "", "", ""]
    else:
        row = [*files.person(n), "", "", ""]
    if kind == "another's document":
        row[MRN] = f"ZX{n}"
    for column, value in DEFECTS[kind][0].items():
        if value == "checked":
            last = row[ID][-1]
            value = row[ID][:-1] + ("0" if last != "0" else "1")
        row[column] = ("女" if row[SEX] == "男" else "男") if value == "swapped" else value
    return row


@pytest.mark.parametrize("given", [1000, pytest.param(10_000, marks=pytest.mark.long)])
def test_lines_with_forty_kinds_of_defects(brings, worker, acting, given):
    kinds = list(DEFECTS)
    assert len(kinds) >= 40
    bad_count, good_count = given // 5, given - given // 5
    rows, wrong = [], {}
    for n in range(given):
        kind = kinds[n // 5 % len(kinds)] if n % 5 == 4 else ""
        if kind == "ten megabytes" and n > 100:
            kind = "nul"
        wrong[n + 2] = kind
        rows.append(_defective(kind, n) if kind else [*files.person(n), "", "", ""])
    person = brings(worker, "persons")
    run = person.bring(files.csv_bytes(rows, heads=HEADS), name="名单.csv")
    run = person.review(run)
    bad = {line: kind for line, kind in wrong.items() if kind}
    faults = person.faults(run)
    assert (run.given_count, run.refused_count, run.valid_count) == (given, bad_count, good_count)
    assert faults.keys() == bad.keys()
    labels = {"": "", **{column.name: str(column.label) for column in _columns()}}
    for line, kind in bad.items():
        _cells, label, sentence = DEFECTS[kind]
        said = [(labels[name], text) for name, text in faults[line]]
        assert any(
            one == label and (sentence is None or text.startswith(sentence)) for one, text in said
        ), (line, kind, said)
    run = person.confirm(run)
    assert run.accepted_count + run.refused_count == run.given_count == given
    with acting(worker):
        assert (Client.objects.count(), Episode.objects.count()) == (good_count, good_count)
    again = person.review(person.bring(files.csv_bytes(rows, heads=HEADS), name="再来.csv"))
    assert (again.valid_count, again.known_count, again.refused_count) == (0, good_count, bad_count)


def _columns():
    from departments.services.importing.kinds import kinds

    return kinds()["persons"].columns


def test_what_a_workbook_hides_is_named_by_its_line(brings, worker):
    formula, whole = files.person(0), files.person(1)
    formula[4] = '=CONCAT("110101","19900307")'
    number = [*files.person(2)[:4], 110101199003070013, *files.person(2)[5:]]
    person = brings(worker, "persons")
    run = person.review(person.bring(files.xlsx([formula, whole, number])))
    faults = person.faults(run)
    assert (run.valid_count, list(faults)) == (1, [2, 4])
    assert faults[2][0][1].startswith("这一格是公式")
    assert faults[4][0][1].startswith("长号码被 Excel 存成了数字")


# ── against what the house knows ─────────────────────────────────────────────


def test_a_known_document_gets_the_stay_and_nothing_else_changes(brings, worker, acting):
    row = files.person(0)
    with acting(worker):
        known = make_client(
            worker, name=row[0], id_type="id", id_no=row[4], birth_date=dt.date(1950, 1, 1)
        )
    run = brings(worker, "persons").through(files.xlsx([row]))
    assert (run.created_count, run.joined_count, run.refused_count) == (0, 1, 0)
    with acting(worker):
        known.refresh_from_db()
        assert (Client.objects.count(), known.phone) == (1, None)
        assert [stay.mrn for stay in Episode.objects.filter(client=known)] == ["ZY0000000"]


def test_a_known_document_under_another_name_is_refused(brings, worker, acting):
    row = files.person(0)
    with acting(worker):
        make_client(worker, name="别人乙", id_type="id", id_no=row[4])
    person = brings(worker, "persons")
    run = person.review(person.bring(files.xlsx([row])))
    assert person.faults(run) == {
        2: [["id_no", "这个证件号码已登记在“别**”名下，与本行姓名不同，请核对。"]]
    }


def test_the_same_name_and_birth_without_a_document_is_doubted(brings, worker, acting):
    from cases.services.people import index_client

    row = [*files.person(0)[:3], "", "", *files.person(0)[5:]]
    with acting(worker):
        born = dt.date.fromisoformat(row[2])
        index_client(make_client(worker, name=row[0], birth_date=born, birth_year=born.year))
    person = brings(worker, "persons")
    run = person.review(person.bring(files.xlsx([row])))
    assert person.faults(run)[2][0][1].startswith("本院已有同名、同出生日期的服务对象")


def test_a_record_of_another_person_is_refused(brings, worker, acting):
    row = files.person(0)
    with acting(worker):
        make_episode(make_client(worker, name="别人丙"), worker, mrn=row[6])
    person = brings(worker, "persons")
    run = person.review(person.bring(files.xlsx([row])))
    assert person.faults(run)[2][0][0] == "mrn"


def test_two_stays_of_one_person_in_a_file_are_one_person(brings, worker, acting):
    second = [*files.person(0)[:6], "ZY9000000", *files.person(0)[7:9], "2026-09-01", "复诊"]
    run = brings(worker, "persons").through(files.xlsx([files.person(0), second]))
    assert (run.created_count, run.joined_count) == (1, 1)
    with acting(worker):
        assert (Client.objects.count(), Episode.objects.count()) == (1, 2)


def test_two_people_of_one_name_and_birth_need_documents(brings, worker):
    one = [*files.person(0)[:3], "", "", *files.person(0)[5:]]
    other = [*one[:5], "", "ZY9000001", *one[7:]]
    person = brings(worker, "persons")
    run = person.review(person.bring(files.xlsx([one, other])))
    assert [text for _name, text in person.faults(run)[3]] == [
        "与第 2 行同名、同出生日期，分不清是否同一人，请补证件号码。"
    ]


def test_what_somebody_registered_meanwhile_is_not_doubled(brings, worker, acting):
    row = files.person(0)
    person = brings(worker, "persons")
    run = person.review(person.bring(files.xlsx([row, files.person(1)])))
    with acting(worker):
        make_client(worker, name="别人丁", id_type="id", id_no=row[4])
    run = person.confirm(run)
    assert (run.created_count, run.refused_count) == (1, 1)
    assert person.faults(run)[2][0][0] == "id_no"


def test_old_numbers_of_15_digits_are_made_18(brings, worker, acting):
    row = files.person(0)
    short = row[4][:6] + row[4][8:17]
    run = brings(worker, "persons").through(files.xlsx([[*row[:4], short, *row[5:]]]))
    assert run.created_count == 1
    with acting(worker):
        assert Client.objects.get().id_no == row[4]


def test_a_mended_error_file_is_taken_and_adds_what_was_missing(brings, worker, acting):
    import io

    from openpyxl import load_workbook

    from departments.services.importing.files import import_take_refused

    good, bad = files.person(0), files.person(1)
    right, bad[4] = bad[4], bad[4][:17]
    person = brings(worker, "persons")
    run = person.through(files.xlsx([good, bad]))
    with acting(worker):
        made = import_take_refused(run=run, by=worker)
    book = load_workbook(io.BytesIO(made.content))
    book.active.cell(2, 5, right)
    target = io.BytesIO()
    book.save(target)
    again = person.through(target.getvalue())
    assert (again.given_count, again.created_count, again.refused_count) == (1, 1, 0)


def test_a_cell_that_an_export_made_harmless_comes_back_as_it_was(brings, worker, acting):
    row = files.person(0)
    row[10] = "'=SUM(A1)"
    brings(worker, "persons").through(files.csv_bytes([row]), name="a.csv")
    with acting(worker):
        assert Episode.objects.get().diagnosis == "=SUM(A1)"


def test_every_encoding_is_read(brings, worker):
    person = brings(worker, "persons")
    for n, (encoding, name) in enumerate(
        [
            ("utf-8", "UTF-8"),
            ("utf-8-sig", "UTF-8"),
            ("gb18030", "GB 18030"),
            ("utf-16", "UTF-16"),
            ("utf-16-le", "UTF-16"),
        ]  # fmt: skip
    ):
        run = person.bring(files.csv_bytes([files.person(n)], encoding=encoding), name="a.csv")
        assert (run.heads, name) == (files.HEADS, name)
        assert person.review(run).valid_count == 1


def test_an_unclosed_quote_refuses_the_file_with_its_line(brings, worker):
    text = files.csv_bytes(files.person(n) for n in range(2000)).decode("utf-8-sig")
    lines = text.split("\r\n")
    lines[500] = lines[500].replace(",", ',"', 1)
    person = brings(worker, "persons")
    run = person.review(person.bring("\r\n".join(lines).encode(), name="a.csv"))
    assert (run.state, run.given_count) == ("refused", 0)
    assert run.refusal == "第 501 行有一个引号没有配对，后面的行连成了一格，请改正。"


# ── what is kept, and for how long ───────────────────────────────────────────


def test_applied_lines_keep_nothing_and_refused_ones_for_a_week(brings, worker, acting):
    from departments.services.importing.sweeping import imports_sweep

    person = brings(worker, "persons")
    run = person.through(
        files.xlsx([files.person(0), [*files.person(1)[:4], "1", *files.person(1)[5:]]])
    )
    with acting(worker):
        kept = dict(ImportRow.objects.filter(run=run).values_list("state", "payload"))
        assert (kept["applied"], kept["refused"] is not None, run.file) == (None, True, None)
        type(run).objects.filter(pk=run.pk).update(expires_at=timezone.now())
    assert imports_sweep() == 1
    with acting(worker):
        assert not ImportRow.objects.filter(run=run, payload__isnull=False).exists()
    assert imports_sweep() == 0


def test_what_nobody_confirms_expires_with_its_file(brings, worker, acting):
    from departments.models.mechanisms import Document
    from departments.services.importing.sweeping import imports_sweep

    person = brings(worker, "persons")
    run = person.review(person.bring(files.xlsx([files.person(0)])))
    with acting(worker):
        type(run).objects.filter(pk=run.pk).update(expires_at=timezone.now())
    imports_sweep()
    run = person.now(run)
    assert (run.state, run.file_id) == ("expired", None)
    with acting(worker):
        assert not Document.objects.filter(subject_kind="importrun").exists()
