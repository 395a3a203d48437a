"""The cover matrix as the compiled loops read it: options to items and items to options.

Demand items that the same options cover are one item to the engine: their weights are added. Items
that nothing covers, that weigh nothing or that are covered for good by a required option are taken
out before. On city data this leaves a small part of the items (0.01-55 % in the measured cases).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from geo.compiled import compiled

Ints = npt.NDArray[Any]
Floats = npt.NDArray[np.float64]


class CoverArrays(NamedTuple):
    """Cover by option and by item, both compressed; ``weights`` of the items.

    ``option_offset`` int64[n+1], ``option_item`` int32[nnz]; ``item_offset`` int64[m+1],
    ``item_option`` int32[nnz]; ``weights`` float64[m].
    """

    option_offset: Ints
    option_item: Ints
    item_offset: Ints
    item_option: Ints
    weights: Floats

    @property
    def n_options(self) -> int:
        """Number of options."""
        return len(self.option_offset) - 1

    @property
    def n_items(self) -> int:
        """Number of items."""
        return len(self.weights)


class Merged(NamedTuple):
    """Items merged by identical cover, and where each original item went (-1: taken out)."""

    cover: CoverArrays
    item_of: Ints


def merge_items(
    offset: Ints,
    index: Ints,
    weights: Floats,
    *,
    options: Ints,
    removed: npt.NDArray[np.bool_],
    labels: Ints,
) -> Merged:
    """Merge the demand items that exactly the same of ``options`` cover.

    Parameters
    ----------
    offset, index
        CSR structure [n_options, n_demand] of the whole cover matrix, entries all covering.
    weights
        float64[n_demand].
    options
        The rows that count, in the order of the new numbering.
    removed
        bool[n_demand]: items to leave out (covered for good).
    labels
        int64[n_demand]: items with different labels are never merged (floors, second weights).

    Notes
    -----
    Cover sets are told apart by two independent 64-bit sums of random keys of their options. Two
    different sets would be merged with a chance of about 1e-24 at twenty million items.
    """
    random = np.random.default_rng(20_641)
    keys = random.integers(1, 2**63, size=(2, len(offset) - 1), dtype=np.uint64)
    # odd keys: no two equal keys cancel in a sum of two
    keys |= np.uint64(1)
    first, second = _hash_items(offset, index, options, keys, len(weights))
    item_of, first_of, merged_weights = _group_items(first, second, weights, removed, labels)
    option_offset, option_item = _merged_rows(offset, index, options, item_of, first_of)
    return Merged(
        cover=from_rows(option_offset, option_item, merged_weights),
        item_of=item_of,
    )


def from_rows(option_offset: Ints, option_item: Ints, weights: Floats) -> CoverArrays:
    """Cover arrays from the options' rows: the other direction is computed."""
    item_offset, item_option = _transpose(option_offset, option_item, len(weights))
    return CoverArrays(option_offset, option_item, item_offset, item_option, weights)


@compiled
def _hash_items(
    offset: Ints, index: Ints, options: Ints, keys: Ints, n_demand: int
) -> tuple[Ints, Ints]:
    first = np.zeros(n_demand, np.uint64)
    second = np.zeros(n_demand, np.uint64)
    for j in options:
        key_one, key_two = keys[0, j], keys[1, j]
        for k in range(offset[j], offset[j + 1]):
            first[index[k]] += key_one
            second[index[k]] += key_two
    return first, second


@compiled
def _group_items(
    first: Ints, second: Ints, weights: Floats, removed: Ints, labels: Ints
) -> tuple[Ints, Ints, Floats]:
    """Give each distinct (first, second, label) a number by first appearance."""
    n_demand = len(first)
    item_of = np.full(n_demand, -1, np.int32)
    first_of = np.empty(1024, np.int64)
    sums = np.empty(1024, np.float64)
    table = np.full(4096, -1, np.int32)
    n_items = 0
    for i in range(n_demand):
        if removed[i] or weights[i] <= 0.0 or (first[i] == 0 and second[i] == 0):
            continue
        place = np.int64(first[i] >> np.uint64(20)) & (len(table) - 1)
        while True:
            item = table[place]
            if item < 0:
                break
            other = first_of[item]
            if (
                first[other] == first[i]
                and second[other] == second[i]
                and labels[other] == labels[i]
            ):
                break
            place = (place + 1) & (len(table) - 1)
        if item >= 0:
            sums[item] += weights[i]
            item_of[i] = item
            continue
        if n_items == len(first_of):
            first_of = np.concatenate((first_of, np.empty(n_items, np.int64)))
            sums = np.concatenate((sums, np.empty(n_items, np.float64)))
        table[place] = n_items
        first_of[n_items] = i
        sums[n_items] = weights[i]
        item_of[i] = n_items
        n_items += 1
        if 2 * n_items > len(table):
            table = _grown(table, first_of, first, n_items)
    return item_of, first_of[:n_items].copy(), sums[:n_items].copy()


@compiled
def _grown(table: Ints, first_of: Ints, first: Ints, n_items: int) -> Ints:
    larger = np.full(4 * len(table), -1, np.int32)
    for item in range(n_items):
        place = np.int64(first[first_of[item]] >> np.uint64(20)) & (len(larger) - 1)
        while larger[place] >= 0:
            place = (place + 1) & (len(larger) - 1)
        larger[place] = item
    return larger


@compiled
def _merged_rows(
    offset: Ints, index: Ints, options: Ints, item_of: Ints, first_of: Ints
) -> tuple[Ints, Ints]:
    """Rows of the chosen options over the merged items, each item written once."""
    new_offset = np.zeros(len(options) + 1, np.int64)
    for row in range(len(options)):
        j = options[row]
        n = 0
        for k in range(offset[j], offset[j + 1]):
            i = index[k]
            if item_of[i] >= 0 and first_of[item_of[i]] == i:
                n += 1
        new_offset[row + 1] = new_offset[row] + n
    new_item = np.empty(new_offset[-1], np.int32)
    for row in range(len(options)):
        j = options[row]
        place = new_offset[row]
        for k in range(offset[j], offset[j + 1]):
            i = index[k]
            if item_of[i] >= 0 and first_of[item_of[i]] == i:
                new_item[place] = item_of[i]
                place += 1
    return new_offset, new_item


@compiled
def _transpose(offset: Ints, index: Ints, n_columns: int) -> tuple[Ints, Ints]:
    columns = np.zeros(n_columns + 1, np.int64)
    for k in range(len(index)):
        columns[index[k] + 1] += 1
    for i in range(n_columns):
        columns[i + 1] += columns[i]
    place = columns[:-1].copy()
    other = np.empty(len(index), np.int32)
    for j in range(len(offset) - 1):
        for k in range(offset[j], offset[j + 1]):
            i = index[k]
            other[place[i]] = j
            place[i] += 1
    return columns, other
