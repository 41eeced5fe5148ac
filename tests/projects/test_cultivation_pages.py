"""The pages of projects: what each side sees, constant queries, forms that keep what was typed."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories.cultivation import one_of_each


@pytest.fixture
def each(authority, head):
    return one_of_each(authority, head)


def _count(client, address):
    client.get(address)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


def test_every_page_of_a_side_opens_in_both_languages(each, client_for, head, authority):
    pages = [f"/projects/{each[kind].uid}/" for kind in each if kind.endswith("project")]
    pages += [f"/projects/{each['project'].uid}/links/{what}/" for what in ("group", "activity")]
    pages += [
        f"/projects/{each['project'].uid}/links/{what}/" for what in ("service_record", "case")
    ]
    for user in (head, authority):
        client = client_for(user)
        for page in ("/projects/", "/projects/base/", "/projects/?show=all&q=演示", *pages):
            status = client.get(page).status_code
            allowed = {404, 200} if "programme" in page or user is head else {200, 403}
            assert status in allowed, (user, page, status)
