"""A national budget over the cities whose curves are there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from data.files.table_files import write_rows
from geo.errors import NothingYetError
from geo.messages import say
from planning.nation import CityCurve, allocate
from web.services.nation_run import results_of

if TYPE_CHECKING:
    from pathlib import Path

    from data.nation.nation_file import Nation, NationCity
    from planning.nation import Allocation, NationalFloors


@dataclass(frozen=True, eq=False)
class NationalBudget:
    """A division over ``cities``, with their curves; ``without`` are cities that have none."""

    allocation: Allocation
    cities: tuple[NationCity, ...]
    curves: tuple[CityCurve, ...]
    without: tuple[NationCity, ...]
    sample: bool

    @property
    def before(self) -> np.ndarray:
        """float64[n_cities]: what each city covers with nothing of the budget."""
        return np.array([curve.covered[0] for curve in self.curves])

    def rows(self) -> list[dict[str, Any]]:
        """Return a row a city; none where there is no division."""
        made = self.allocation
        if made.status != "allocated":
            return []
        return [
            {
                "code": city.code,
                "province": city.province,
                "yuan": float(made.amounts[number]),
                "workers": curve.workers,
                "before": float(curve.covered[0]),
                "covered": float(made.covered[number]),
                "adds": float(made.covered[number] - curve.covered[0]),
                "slack": float(made.slack[number]),
            }
            for number, (city, curve) in enumerate(zip(self.cities, self.curves, strict=True))
        ]

    def as_dict(self) -> dict[str, Any]:
        """Return plain data for JSON; None for what there is not."""
        made = self.allocation
        has = made.status == "allocated"
        return {
            "status": made.status,
            "reasons": list(made.reasons),
            "total": made.total if has else None,
            "spent": made.spent if has else None,
            "bound": made.bound if has else None,
            "gap": made.gap if has else None,
            "workers_per_yuan": made.price if has else None,
            "cities": self.rows(),
            "without": [city.code for city in self.without],
        }


def divide_budget(
    nation: Nation, budget: float, *, floors: NationalFloors, time_limit_s: float = 30.0
) -> NationalBudget:
    """Divide a budget over the cities by their kept curves.

    Raises
    ------
    NothingYetError
        when no city has a curve.
    ProblemError
        for a budget or floors that cannot be.
    """
    kept = results_of(nation)
    cities, curves, without = [], [], []
    for city in nation.cities():
        found = kept.find(city.code, "curve")
        if found is None or found.failed:
            without.append(city)
            continue
        body = found.body
        cities.append(city)
        curves.append(
            CityCurve(
                city=city.code,
                province=city.province,
                workers=body["workers"],
                amounts=body["amounts"],
                covered=body["covered"],
                bounds=body["bounds"],
                cut_values=body["line_values"],
                cut_prices=body["prices"],
                most=body["most"],
            )
        )
    if not curves:
        raise NothingYetError(
            say("no city has a curve yet: run yizhan nation run -w {folder}", folder=nation.folder)
        )
    divided = allocate(curves, budget, floors=floors, time_limit_s=time_limit_s)
    figures = [kept.find(city.code, "figures") for city in cities]
    sample = any(one is not None and one.body.get("sample") for one in figures)
    return NationalBudget(divided, tuple(cities), tuple(curves), tuple(without), sample)


def write_division(divided: NationalBudget, file: Path) -> None:
    """Write a row a city as .csv, .xlsx or .json (InputError: another ending)."""
    rows = divided.rows()
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    write_rows(columns, file, layer="division", sample=divided.sample)
