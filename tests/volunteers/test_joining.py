"""An application without an account: by the poster's code, into the list of those to be reviewed."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from departments.models.doors import InboxItem
from departments.models.mechanisms import Task
from departments.services.entering import member_scope
from volunteers.models.people import Volunteer
from volunteers.services.joining import applications_sweep, join_door_make

APPLICANT = {
    "name": "演示赵六",
    "sex": "2",
    "id_type": "id",
    "id_no": "11010519491231002X",
    "phone": "13900001111",
    "source": "society",
    "skills": ["company"],
    "availability": ["6-am"],
    "agrees": "on",
}


@pytest.fixture
def made(own_database, coordinator):
    with member_scope(coordinator, coordinator.membership.uid):
        return join_door_make(by=coordinator)


def _files(coordinator) -> list[tuple[str, str, bool]]:
    with member_scope(coordinator, coordinator.membership.uid):
        return [(one.name, one.state, one.agreed_at is not None) for one in Volunteer.objects.all()]


def test_somebody_applies_by_the_poster_and_nobody_twice(made, coordinator, client_for):
    page, address = Client(), f"/join/{made.token}/"
    assert page.get(address).status_code == 200
    refused = page.post(address, APPLICANT | {"agrees": "", "phone": "139"})
    text = refused.content.decode()
    assert refused.status_code == 422 and "要您同意" in text and "手机为 11 位" in text
    assert 'value="演示赵六"' in text
    young = page.post(
        address, APPLICANT | {"id_type": "none", "id_no": "", "birth_date": "2020-01-01"}
    )
    assert young.status_code == 422 and "要年满 14 周岁" in young.content.decode()
    assert "谢谢您报名" in page.post(address, APPLICANT).content.decode()
    assert _files(coordinator) == [("演示赵六", "applied", True)]
    # Who has a file already gets the same answer, and no second file.
    again = page.post(address, APPLICANT | {"name": "演示赵六六"})
    assert again.status_code == 200 and "谢谢您报名" in again.content.decode()
    assert len(_files(coordinator)) == 1
    with member_scope(coordinator, coordinator.membership.uid):
        assert Task.objects.filter(kind="volunteer_review", state="open").count() == 1
        assert set(InboxItem.objects.values_list("state", flat=True)) == {"promoted"}
        InboxItem.objects.update(state="new", promoted_uid=None)
    assert applications_sweep() == 0  # too young to be a stray
    assert page.get("/join/unknown-token/").status_code == 404
    desk = client_for(coordinator)
    made_page = desk.post(reverse("volunteers:poster_make")).content.decode()
    token = re.search(r'name="token" value="([^"]+)"', made_page)[1]
    paper = desk.post(reverse("volunteers:poster_print"), {"token": token})
    assert paper.content.startswith(b"%PDF")
    assert page.get(address).status_code == 404  # the older code stopped at once
