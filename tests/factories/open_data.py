"""Released tables as tests need them."""

import datetime as dt
from typing import Any

from departments.models.people import User
from reports.models import OpenTable
from reports.services.open_data.releasing import database_now


def make_open_table(by: User, **given: Any) -> OpenTable:
    """A table of closed cases that the house of `by` released to everybody: one cell shown, one hidden."""
    values = {
        "code": "cases_closed",
        "grain": OpenTable.Grain.QUARTER,
        "first": dt.date(2026, 1, 1),
        "last": dt.date(2026, 3, 31),
        "least": 10,
        "dims": [
            {
                "name": "source",
                "label": "个案来源",
                "codes": [["outreach", "社工主动发现"], ["other", "其他"]],
            }
        ],
        "cells": [["outreach", 12, None], ["other", None, None], ["*", None, None]],
        "content_hash": "0" * 64,
        "visible_from": database_now(),
        **given,
    }
    return OpenTable.objects.create(organization_id=by.house_id, created_by=by, **values)
