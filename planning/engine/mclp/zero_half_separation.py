"""Odd sets of rows that are nearly tight and nearly cancel out: what zero-half cuts are made of.

Rows of whole numbers stand here without their sizes: which columns have an odd coefficient, whether
the right-hand side is odd, and how much slack the row has at a fractional point. Half the sum of a
set of rows, rounded down, is cut off by the point when the sum of the right-hand sides is odd and

    sum of the rows' slack + sum of the weights of the columns that are odd in the sum < 1

(Caprara and Fischetti 1996). The least such set is hard to find; here every row grows one: the best
triple around it, then rows are exchanged and pairs added as long as the sum falls. Counted steps,
not seconds, end the search.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from geo.compiled import compiled

if TYPE_CHECKING:
    import scipy.sparse as sp

Ints = npt.NDArray[Any]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

# A triple is worth growing when its sum is below this: pairs that are added bring it below 1.
GROWN_BELOW = 1.5
# So many first rows of a pair are tried when a pair is added.
MAX_FIRST = 24
# A row that is in so many sets below 1 grows none of its own.
ENOUGH = 2
# A set that is smaller by less than this is not smaller.
NOTABLE = 1e-9


class OddRows(NamedTuple):
    """Rows modulo 2 at a point, compressed by row and by column.

    ``row_offset`` int64[n_rows+1], ``row_column``; ``column_offset`` int64[n_columns+1],
    ``column_row``; ``column_weight`` float64[n_columns] what an odd column adds to a sum;
    ``slack`` and ``weight`` float64[n_rows] a row's slack and the weights of its columns together;
    ``is_odd`` int8[n_rows] whether its right-hand side counts as odd.
    """

    row_offset: Ints
    row_column: Ints
    column_offset: Ints
    column_row: Ints
    column_weight: Floats
    slack: Floats
    weight: Floats
    is_odd: Ints


class OddSets(NamedTuple):
    """``rows`` int64[n_rows, most]: for each row the set that grew from it, -1 where it ends.

    ``total`` float64[n_rows]: slack and odd columns' weights together, 2 where no set was found.
    ``steps`` is the work that was done.
    """

    rows: Ints
    total: Floats
    steps: int


class _Hand(NamedTuple):
    """What one growing set needs; all zero between two sets."""

    parity: Ints
    inside: Bools
    first: Floats
    second: Floats
    reached_first: Ints
    reached_second: Ints
    members: Ints


def odd_rows(
    matrix: sp.csr_array, *, column_weight: Floats, slack: Floats, is_odd: Ints
) -> OddRows:
    """Arrange rows for the search; ``matrix`` has an entry where a coefficient is odd."""
    by_column = matrix.T.tocsr()
    return OddRows(
        row_offset=matrix.indptr.astype(np.int64),
        row_column=matrix.indices.astype(np.int64),
        column_offset=by_column.indptr.astype(np.int64),
        column_row=by_column.indices.astype(np.int64),
        column_weight=column_weight,
        slack=slack,
        weight=np.asarray(matrix.astype(np.bool_).astype(np.float64) @ column_weight),
        is_odd=is_odd.astype(np.int64),
    )


def find_odd_sets(rows: OddRows, order: Ints, *, most: int, budget: int) -> OddSets:
    """Grow a set from each row of ``order`` until about ``budget`` steps are used up."""
    members, total, steps = _grow_all(rows, order.astype(np.int64), most, budget)
    return OddSets(members, total, int(steps))


@compiled
def _flip(rows: OddRows, row: int, parity: Ints) -> float:
    """Add a row to a sum modulo 2; returns what that adds to the odd columns' weight."""
    change = 0.0
    for k in range(rows.row_offset[row], rows.row_offset[row + 1]):
        column = rows.row_column[k]
        # an even column becomes odd and counts, an odd one the reverse
        if parity[column] == 0:
            change += rows.column_weight[column]
            parity[column] = 1
        else:
            change -= rows.column_weight[column]
            parity[column] = 0
    return change


