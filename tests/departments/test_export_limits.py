"""What bounds taking data out: an archive under a password for who is who, and so many files a day."""

import datetime as dt
import io

import pytest
import pyzipper
from django.utils import timezone
from psycopg2.extras import DateRange

from departments.models.organizations import DatedRule
from departments.services import rate
from departments.services.export_limits import export_count, password_of
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.scope import INSTALLATION, scope
from tests.factories.archives import key_of, unlocked
from tests.factories.cases import make_case, make_client

CLEAR = {"suffix": "csv", "in_clear": "on", "reason": "年度个案质量抽查，主任核对身份"}
ADDRESS = "/cases/export/?worker=all"


@pytest.fixture
def known(db, worker, acting):
    with acting(worker):
        make_case(worker, client=make_client(worker, name="演示丙"))


def _limit(**params):
    with scope(org=INSTALLATION, role="sysadmin"):
        DatedRule.objects.create(
            kind="export_limit",
            params=params,
            valid=DateRange(timezone.localdate() - dt.timedelta(days=1), None),
        )


def test_a_file_in_clear_opens_with_the_password_of_the_page_and_no_other(known, head, client_for):
    client = client_for(head)
    password, token = key_of(client.get(ADDRESS).content.decode())
    answer = client.post(ADDRESS, {**CLEAR, "key": token})
    content = b"".join(answer)
    assert ("演示丙".encode() in content, password.encode() in content) == (False, False)
    with pyzipper.AESZipFile(io.BytesIO(content)) as archive:
        (one,) = archive.infolist()
        assert (one.filename, one.is_encrypted, one.wz_aes_strength) == ("cases.csv", True, 3)
        archive.setpassword(b"aaaa-bbbb-cccc-dddd")
        with pytest.raises(RuntimeError, match="Bad password"):
            archive.read("cases.csv")
        archive.setpassword(password.encode())
        assert "演示丙" in archive.read("cases.csv").decode("utf-8-sig")


def test_every_page_shows_a_password_of_its_own(known, head, client_for):
    first, second = (key_of(client_for(head).get(ADDRESS).content.decode()) for _n in range(2))
    assert first[0] != second[0]
    assert password_of(first[1]) == first[0]


def test_a_file_in_clear_without_a_shown_password_is_refused_and_a_new_one_shown(
    known, head, client_for
):
    answer = client_for(head).post(ADDRESS, {**CLEAR, "key": "made-up"})
    page = answer.content.decode()
    assert (answer.status_code, "密码已过期" in page) == (422, True)
    password, token = key_of(page)
    assert password_of(token) == password


def test_a_refused_form_keeps_the_password_that_was_written_down(known, head, client_for):
    client = client_for(head)
    shown = key_of(client.get(ADDRESS).content.decode())
    again = client.post(ADDRESS, {**CLEAR, "reason": "看看", "key": shown[1]})
    assert (again.status_code, key_of(again.content.decode())) == (422, shown)


def test_masked_files_need_no_password(known, worker, client_for):
    assert client_for(worker).post("/cases/export/", {"suffix": "csv"})["Content-Type"] == (
        "text/csv; charset=utf-8"
    )


def test_a_person_takes_out_so_many_files_a_day_and_others_theirs(
    known, worker, worker2, client_for
):
    _limit(per_day=2)
    asked = {"suffix": "csv"}
    codes = [client_for(worker).post("/cases/export/", asked).status_code for _n in range(3)]
    refused = client_for(worker).post("/cases/export/", asked)
    assert (codes, "今天已导出 2 份" in refused.content.decode()) == ([200, 200, 422], True)
    assert client_for(worker2).post("/cases/export/", asked).status_code == 200


def test_the_limit_holds_for_the_whole_local_day_and_no_longer(known, worker, acting, monkeypatch):
    """At eight in the morning in China a day of UTC ends; the hourly sweep runs in between too."""
    _limit(per_day=2)

    def at(hour: int, day: int = 3) -> bool:
        now = dt.datetime(2026, 12, day, hour, 5, tzinfo=timezone.get_default_timezone())
        monkeypatch.setattr(timezone, "now", lambda: now)

        def clock(window: int) -> dt.datetime:
            return dt.datetime.fromtimestamp(now.timestamp() // window * window, dt.UTC)

        # tests/conftest.py holds the windows of the clock still.
        monkeypatch.setattr(rate, "_window_start", clock)
        try:
            export_count(in_clear=False, by=worker)
        except DomainError:
            return False
        return True

    with acting(worker):
        taken = [at(7), at(9), at(9), at(23)]
        assert (taken, at(0, day=4)) == ([True, True, False, False], True)


def test_files_in_clear_have_a_limit_of_their_own(known, head, client_for):
    _limit(per_day=9, in_clear_per_day=1)
    assert len(unlocked(client_for(head), ADDRESS, CLEAR)) == 2
    _password, token = key_of(client_for(head).get(ADDRESS).content.decode())
    assert client_for(head).post(ADDRESS, {**CLEAR, "key": token}).status_code == 422
    assert client_for(head).post(ADDRESS, {"suffix": "csv"}).status_code == 200
