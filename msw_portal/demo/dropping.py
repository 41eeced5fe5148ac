"""What hospital A's own system drops: a client of its own, and one night's file with two lines to mend."""

import csv
import datetime as dt
import os
from pathlib import Path

from django.conf import settings

from cases.models.people import Episode
from cases.permissions import EPISODES_SCOPE
from cases.services.feeds.drops import folder_of
from departments.models.organizations import Organization
from departments.models.people import ApiClient, User
from departments.services.api_clients import client_make
from departments.services.demo_access import demo_client_of
from departments.services.entering import house_scope
from msw_portal.demo.patients import MARK
from msw_portal.demo.telling import acting

NAME = "医院信息系统（演示）"
HEADS = ("病案号", "更新时间", "姓名", "出生日期", "科室", "床号", "入院日期")
KNOWN = 8  # stays in bed that the file speaks of
MOVED = 2  # of which the system has another bed than the worker wrote


def client(house: Organization) -> ApiClient:
    """The client of the hospital's system, with the one scope it has; in an open scope of the house."""
    client_id, secret = demo_client_of(house)
    return client_make(
        organization=house,
        name=NAME,
        scopes=[EPISODES_SCOPE],
        duties=[],
        approve_limit=None,
        contact="demo",
        client_id=client_id,
        secret=secret,
        by=None,
    )


def drop(house: Organization, worker: User, today: dt.date) -> None:
    """Put the night's file into the client's folder, for the worker process to read; nothing where none is set up."""
    if settings.EPISODE_DROPS is None:
        return
    with house_scope(house.pk):
        own = ApiClient.objects.get(organization=house, user__display_name=NAME)
    with acting(worker):
        stays = list(
            Episode.objects.visible_to(worker)
            .filter(ward__isnull=False, discharged_on__isnull=True, mrn_bidx__isnull=False)
            .exclude(bed="")
            .select_related("ward")
            .order_by("-admitted_on", "-id")[:KNOWN]
        )
        rows = [_line(stay, today, is_moved=n < MOVED) for n, stay in enumerate(stays)]
    folder = folder_of(own.uid)
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / f"{today:%Y-%m-%d} 在院.csv", rows + _new(rows, today))


def _line(stay: Episode, today: dt.date, *, is_moved: bool) -> tuple[str, ...]:
    bed = f"加{stay.bed}" if is_moved else stay.bed
    since = stay.admitted_on.isoformat() if stay.admitted_on else ""
    return (stay.mrn or "", f"{today:%Y-%m-%d} 05:40:00", "", "", stay.ward.name, bed, since)


def _new(rows: list[tuple[str, ...]], today: dt.date) -> list[tuple[str, ...]]:
    """One more patient, and two lines that cannot be taken as they stand."""
    ward, since = (rows[0][4] if rows else ""), (today - dt.timedelta(days=1)).isoformat()
    known, at = f"{today:%Y-%m-%d} 05:41:00", "昨天夜里"
    return [
        ("ZY-D-0001", known, f"文示例{MARK}", "1966-04-12", ward, "41", since),
        ("ZY-D-0002", known, f"齐示例{MARK}", "1971-10-02", "日间病房（未建）", "3", since),
        ("ZY-D-0003", at, f"康示例{MARK}", "1959-01-30", ward, "42", since),
    ]


def _write(path: Path, rows: list[tuple[str, ...]]) -> None:
    half = path.with_suffix(".part")
    with open(half, "w", encoding="gb18030", errors="replace", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(HEADS)
        lines.writerows(rows)
    os.replace(half, path)
