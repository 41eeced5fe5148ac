"""A reader for whom the lists of a page are prepared: a role and the numbers of a scope, no more."""

from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any, NamedTuple

from django.utils import timezone

from departments.models.people import User
from msw_portal.kernel.prepared import Lists, bare, together_again

NAMED = "compartment "


class Shape(NamedTuple):
    """What code looks at when it decides what somebody may see."""

    role: str
    organization_kind: str
    is_training: bool


def shape_of(user: User) -> Shape:
    acting = user.acting
    return Shape(acting.role, acting.organization_kind, acting.is_training)


def facts_of(user: User) -> dict[str, tuple[str, Any]]:
    """What the walls ask of somebody who acts in a role, by name."""
    acting = user.acting
    named = enumerate(acting.compartments)
    return {
        "user": ("user", user.pk),
        "house": ("house", acting.organization_id),
        "department": ("department", acting.department_id),
        "region": ("region", acting.region_id),
        "glass": ("compartment", acting.glass),
        **{f"{NAMED}{n}": ("compartment", one) for n, one in named},
    }


def stand_in(shape: Shape, values: Mapping[str, Any]) -> User:
    """Somebody with these facts; whatever else is asked of the membership is not there."""
    user = bare(User, id=values["user"])
    user.acting = SimpleNamespace(
        **shape._asdict(),
        organization_id=values["house"],
        department_id=values["department"],
        region_id=values["region"],
        compartments=tuple(value for name, value in values.items() if name.startswith(NAMED)),
        glass=values["glass"],
    )
    return user


def lists_of_reader(name: str, lists: Callable[[User], Lists], user: User) -> Lists:
    """What `lists` makes for a reader alone, asked in one statement that was put together before."""
    shape = shape_of(user)
    return together_again(
        (name, shape, timezone.localdate()),
        facts_of(user),
        lambda values: lists(stand_in(shape, values)),
        lambda: lists(user),
    )
