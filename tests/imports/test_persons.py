"""Persons and stays from a file: registered, joined, known, or refused with the reason."""

import json

from cases.models.people import Client, Episode
from departments.models.queues import SearchPosting
from departments.models.trail import AuditEntry
from msw_portal.kernel.scope import scope
from tests.cases.test_postings import differing
from tests.factories.cases import make_case
from tests.imports import files


def _counts(run) -> tuple[int, ...]:
    return (
        run.given_count,
        run.created_count,
        run.joined_count,
        run.known_count,
        run.refused_count,
        run.valid_count,
    )


def test_a_file_makes_persons_with_their_stays(brings, worker, acting):
    person = brings(worker, "persons")
    run = person.bring(files.xlsx(files.person(n) for n in range(3)))
    assert run.mapping == {
        "name": 0, "sex": 1, "birth_date": 2, "id_type": 3, "id_no": 4, "phone": 5,
        "mrn": 6, "ward": 7, "bed": 8, "admitted_on": 9, "diagnosis": 10,
    }  # fmt: skip
    run = person.review(run)
    assert (run.state, run.valid_count, person.faults(run)) == ("reviewed", 3, {})
    with acting(worker):
        assert Client.objects.count() == 0
    run = person.confirm(run)
    assert (run.state, _counts(run)) == ("done", (3, 3, 0, 0, 0, 0))
    with acting(worker):
        made = list(Client.objects.order_by("id"))
        assert [one.name for one in made] == [files.name(n) for n in range(3)]
        assert [one.root_id for one in made] == [one.pk for one in made]
        stay = Episode.objects.select_related("ward").get(client=made[0])
        assert (stay.mrn, stay.ward.name, stay.origin, str(stay.admitted_on)) == (
            "ZY0000000", "血液科一病区", "import", "2026-01-10",
        )  # fmt: skip
        assert SearchPosting.objects.filter(object_id=made[0].pk).count() > 5


def test_what_is_written_in_bulk_is_what_one_by_one_writes(brings, worker, acting):
    """Every column but the keys and the times is what client_register and episode_record give."""
    from cases.services.clients import client_register, client_search
    from cases.services.intake import episode_record
    from cases.services.people import grams_of_client
    from departments.models.organizations import Department

    row = files.person(7)
    brings(worker, "persons").through(files.xlsx([row]))
    with acting(worker):
        one = Client.objects.get()
        stay = Episode.objects.get()
        postings = set(
            SearchPosting.objects.filter(object_id=one.pk).values_list("gram", flat=True)
        )
        assert postings == grams_of_client(one, [stay.mrn])
        facts = {
            name: getattr(one, name)
            for name in ("name", "name_masked", "sex", "birth_date", "birth_year", "id_no", "phone")
        }
        # The same person once more, under another document: the numbers must not meet.
        other = {**facts, "id_no": files.id_no(900, born=facts["id_no"][6:14])}
        searched = client_search(name=one.name, id_no=other["id_no"], by=worker)
        twin = client_register(
            name=one.name,
            sex="0",
            id_no=other["id_no"],
            phone=one.phone,
            searched=searched.uid,
            by=worker,
        )
        recorded = episode_record(
            client=twin,
            visit_type=stay.visit_type,
            mrn="ZY7777777",
            ward=Department.objects.get(pk=stay.ward_id),
            bed=stay.bed,
            diagnosis=stay.diagnosis,
            admitted_on=stay.admitted_on,
            origin="import",
            by=worker,
        )
        differs = {"id", "uid", "created_at", "updated_at", "row_version", "root"}
        for made, plain, own in (
            (one, twin, {"id_no", "id_no_bidx", "id_no_bidx2", "sex"}),
            (stay, recorded, {"client", "mrn", "mrn_bidx", "mrn_bidx2"}),
        ):
            plain = type(plain).objects.get(pk=plain.pk)
            for field in made._meta.concrete_fields:
                if field.name not in differs | own:
                    assert getattr(made, field.attname) == getattr(plain, field.attname), field.name
        assert one.id_no_bidx != twin.id_no_bidx
        assert one.sex == ("1" if int(one.id_no[16]) % 2 else "2")


def test_icd_10_codes_are_a_column_and_a_word_among_them_is_refused(brings, worker, acting):
    """In bulk, for a new person and for a further stay of a known one."""
    person, first, second = brings(worker, "persons"), files.person(1), files.person(2)
    again = [*first]
    again[6], again[9] = "ZY7777777", "2026-03-01"
    rows = [[*first, "c91.0，Z51.1"], [*second, "白血病"]]
    heads = [*files.HEADS, "ICD-10编码"]
    run = person.review(person.bring(files.xlsx(rows, heads=heads)))
    ((said,),) = person.faults(run).values()
    assert "“白血病”不是 ICD-10 编码" in str(said)
    assert _counts(person.confirm(run))[1] == 1
    person.confirm(person.review(person.bring(files.xlsx([[*again, "Z51.1"]], heads=heads))))
    with acting(worker):
        codes = [one.diagnosis_codes for one in Episode.objects.order_by("admitted_on")]
        assert codes == [["C91.0", "Z51.1"], ["Z51.1"]]


def test_further_stays_of_known_persons_are_what_one_by_one_writes(brings, worker, acting):
    """Two more stays of one person and one of another, in one batch: rows, postings, audit, and the harm said."""
    rows = [files.person(n) for n in range(2)]
    brings(worker, "persons").through(files.xlsx(rows))
    with acting(worker):
        first = Client.objects.order_by("id").first()
        case = make_case(worker, client=first)
    later = [
        [*rows[0][:6], "ZY9000001", *rows[0][7:9], "2026-10-02", "儿童虐待"],
        [*rows[0][:6], "ZY9000002", *rows[0][7:9], "2026-10-20", rows[0][10]],
        [*rows[1][:6], "ZY9000003", *rows[1][7:9], "2026-10-03", rows[1][10]],
    ]
    run = brings(worker, "persons").through(files.xlsx(later))
    assert _counts(run) == (3, 0, 3, 0, 0, 0)
    with acting(worker):
        assert Client.objects.count() == 2
        stays = Episode.objects.filter(client=first).order_by("admitted_on")
        assert [one.mrn for one in stays][1:] == ["ZY9000001", "ZY9000002"]
        assert differing(worker.house_id) == []
    with scope(org=first.organization_id, role="auditor"):
        bodies = AuditEntry.objects.filter(action="episode.record").values_list("body", flat=True)
        assert sorted(json.loads(body)["admitted_on"] for body in bodies) == [
            "2026-10-02", "2026-10-03", "2026-10-20",
        ]  # fmt: skip
        opened = AuditEntry.objects.filter(action="mandatory_report.open")
        assert opened.count() == 1, case.pk
    once_more = brings(worker, "persons")
    assert once_more.review(once_more.bring(files.xlsx(later))).known_count == 3
