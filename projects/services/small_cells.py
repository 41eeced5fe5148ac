"""Counts of people that may be shown: cells of one to four are hidden, and so much more that none can be worked out.

In every line of a table (its cells and its total) the hidden cells are at least two, and together at
least five, so that neither a subtraction nor the knowledge that each is small gives one away.
"""

from collections.abc import Iterator, Mapping, Sequence

SMALLEST = 5
Place = tuple[int, int]


def is_small(count: int) -> bool:
    """One to four people: a cell in which somebody could be found."""
    return 0 < count < SMALLEST


def shown_column(counts: Sequence[int]) -> list[int | None]:
    """The counts of one question's answers, None where hidden; their sum is known to the reader."""
    hidden = _hidden([[count] for count in counts], with_row_totals=False)
    return [None if (row, 0) in hidden else count for row, count in enumerate(counts)]


def shown_pair(chosen: int, asked: int) -> int | None:
    """How many of those asked chose something; None where they, or the others, are few."""
    return None if is_small(chosen) or is_small(asked - chosen) else chosen


def shown_table(counts: Sequence[Sequence[int]]) -> tuple[list[list[int | None]], list[int | None]]:
    """Answers (rows) by groups (columns) and the rows' totals, None where hidden.

    The totals are hidden where the one-question table hides them; the sizes of the groups count as known.
    """
    totals = shown_column([sum(row) for row in counts])
    whole = [[*row, sum(row)] for row in counts]
    last = len(whole[0]) - 1 if whole else 0
    known = {(row, last) for row, total in enumerate(totals) if total is None}
    hidden = _hidden(whole, with_row_totals=True, first=known)
    cells = [
        [None if (row, column) in hidden else count for column, count in enumerate(line[:-1])]
        for row, line in enumerate(whole)
    ]
    return cells, [None if (row, last) in hidden else line[-1] for row, line in enumerate(whole)]


def _hidden(
    table: Sequence[Sequence[int]], *, with_row_totals: bool, first: set[Place] = frozenset()
) -> set[Place]:
    value = {
        (row, column): count for row, line in enumerate(table) for column, count in enumerate(line)
    }
    hidden = set(first) | {place for place, count in value.items() if is_small(count)}
    changed = True
    while changed:
        changed = False
        for line in _lines(table, with_row_totals=with_row_totals):
            found = [place for place in line if place in hidden]
            # A total stands for the cells it is made of: counted apart it would promise too much.
            parts = [place for place in found if not with_row_totals or not _is_total(place, table)]
            weak = len(found) < 2 or sum(value[place] for place in parts or found) < SMALLEST
            if found and weak and (more := _next(line, hidden, value, table, with_row_totals)):
                hidden.add(more)
                changed = True
    return hidden


def _is_total(place: Place, table: Sequence[Sequence[int]]) -> bool:
    return place[1] == len(table[0]) - 1


def _lines(table: Sequence[Sequence[int]], *, with_row_totals: bool) -> Iterator[list[Place]]:
    """The places that add up to something the reader knows or sees."""
    for column in range(len(table[0]) if table else 0):
        yield [(row, column) for row in range(len(table))]
    if with_row_totals:
        for row, line in enumerate(table):
            yield [(row, column) for column in range(len(line))]


def _next(
    line: Sequence[Place],
    hidden: set[Place],
    value: Mapping[Place, int],
    table: Sequence[Sequence[int]],
    with_row_totals: bool,
) -> Place | None:
    """The smallest cell still shown, one with people in it first, a total last."""
    left = [place for place in line if place not in hidden]
    return min(
        left,
        key=lambda place: (
            with_row_totals and _is_total(place, table),
            value[place] == 0,
            value[place],
        ),
        default=None,
    )