@compiled
def _overlaps(  # noqa: PLR0917 - compiled: positional only
    rows: OddRows, members: Ints, n: int, parity: Ints, overlap: Floats, reached: Ints
) -> tuple[int, int]:
    """Weigh for each row the odd columns of the sum that it has too.

    Returns how many rows it has ``reached``, and the steps taken.
    """
    n_reached, steps = 0, 0
    # each odd column of the sum once, and every row that has it
    for s in range(n):
        for k in range(rows.row_offset[members[s]], rows.row_offset[members[s] + 1]):
            column = rows.row_column[k]
            if parity[column] != 1:
                continue
            parity[column] = 2  # seen
            for q in range(rows.column_offset[column], rows.column_offset[column + 1]):
                row = rows.column_row[q]
                if overlap[row] == 0.0:
                    reached[n_reached] = row
                    n_reached += 1
                overlap[row] += rows.column_weight[column]
            steps += rows.column_offset[column + 1] - rows.column_offset[column]
    # wipe the marks
    for s in range(n):
        for k in range(rows.row_offset[members[s]], rows.row_offset[members[s] + 1]):
            if parity[rows.row_column[k]] == 2:  # noqa: PLR2004 - the mark of above
                parity[rows.row_column[k]] = 1
    return n_reached, steps + n_reached


@compiled
def _best_triple(rows: OddRows, start: int, hand: _Hand) -> tuple[float, int]:
    """Find the best odd triple with ``start``; it stands in ``hand.members`` when below 1.5."""
    best, second, third = GROWN_BELOW, -1, -1
    members = hand.members
    members[0] = start
    # the sum of the first row, and the rows that share a column with it
    base = rows.slack[start] + _flip(rows, start, hand.parity)
    n_first, steps = _overlaps(rows, members, 1, hand.parity, hand.first, hand.reached_first)
    for q in range(n_first):
        b = hand.reached_first[q]
        # with b: columns of both cancel out, twice their weight
        pair = base + rows.slack[b] + rows.weight[b] - 2.0 * hand.first[b]
        hand.first[b] = 0.0
        slack = rows.slack[start] + rows.slack[b]
        # a third row weighs about 1: what the pair has more or less stays
        if b == start or slack + abs(pair - slack - 1.0) >= best:
            continue
        # add b and weigh the rows that share a column with the pair
        members[1] = b
        _flip(rows, b, hand.parity)
        n_second, more = _overlaps(rows, members, 2, hand.parity, hand.second, hand.reached_second)
        steps += more
        # the sum of the right-hand sides must be odd
        wanted = 1 ^ rows.is_odd[start] ^ rows.is_odd[b]
        for q2 in range(n_second):
            c = hand.reached_second[q2]
            if c not in {start, b} and rows.is_odd[c] == wanted:
                total = pair + rows.slack[c] + rows.weight[c] - 2.0 * hand.second[c]
                if total < best:
                    best, second, third = total, b, c
            hand.second[c] = 0.0
        # take b out again
        _flip(rows, b, hand.parity)
    _flip(rows, start, hand.parity)
    members[1], members[2] = second, third
    return best, steps


@compiled
def _exchange(rows: OddRows, n: int, total: float, hand: _Hand) -> tuple[float, int]:
    """Exchange each row of the set for the best other one of its parity; returns the new sum."""
    members, steps = hand.members, 0
    for s in range(n):
        old = members[s]
        # take a row out
        without = total + _flip(rows, old, hand.parity) - rows.slack[old]
        hand.inside[old] = False
        # weigh the others against the rest of the set
        members[s] = members[n - 1]
        n_reached, more = _overlaps(
            rows, members, n - 1, hand.parity, hand.first, hand.reached_first
        )
        members[s] = old
        steps += more
        best = total - NOTABLE
        for q in range(n_reached):
            c = hand.reached_first[q]
            # one of its parity, so that the sum stays odd
            if not hand.inside[c] and rows.is_odd[c] == rows.is_odd[old]:
                new = without + rows.slack[c] + rows.weight[c] - 2.0 * hand.first[c]
                if new < best:
                    best = total = new
                    members[s] = c
            hand.first[c] = 0.0
        # put the best one in, or the old one back
        _flip(rows, members[s], hand.parity)
        hand.inside[members[s]] = True
    return total, steps


