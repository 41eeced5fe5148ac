"""Which groups of a long navigation stand open by themselves."""

from departments.nav_groups import MOST_OPEN, grouped

NAMES = (
    *(f"cases:list{n}" for n in range(6)),
    *(f"donations:requests{n}" for n in range(5)),
    *(f"calls:{n}" for n in range(4)),
    *(f"reports:{n}" for n in range(3)),
    *(f"departments:other{n}" for n in range(4)),
)


def _open(current: str) -> set[str]:
    shown = [{"name": one, "on_phone": False, "current": one == current} for one in NAMES]
    return {one["name"] for one in grouped(shown, {}) if one.get("is_open", True)}


def test_the_group_of_the_page_stands_open_and_others_make_room_for_it():
    elsewhere, here = _open("cases:list0"), _open("calls:0")
    assert "calls:0" not in elsewhere and "departments:other0" in elsewhere
    assert "calls:0" in here and "departments:other0" not in here
    assert max(len(elsewhere), len(here)) <= MOST_OPEN
