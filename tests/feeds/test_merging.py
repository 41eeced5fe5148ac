"""The end is the same in whatever order deliveries of one fact come, and a person has the last word."""

from hypothesis import given
from hypothesis import strategies as st

from cases.services.feeds.merging import Fate, settled

said = st.lists(
    st.tuples(st.sampled_from("12345"), st.sampled_from([None, "a", "b", "c"])), max_size=6
)


def _shown(deliveries) -> str | None:
    register, now = {}, None
    for at, value in deliveries:
        if settled(register, "bed", value, at=at, now=now) == Fate.CHANGED:
            now = value
    return now


@given(said.flatmap(lambda one: st.tuples(st.just(one), st.permutations([*one, *one[:2]]))))
def test_every_order_of_deliveries_ends_with_the_same_value(orders):
    assert _shown(orders[0]) == _shown(orders[1])


@given(said)
def test_what_a_person_wrote_is_never_changed(deliveries):
    register = {}
    for at, value in deliveries:
        assert settled(register, "bed", value, at=at, now="typed") in (Fate.KEPT, Fate.OLDER)


def test_what_a_person_emptied_stays_empty_until_the_system_says_something_else():
    register = {}
    assert settled(register, "bed", "1", at="1", now=None) == Fate.CHANGED
    assert settled(register, "bed", "1", at="2", now="") == Fate.KEPT
    assert settled(register, "bed", "2", at="3", now="") == Fate.CHANGED
    assert settled(register, "bed", "2", at="3", now="2") == Fate.SAME
