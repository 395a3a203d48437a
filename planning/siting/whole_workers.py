"""Coverage, worker-hours and plans in whole workers, as they are printed everywhere.

By the rule of `planning.coverage.rounding`: groups and districts add up to the whole, who has two
stations has one, who has one now has one after. Differences and shares are computed of these.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from planning.coverage.change import CoverageChange
from planning.coverage.nominal import ALL, Coverage
from planning.coverage.rounding import half_up, whole_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planning.coverage.effective_rows import EffectiveRow
    from planning.coverage.nominal import CoverageRow
    from planning.coverage.rounding import Floats, Wholes
    from planning.siting.plan import PlannedSite, SitingPlan


_PART: Final = 0.4


def in_whole_workers(coverage: Coverage, *, since: Coverage | None = None) -> Coverage:
    """Return a coverage with every row in whole workers.

    ``since`` is the coverage before, in whole workers already: nobody covered then is lost. What
    was measured beside the rows is kept.
    """
    rows = {(row.group, row.district): row for row in coverage.rows}
    groups, districts = _inner(rows)
    before = {} if since is None else {(row.group, row.district): row for row in since.rows}

    def whole(name: str, *, at_most: Wholes | None = None) -> Wholes:
        at_least = _table(before, groups, districts, name).astype(np.int64) if before else None
        exact = _table(rows, groups, districts, name)
        return whole_table(exact, at_least=at_least, at_most=at_most)

    workers = whole_table(_table(rows, groups, districts, "workers"))
    tables = {"workers": workers, "within_one": whole("within_one", at_most=workers)}
    tables["within_two"] = whole("within_two", at_most=tables["within_one"])
    tables["straight_one"] = whole("straight_one", at_most=workers)
    tables["straight_two"] = whole("straight_two", at_most=tables["straight_one"])
    made = (
        replace(row, **_of(tables, groups, districts, row.group, row.district))
        for row in coverage.rows
    )
    return replace(coverage, rows=tuple(made))


def in_whole_hours(rows: Sequence[EffectiveRow]) -> tuple[EffectiveRow, ...]:
    """Return the rows of effective coverage in whole worker-hours; shares by day and night stay."""
    by_key = {(row.group, row.district): row for row in rows}
    groups, districts = _inner(by_key)
    tables: dict[str, Wholes] = {}
    most = None
    for name in ("present", "nominal", "possible", "effective"):
        exact = _table(by_key, groups, districts, name)
        tables[name] = most = whole_table(exact, at_most=most)
    return tuple(
        replace(row, **_of(tables, groups, districts, row.group, row.district)) for row in rows
    )


def in_whole_plan(plan: SitingPlan) -> SitingPlan:
    """Return a plan with its sites, and coverage before and after, in whole workers."""
    before = in_whole_workers(plan.before)
    beside = plan.beside
    if beside is not None:
        earlier = in_whole_workers(beside.before)
        beside = CoverageChange(earlier, in_whole_workers(beside.after, since=earlier))
    return replace(
        plan,
        sites=in_whole_sites(plan),
        before=before,
        after=in_whole_workers(plan.after, since=before),
        beside=beside,
    )


def in_whole_sites(plan: SitingPlan) -> tuple[PlannedSite, ...]:
    """Return the sites of a plan with whole workers: what they add is what the plan adds.

    That is the difference of the covered before and after as they are printed. One that adds less
    than a worker keeps a part below a half, to be told from one that adds nobody. What is lost
    without a site stands alone and is rounded alone. The
    groups of a site stand in the order of what they are exactly, most first, so that of two that
    are printed alike the larger one is named first.
    """
    if not plan.sites:
        return ()
    added = half_up(plan.covered_after) - half_up(plan.covered_before)
    groups = list(plan.sites[0].adds_by_group)
    exact = np.array([[site.adds_by_group[group] for group in groups] for site in plan.sites])
    adds = whole_table(exact, added)
    return tuple(
        replace(
            site,
            adds_workers=_some(int(row.sum()), site.adds_workers),
            adds_by_group={
                group: _some(int(whole), site.adds_by_group[group])
                for group, whole in sorted(
                    zip(groups, row, strict=True), key=lambda one: -site.adds_by_group[one[0]]
                )
            },
            lost_without=_some(half_up(site.lost_without), site.lost_without),
        )
        for site, row in zip(plan.sites, adds, strict=True)
    )


def added_workers(plan: SitingPlan) -> float:
    """Return how many workers a plan in whole workers covers anew; a part of one for less."""
    added = plan.covered_after - plan.covered_before
    return added or max((site.adds_workers for site in plan.sites), default=0.0)


def _some(whole: int, exact: float) -> float:
    """Return the whole number; below a half, which is printed as "fewer than 1", for less."""
    return float(whole) if whole or exact <= 0 else min(exact, _PART)


def _inner(
    rows: dict[tuple[str, str], CoverageRow] | dict[tuple[str, str], EffectiveRow],
) -> tuple[list[str], list[str]]:
    """Return the groups and districts that are parts; "all" where there is no other."""
    groups, districts = (list(dict.fromkeys(key[at] for key in rows)) for at in (0, 1))
    return [g for g in groups if g != ALL] or [ALL], [d for d in districts if d != ALL] or [ALL]


def _table(
    rows: dict[tuple[str, str], CoverageRow] | dict[tuple[str, str], EffectiveRow],
    groups: list[str],
    districts: list[str],
    name: str,
) -> Floats:
    """float64[n_groups, n_districts]; 0 where there is no row."""
    return np.array(
        [[getattr(rows.get((g, d)), name, 0.0) for d in districts] for g in groups],
        dtype=np.float64,
    )


def _of(
    tables: dict[str, Wholes], groups: list[str], districts: list[str], group: str, district: str
) -> dict[str, Any]:
    """Return the figures of one row: a cell, or the sum over all groups, districts or both."""
    row = slice(None) if group not in groups else groups.index(group)
    column = slice(None) if district not in districts else districts.index(district)
    return {name: float(table[row, column].sum()) for name, table in tables.items()}
