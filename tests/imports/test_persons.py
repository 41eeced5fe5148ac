"""Persons and stays from a file: registered, joined, known, or refused with the reason."""

from cases.models.people import Client, Episode
from departments.models.queues import SearchPosting
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
