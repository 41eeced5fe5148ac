"""What lists and proofs say of records that were merged or may be one person."""

import datetime as dt

import pytest

from cases.services.duplicates import duplicate_report, duplicates_find
from cases.services.merging import clients_merge
from cases.services.proving import twins_prove
from departments.models.queues import SearchPosting
from departments.services.searching import KINDS
from tests.factories import cases as make

pytestmark = pytest.mark.django_db


def test_lists_and_exports_name_the_record_that_stands_for_both(
    worker, supervisor, acting, client_for
):
    with acting(worker):
        kept = make.make_client(worker, name="欧阳演示", phone="13800138000")
        given = make.make_client(worker, name="演示甲")
        stay = make.make_episode(given, worker, mrn="M2")
        make.make_case(worker, client=given, stage="intervention", episode=stay)
        pair = duplicate_report(client=kept, who="M2", note="苏醒后说出姓名", by=worker)
    own = client_for(worker)
    assert given.name_masked in own.get("/cases/").content.decode()
    with acting(supervisor):
        clients_merge(pair=pair, name="first", by=supervisor)
    page = own.get("/cases/").content.decode()
    assert kept.name_masked in page and given.name_masked not in page
    assert f"/cases/people/{kept.uid}/reveal/" in page
    made = own.post("/cases/export/", {"suffix": "csv"})
    assert made.status_code == 200, made.content.decode()[:500]
    text = (
        b"".join(made).decode("utf-8-sig") if made.streaming else made.content.decode("utf-8-sig")
    )
    assert kept.name_masked in text and given.name_masked not in text


def test_the_keys_of_doubles_are_proven_as_far_as_the_comparison_has_come(worker, acting):
    with acting(worker):
        for name in ("演示甲乙", "演示丙丁"):
            make.make_client(worker, name=name, birth_date=dt.date(1980, 5, 1))
    with acting(worker):
        assert twins_prove().checked == 0
    duplicates_find(settled=dt.timedelta())
    with acting(worker):
        assert (twins_prove().checked, twins_prove().differences) == (2, ())
        lost = SearchPosting.objects.filter(kind=KINDS["twin"]).first()
        SearchPosting.objects.filter(pk=lost.pk).delete()
        assert len(twins_prove().differences) == 1
        # Changed since: its turn comes with the next comparison, until then nothing is claimed.
        changed = make.make_client(worker, name="演示戊己")
        assert changed.pk and twins_prove().checked == 2
