"""The cover matrix as the compiled loops read it: options to items and items to options.

Demand items that the same options cover are one item to the engine: their weights are added. Items
that nothing covers, that weigh nothing or that are covered for good by a required option are taken
out before. On city data this leaves a small part of the items (0.01-55 % in the measured cases).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from geo.compiled import compiled

Ints = npt.NDArray[Any]
Floats = npt.NDArray[np.float64]


# Items whose sums of keys are added up at a time.
HASH_BLOCK = 1 << 16
# Pairs of option and item up to which whole-array operations are quicker than compiling the loops.
MOST_PLAIN_PAIRS = 10_000_000


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
    keys = random.integers(1, 2**63, size=(len(offset) - 1, 2), dtype=np.uint64)
    # odd keys: no two equal keys cancel in a sum of two
    keys |= np.uint64(1)
    if _in_plain(index):
        rows = _rows(offset, index, len(weights))[options]
        hashes = rows.astype(np.uint64).T @ keys[options]
        item_of, first_of, merged_weights = _group_in_plain(hashes, weights, removed, labels)
        option_offset, option_item = _merge_in_plain(rows, item_of, first_of)
    else:
        hashes = _hash_items(offset, index, options, keys, len(weights))
        item_of, first_of, merged_weights = _group_items(hashes, weights, removed, labels)
        del hashes
        option_offset, option_item = _merged_rows(offset, index, options, item_of, first_of)
    return Merged(
        cover=from_rows(option_offset, option_item, merged_weights),
        item_of=item_of,
    )


def from_rows(option_offset: Ints, option_item: Ints, weights: Floats) -> CoverArrays:
    """Cover arrays from the options' rows: the other direction is computed."""
    if _in_plain(option_item):
        turned = _rows(option_offset, option_item, len(weights)).tocsc()
        item_offset = turned.indptr.astype(np.int64)
        item_option = turned.indices.astype(np.int32)
    else:
        item_offset, item_option = transpose(option_offset, option_item, len(weights))
    return CoverArrays(option_offset, option_item, item_offset, item_option, weights)


def _in_plain(index: Ints) -> bool:
    """Whether to do it without the loops below: few pairs, and they are not compiled yet.

    Both ways give the same arrays.
    """
    return len(index) <= MOST_PLAIN_PAIRS and not transpose.is_kept


def _rows(offset: Ints, index: Ints, n_items: int) -> sp.csr_array:
    """Options by items as a matrix of ones."""
    ones = np.ones(len(index), np.bool_)
    return sp.csr_array((ones, index, offset), shape=(len(offset) - 1, n_items))


def _group_in_plain(
    hashes: Ints, weights: Floats, removed: Ints, labels: Ints
) -> tuple[Ints, Ints, Floats]:
    """Do what `_group_items` does, over whole arrays."""
    left = np.flatnonzero(~removed & (weights > 0.0) & hashes.any(axis=1))
    # like items stand together, the first of them first
    columns = (hashes[left, 0], hashes[left, 1], labels[left])
    order = np.lexsort(columns[::-1])
    differs = np.zeros(len(left), np.bool_)
    for column in columns:
        differs[1:] |= np.diff(column[order].astype(np.uint64)) != 0
    differs[:1] = True
    first = order[differs]
    # groups are numbered by their first item
    number = np.argsort(np.argsort(first))
    group = np.empty(len(left), np.int32)
    group[order] = number[np.cumsum(differs) - 1]
    item_of = np.full(len(weights), -1, np.int32)
    item_of[left] = group
    sums = np.bincount(group, weights=weights[left], minlength=len(first))
    return item_of, left[np.sort(first)], sums.astype(np.float64)


def _merge_in_plain(rows: sp.csr_array, item_of: Ints, first_of: Ints) -> tuple[Ints, Ints]:
    """Do what `_merged_rows` does, over whole arrays."""
    is_first = np.zeros(len(item_of), np.bool_)
    is_first[first_of] = True
    kept = is_first[rows.indices]
    offset = np.r_[0, np.cumsum(kept)][rows.indptr]
    return offset.astype(np.int64), item_of[rows.indices[kept]]


@compiled
def _hash_items(offset: Ints, index: Ints, options: Ints, keys: Ints, n_demand: int) -> Ints:
    """Return uint64[n_demand, 2]: the sums of both keys of the options that cover an item."""
    sums = np.zeros((n_demand, 2), np.uint64)
    position = offset[options]
    # block by block of items, so that a block's sums stay in the processor's cache
    for begin in range(0, n_demand, HASH_BLOCK):
        end = begin + HASH_BLOCK
        for row in range(len(options)):
            j = options[row]
            key_one, key_two = keys[j, 0], keys[j, 1]
            k, last = position[row], offset[j + 1]
            # the option's items of this block; where it stopped is kept for the next
            while k < last and index[k] < end:
                i = index[k]
                sums[i, 0] += key_one
                sums[i, 1] += key_two
                k += 1
            position[row] = k
    return sums


