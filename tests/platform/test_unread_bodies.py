"""What an answer left unread of a form is read: a connection that breaks off looks like a web server that died."""

import io

import pytest

from msw_portal.serving import LARGEST, reads_to_the_end

HEADS_ALONE = [b"403"]


def _refuses(environ, start_response):
    start_response("403 Forbidden", [])
    return HEADS_ALONE


@pytest.mark.parametrize("size", [0, 500_000, LARGEST])
def test_a_form_refused_unread_is_read_to_its_end(size):
    body, said = io.BytesIO(b"x" * size), []
    answer = reads_to_the_end(_refuses)({"wsgi.input": body}, lambda *words: said.append(words[0]))
    assert (answer, said, body.tell()) == (HEADS_ALONE, ["403 Forbidden"], size)


def test_more_than_the_proxy_lets_through_is_not_read():
    body = io.BytesIO(b"x" * (LARGEST * 2))
    reads_to_the_end(_refuses)({"wsgi.input": body}, lambda *words: None)
    assert body.tell() < LARGEST + 100_000
