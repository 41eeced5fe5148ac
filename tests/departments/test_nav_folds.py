"""A head's navigation is longer than a window: what is seldom needed is folded, and stays as one left it."""

import re


def _folds(page: str) -> dict[str, bool]:
    found = re.findall(r'data-nav-fold="\d+"( open)?><summary class="nav__group">([^<]+)<', page)
    return {heading: bool(is_open) for is_open, heading in found}


def _number(page: str, heading: str) -> str:
    return re.search(rf'data-nav-fold="(\d+)"[^>]*><summary class="nav__group">{heading}<', page)[1]


def test_a_head_sees_the_daily_groups_open_and_the_others_folded(db, head, client_for):
    folds = _folds(client_for(head).get("/workbench/").content.decode())
    assert folds["项目"] is False
    assert folds["统计报表"] is True
    assert "服务" not in folds


def test_the_group_of_the_page_stands_open(db, head, client_for):
    folds = _folds(client_for(head).get("/projects/registers/").content.decode())
    assert folds["项目"] is True


def test_what_was_opened_and_folded_by_hand_stays_so(db, head, client_for):
    client = client_for(head)
    page = client.get("/workbench/").content.decode()
    client.cookies[f"fold{_number(page, '项目')}"] = "o"
    client.cookies[f"__Host-fold{_number(page, '统计报表')}"] = "f"
    client.cookies["fold99"] = "<x>"
    folds = _folds(client.get("/workbench/").content.decode())
    assert (folds["项目"], folds["统计报表"]) == (True, False)


def test_a_worker_has_nothing_to_unfold(db, worker, client_for):
    page = client_for(worker).get("/workbench/").content.decode()
    assert _folds(page) == {}
    assert '<li class="nav__group">项目</li>' in page
