"""Pages leave compressed to their own readers, and as they are where another site might count their bytes."""

import gzip

import pytest

GZIP = {"Accept-Encoding": "gzip, deflate, br"}


@pytest.mark.parametrize("site", ["same-origin", "none"])
def test_a_page_asked_by_its_own_reader_is_packed(client_for, worker, site):
    client = client_for(worker)
    plain = client.get("/cases/")
    packed = client.get("/cases/", headers={**GZIP, "Sec-Fetch-Site": site})
    assert packed["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed["Vary"]
    page = gzip.decompress(packed.content).decode()
    assert "</html>" in page
    assert page.count("<a ") == plain.content.decode().count("<a ")
    assert len(packed.content) * 3 < len(plain.content)
    assert int(packed["Content-Length"]) == len(packed.content)


@pytest.mark.parametrize("site", ["cross-site", "same-site", None])
def test_what_another_site_asks_with_our_cookie_is_not(client_for, worker, site):
    said = {"Sec-Fetch-Site": site} if site else {}
    answer = client_for(worker).get("/cases/", headers={**GZIP, **said})
    assert answer.status_code == 200
    assert not answer.has_header("Content-Encoding")


def test_without_a_session_there_is_no_secret_and_a_public_page_is_packed(db, client):
    answer = client.get("/", headers={**GZIP, "Sec-Fetch-Site": "cross-site"}, follow=True)
    assert answer["Content-Encoding"] == "gzip"


def test_who_does_not_say_that_it_unpacks_gets_the_page_as_it_is(client_for, worker):
    answer = client_for(worker).get("/cases/", headers={"Sec-Fetch-Site": "same-origin"})
    assert not answer.has_header("Content-Encoding")


def test_the_length_of_the_same_page_is_not_the_same_twice(client_for, worker):
    """Random bytes in the head of the stream, so that a byte more or less in the page does not show."""
    client = client_for(worker)
    asked = {**GZIP, "Sec-Fetch-Site": "same-origin"}
    assert len({len(client.get("/cases/", headers=asked).content) for _time in range(8)}) > 1
