"""What a dashboard and a monthly report share: the codes of cases and aid, and the dashboard itself."""

from reports.services.boards.board import Dashboard, dashboard_of
from reports.services.boards.casework import OPEN_STAGES
from reports.services.boards.facts import MEDIAN, NINETIETH, Tile

CODES = (
    *("case_open", "case_pending", "case_new", "case_closed"),
    *("response_hours", "need_found"),
)
AID = ("aid_asked", "aid_approved", "aid_paid", "aid_open")

__all__ = [
    "AID",
    "CODES",
    "MEDIAN",
    "NINETIETH",
    "OPEN_STAGES",
    "Dashboard",
    "Tile",
    "dashboard_of",
]