@compiled
def _group_items(
    hashes: Ints, weights: Floats, removed: Ints, labels: Ints
) -> tuple[Ints, Ints, Floats]:
    """Give each distinct (hashes, label) a number by first appearance."""
    n_demand = len(hashes)
    item_of = np.full(n_demand, -1, np.int32)
    first_of = np.empty(1024, np.int64)
    sums = np.empty(1024, np.float64)
    table = np.full(4096, -1, np.int32)
    n_items = 0
    for i in range(n_demand):
        # items covered for good, without weight or without cover are left out
        if removed[i] or weights[i] <= 0.0 or (hashes[i, 0] == 0 and hashes[i, 1] == 0):
            continue
        # open addressing with linear probing: the place by the hash, then the next
        place = np.int64(hashes[i, 0] >> np.uint64(20)) & (len(table) - 1)
        while True:
            item = table[place]
            if item < 0:
                break
            other = first_of[item]
            if (
                hashes[other, 0] == hashes[i, 0]
                and hashes[other, 1] == hashes[i, 1]
                and labels[other] == labels[i]
            ):
                break
            place = (place + 1) & (len(table) - 1)
        # seen before: add the weight
        if item >= 0:
            sums[item] += weights[i]
            item_of[i] = item
            continue
        # new: grow what is too short, and enter it
        if n_items == len(first_of):
            first_of = np.concatenate((first_of, np.empty(n_items, np.int64)))
            sums = np.concatenate((sums, np.empty(n_items, np.float64)))
        table[place] = n_items
        first_of[n_items] = i
        sums[n_items] = weights[i]
        item_of[i] = n_items
        n_items += 1
        # at most half full
        if 2 * n_items > len(table):
            table = _grown(table, first_of, hashes, n_items)
    return item_of, first_of[:n_items].copy(), sums[:n_items].copy()


@compiled
def _grown(table: Ints, first_of: Ints, hashes: Ints, n_items: int) -> Ints:
    larger = np.full(4 * len(table), -1, np.int32)
    # enter all items anew
    for item in range(n_items):
        place = np.int64(hashes[first_of[item], 0] >> np.uint64(20)) & (len(larger) - 1)
        while larger[place] >= 0:
            place = (place + 1) & (len(larger) - 1)
        larger[place] = item
    return larger


@compiled
def _merged_rows(
    offset: Ints, index: Ints, options: Ints, item_of: Ints, first_of: Ints
) -> tuple[Ints, Ints]:
    """Rows of the chosen options over the merged items, each item written once."""
    # a byte a demand item: this table stays in the processor's cache, item_of would not
    is_first = np.zeros(len(item_of), np.bool_)
    for i in first_of:
        is_first[i] = True
    new_offset = np.zeros(len(options) + 1, np.int64)
    new_item = np.empty(1024, np.int32)
    place = 0
    for row in range(len(options)):
        j = options[row]
        # grow what might be too short
        most = place + offset[j + 1] - offset[j]
        if most > len(new_item):
            new_item = np.concatenate((new_item[:place], np.empty(most, np.int32)))
        # of like items the first one stands for all
        for k in range(offset[j], offset[j + 1]):
            i = index[k]
            if is_first[i]:
                new_item[place] = item_of[i]
                place += 1
        new_offset[row + 1] = place
    return new_offset, new_item[:place].copy()


def sums_by_option(cover: CoverArrays, items: Ints, amounts: Floats) -> Floats:
    """Add up for each option the amounts of those of ``items`` that it covers, float64[n_options].

    It looks only at the options of these items.
    """
    start = cover.item_offset
    size = start[items + 1] - start[items]
    # the entries of all items, one after the other
    at = np.repeat(start[items] - np.cumsum(size) + size, size) + np.arange(size.sum())
    return np.asarray(
        np.bincount(
            cover.item_option[at], weights=np.repeat(amounts, size), minlength=cover.n_options
        ),
        dtype=np.float64,
    )


@compiled
def transpose(offset: Ints, index: Ints, n_columns: int) -> tuple[Ints, Ints]:
    """Return the compressed columns of compressed rows."""
    columns = np.zeros(n_columns + 1, np.int64)
    # counting sort: how many of each column, where each begins, fill
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
