"""Claims about why a plan has fewer sites than were asked for, against lifting every limit."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pytest
import scipy.sparse as sp

from planning.siting.shortfall import Choices, Shortfall, shortfalls

if TYPE_CHECKING:
    from collections.abc import Iterable

KINDS = ("station", "courier_home")


class Case(NamedTuple):
    """A plan among a few sites of two kinds, and all that may keep further sites out of it."""

    covers: np.ndarray
    weights: np.ndarray
    covered: np.ndarray
    built: np.ndarray
    forbidden: np.ndarray
    most: dict[str, int | None]

    @property
    def site(self) -> np.ndarray:
        return np.arange(len(self.covers)) // 2

    def kind(self, option: int) -> str:
        return KINDS[option % 2]

    def found(self) -> tuple[Shortfall, ...]:
        return shortfalls(
            Choices(
                sp.csr_array(self.covers),
                np.where(self.covered, 0.0, self.weights),
                self.site,
                tuple(self.kind(option) for option in range(len(self.covers))),
                self.forbidden,
            ),
            self.built,
            most=self.most,
        )

    def added_with(self, lifted: Iterable[str]) -> dict[int, float]:
        """By site: the most workers that one more option there adds once limits are lifted."""
        lifted = set(lifted)
        reached = self.covered | self.covers[self.built].any(axis=0)
        added: dict[int, float] = {}
        for option in set(range(len(self.covers))) - set(self.built.tolist()):
            kind = self.kind(option)
            after = [self.kind(j) for j in (*self.built.tolist(), option)].count(kind)
            most = self.most.get(kind)
            stops = (
                most is not None and after > most and f"kind:{kind}:{most}" not in lifted,
                self.forbidden[option] and "without" not in lifted,
                self.site[option] in self.site[self.built] and "one_a_site" not in lifted,
            )
            gain = float(self.weights[self.covers[option] & ~reached].sum())
            if gain > 0 and not any(stops):
                site = int(self.site[option])
                added[site] = max(added.get(site, 0.0), gain)
        return added


def case_of(seed: int) -> Case:
    rng = np.random.default_rng(seed)
    n_sites, n_items = int(rng.integers(2, 6)), int(rng.integers(3, 12))
    covers = rng.random((2 * n_sites, n_items)) < 0.4
    weights = rng.integers(0, 4, n_items) * 0.3
    at = rng.choice(n_sites, int(rng.integers(0, n_sites + 1)), replace=False)
    built = np.sort(2 * at + rng.integers(0, 2, len(at)))
    forbidden = rng.random(2 * n_sites) < rng.choice([0.0, 0.4, 1.0])
    forbidden[built] = False
    n_built = {kind: int((built % 2 == number).sum()) for number, kind in enumerate(KINDS)}
    most: dict[str, int | None] = {
        kind: None if rng.random() < 0.4 else n_built[kind] + int(rng.integers(0, 2))
        for kind in KINDS
    }
    covered = rng.random(n_items) < 0.2
    return Case(covers, weights, covered, built.astype(np.int64), forbidden, most)


@pytest.mark.parametrize("block", range(4))
def test_each_reason_is_what_must_give_way_for_one_more_site_and_nothing_less(block: int) -> None:
    seen: set[str] = set()
    for seed in range(200 * block, 200 * block + 200):
        case = case_of(seed)
        reasons = case.found()
        words = {word for one in reasons for word in one.limits}
        seen |= {word.partition(":")[0] for word in words}
        every = ("without", "one_a_site", *(f"kind:{kind}:{case.most[kind]}" for kind in KINDS))
        # the oracle: every set of limits, by size, of which no part lets a site in already
        needed: list[frozenset[str]] = []
        for size in range(len(every) + 1):
            for some in map(frozenset, itertools.combinations(every, size)):
                if case.added_with(some) and not any(less <= some for less in needed):
                    needed.append(some)
        if not needed:
            (only,) = reasons
            full = len(set(case.site[case.built])) == len(case.covers) // 2
            assert only == Shortfall(
                ("all_built" if full else "no_gain",), len(case.covers) // 2, 0
            )
            continue
        told = {frozenset(set(one.limits) - {"stopped"}): one for one in reasons}
        assert set(told) == set(needed)
        for limits, one in told.items():
            added = case.added_with(limits)
            assert one.n_sites == len(added)
            assert one.adds_workers == pytest.approx(max(added.values()))
    assert seen == {"kind", "without", "one_a_site", "stopped", "no_gain", "all_built"}
