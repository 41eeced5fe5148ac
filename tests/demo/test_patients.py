"""Invented patients, as they are drawn."""

import datetime as dt

from msw_portal.demo.dice import Dice
from msw_portal.demo.patients import patient

DRAWN_ON = dt.date(2026, 3, 1)


def test_who_comes_of_age_before_registration_has_no_guardian():
    drawn = (
        patient(Dice("guarded", n), house=1, serial=n, ages=(16, 17), on=DRAWN_ON)
        for n in range(60)
    )
    young = next(one for one in drawn if one.age_on(DRAWN_ON) == 17)
    birthday = young.born.replace(year=young.born.year + 18)
    mother = young.relatives[0]
    assert young.is_guarded_by(mother, birthday - dt.timedelta(days=1))
    assert not young.is_guarded_by(mother, birthday)