@compiled
def _add_two(rows: OddRows, n: int, total: float, hand: _Hand) -> tuple[float, int]:
    """Add the best two rows of like parity when the sum falls; they stand behind the n rows."""
    members = hand.members
    n_reached, steps = _overlaps(rows, members, n, hand.parity, hand.first, hand.reached_first)
    # what the sum would be with each row alone added
    value = np.full(n_reached, np.inf)
    for q in range(n_reached):
        c = hand.reached_first[q]
        if not hand.inside[c] and rows.slack[c] < total:
            value[q] = total + rows.slack[c] + rows.weight[c] - 2.0 * hand.first[c]
        hand.first[c] = 0.0
    best, first, second = total - NOTABLE, -1, -1
    # from the best first rows, the best second one
    for q in np.argsort(value)[:MAX_FIRST]:
        if value[q] == np.inf:
            break
        c = hand.reached_first[q]
        # add c and weigh the rows against the larger set
        members[n] = c
        hand.inside[c] = True
        _flip(rows, c, hand.parity)
        n_second, more = _overlaps(
            rows, members, n + 1, hand.parity, hand.second, hand.reached_second
        )
        steps += more
        for q2 in range(n_second):
            d = hand.reached_second[q2]
            # of like parity: two of them leave the sum odd
            if not hand.inside[d] and rows.is_odd[d] == rows.is_odd[c]:
                new = value[q] + rows.slack[d] + rows.weight[d] - 2.0 * hand.second[d]
                if new < best:
                    best, first, second = new, c, d
            hand.second[d] = 0.0
        _flip(rows, c, hand.parity)
        hand.inside[c] = False
    if first < 0:
        return total, steps
    # the sum falls: both stay
    members[n], members[n + 1] = first, second
    for s in range(n, n + 2):
        _flip(rows, members[s], hand.parity)
        hand.inside[members[s]] = True
    return best, steps


@compiled
def _grow(rows: OddRows, total: float, most: int, hand: _Hand) -> tuple[float, int, int]:
    """Exchange and add rows until the sum no longer falls; returns it, the size and the steps."""
    n, steps = 3, 0
    # put the triple into the sum
    for s in range(n):
        _flip(rows, hand.members[s], hand.parity)
        hand.inside[hand.members[s]] = True
    while True:
        before = total
        # exchange as long as that helps, then add a pair
        total, more = _exchange(rows, n, total, hand)
        steps += more
        if total < before:
            continue
        if n + 2 > most:
            break
        total, more = _add_two(rows, n, total, hand)
        steps += more
        if total == before:
            break
        n += 2
    # leave nothing behind for the next set
    for s in range(n):
        _flip(rows, hand.members[s], hand.parity)
        hand.inside[hand.members[s]] = False
    return total, n, steps


@compiled
def _grow_all(rows: OddRows, order: Ints, most: int, budget: int) -> tuple[Ints, Floats, int]:
    n_rows = len(rows.slack)
    hand = _Hand(
        np.zeros(len(rows.column_weight), np.int8),
        np.zeros(n_rows, np.bool_),
        np.zeros(n_rows),
        np.zeros(n_rows),
        np.empty(n_rows, np.int64),
        np.empty(n_rows, np.int64),
        np.empty(most, np.int64),
    )
    sets = np.full((n_rows, most), -1)
    totals = np.full(n_rows, 2.0)
    uses = np.zeros(n_rows, np.int64)
    steps = 0
    for start in order:
        if steps > budget:
            break
        # it is in good sets enough
        if uses[start] >= ENOUGH:
            continue
        # a triple to begin with, or nothing
        total, more = _best_triple(rows, start, hand)
        steps += more
        if total >= GROWN_BELOW:
            continue
        # exchange and add
        total, n, more = _grow(rows, total, most, hand)
        steps += more
        sets[start, :n] = hand.members[:n]
        totals[start] = total
        # a cut: its rows need fewer sets of their own
        if total < 1.0:
            for s in range(n):
                uses[hand.members[s]] += 1
    return sets, totals, steps
