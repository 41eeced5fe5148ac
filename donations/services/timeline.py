"""The course of a request in one line of time, each entry on the side of the house that made it."""

from typing import Any

from donations.services.detail import Detail
from donations.workflow import DisbursementState

HOSPITAL, FOUNDATION = "hospital", "foundation"
# Steps of the asking side; every other is the foundation's.
OF_HOSPITAL = frozenset(
    {
        "submit",
        "supplement",
        "assess",
        "opine",
        "withdraw",
        "hold",
        "resume",
        "sign",
        "confirm",
        "revisit",
    }
)


def _entry(at: Any, side: str, kind: str, step: str, **more: Any) -> dict[str, Any]:
    return {"at": at, "side": side, "kind": kind, "step": step} | {
        "state": None,
        "amount": None,
        "uid": None,
        **more,
    }


def timeline_of(found: Detail) -> list[dict[str, Any]]:
    """Moves, opinions, messages and payouts, the oldest first; no text of any of them."""
    entries = [
        _entry(row["at"], _side(row["step"]), "move", row["step"], state=row["to_state"])
        for row in found.history
    ]
    moved = {row["step"] for row in found.history}
    entries += [
        _entry(row["at"], _side(row["step"]), "opinion", row["step"], amount=row["amount"])
        for row in found.acts
        if row["step"] not in moved or row["opinion"] or row["amount"] is not None
    ]
    entries += [
        _entry(row["at"], row["side"], "message", "message", uid=row["uid"])
        for row in found.messages
    ]
    entries += [
        _entry(
            row["released_at"],
            FOUNDATION,
            "payout",
            DisbursementState.RELEASED,
            amount=row["amount"],
            uid=row["uid"],
        )
        for row in found.disbursements
        if row["released_at"] is not None
    ]
    return sorted(entries, key=lambda entry: entry["at"])


def _side(step: str) -> str:
    return HOSPITAL if step in OF_HOSPITAL else FOUNDATION
