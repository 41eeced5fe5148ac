"""Conditions of the case list that another table answers."""

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q

from cases.models.work import Need


def in_need_of(categories: Iterable[str]) -> Q:
    """The cases with a need of one of the categories; whose cases, the list itself says."""
    return Q(Exists(Need.objects.filter(case=OuterRef("pk"), category__in=list(categories))))
