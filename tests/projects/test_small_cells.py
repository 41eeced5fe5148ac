"""No hidden count can be worked out from what is shown."""

import itertools
import random

from projects.services.small_cells import SMALLEST, is_small, shown_column, shown_pair, shown_table


def fits_column(shown, total):
    """Every way to fill the hidden cells that the reader could think of."""
    holes = [row for row, count in enumerate(shown) if count is None]
    left = total - sum(count for count in shown if count is not None)
    return [
        dict(zip(holes, guess, strict=True))
        for guess in itertools.product(range(left + 1), repeat=len(holes))
        if sum(guess) == left
    ]


def test_a_small_cell_is_never_shown_and_never_follows_from_the_others():
    seeded = random.Random(66)
    for _round in range(150):
        counts = [seeded.choice([0, 0, 1, 2, 4, 5, 9]) for _cell in range(seeded.randint(2, 4))]
        shown = shown_column(counts)
        assert all(a is None or a == b for a, b in zip(shown, counts, strict=True))
        assert not any(count is not None and is_small(count) for count in shown)
        if None not in shown or sum(counts) < SMALLEST:
            continue
        guesses = fits_column(shown, sum(counts))
        for row, count in enumerate(counts):
            if shown[row] is None and is_small(count):
                assert len({guess[row] for guess in guesses}) > 1, (counts, shown)


def test_two_small_cells_alone_would_be_known_so_a_third_is_hidden():
    assert shown_column([1, 1, 45]) == [None, None, None]
    assert shown_column([3, 4, 40]) == [None, None, 40]
    assert shown_column([2, 20, 25]) == [None, None, 25]
    assert shown_column([0, 20, 27]) == [0, 20, 27]
    assert shown_pair(45, 47) is None
    assert shown_pair(42, 47) == 42


def test_in_a_table_every_line_with_a_hidden_cell_has_two_of_them():
    seeded = random.Random(47)
    for _round in range(200):
        rows, columns = seeded.randint(2, 4), seeded.randint(2, 3)
        counts = [[seeded.randint(0, 9) for _c in range(columns)] for _r in range(rows)]
        cells, totals = shown_table(counts)
        for line in cells:
            assert not any(count is not None and is_small(count) for count in line)
        for row, line in enumerate(cells):
            assert [*line, totals[row]].count(None) != 1, counts
        for column in range(columns):
            assert [line[column] for line in cells].count(None) != 1, counts
        assert totals.count(None) != 1
