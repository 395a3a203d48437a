"""What an answer says in figures that every form of answer has: people, money, actions, proof."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

_PLACE_DIGITS = 5  # a metre

#: What tells one action from another: what is done at which site and where, to make which kind,
#: open at which hours, in the place of which station.
ActionKey = tuple[str, str, str, str, str, float, float]


@dataclass(frozen=True)
class CoveredRow:
    """Workers of a group, a district and a class of hours, and how many have a station in reach.

    ``group``, ``district`` and ``hours`` may each be "all"; ``year`` is None where years were not
    asked for.
    """

    group: str
    district: str
    hours: str
    workers: float
    before: float
    after: float
    year: int | None = None


@dataclass(frozen=True)
class MoneyRow:
    """What one payer pays in one year, in whole yuan; ``year`` is None where all is one time."""

    year: int | None
    payer: str
    yuan: int


@dataclass(frozen=True)
class DoneAction:
    """What is done where: ``what`` is "build", "extend", …; (lon, lat) WGS-84 degrees.

    ``order`` counts from 1, ``year`` is None where years were not asked for, ``adds_workers`` what
    it adds to the actions before it. ``hours`` are those that it opens for, ``station`` the one
    whose place it takes; "" where it leaves both as they are.
    """

    what: str
    site_id: str
    name: str
    kind: str
    district: str
    lon: float
    lat: float
    order: int
    adds_workers: float
    year: int | None = None
    hours: str = ""
    station: str = ""

    @property
    def key(self) -> ActionKey:
        """What it has in common with the same action in another answer.

        The place counts beside the id: points of a grid get other ids when the roads are others.
        """
        lon, lat = round(self.lon, _PLACE_DIGITS), round(self.lat, _PLACE_DIGITS)
        return (self.what, self.site_id, self.kind, self.hours, self.station, lon, lat)


@dataclass(frozen=True)
class ScenarioFigures:
    """An answer in figures: coverage, money, actions in their order, and how good it is proven.

    ``objective`` is what the answer is worth, ``bound`` what no other can pass, ``gap`` their
    relative distance; ``proven_best`` says that none is better. ``measure`` is what is counted:
    "workers" or "worker_hours". ``covered`` is in the order of years.
    """

    objective: float
    bound: float
    gap: float
    proven_best: bool
    covered: tuple[CoveredRow, ...]
    money: tuple[MoneyRow, ...]
    actions: tuple[DoneAction, ...]
    measure: str = "workers"

    def row(self, group: str = "all", district: str = "all", hours: str = "all") -> CoveredRow:
        """Return a row of the coverage, of the last year (KeyError when there is none)."""
        for row in reversed(self.covered):
            if (row.group, row.district, row.hours) == (group, district, hours):
                return row
        raise KeyError((group, district, hours))

    def last_rows(self) -> tuple[CoveredRow, ...]:
        """Return the coverage of the last year, all hours together, a row a group and district."""
        last = self.covered[-1].year if self.covered else None
        return tuple(row for row in self.covered if row.hours == "all" and row.year == last)

    @property
    def cost_yuan(self) -> int | None:
        """All that is paid, in yuan; None where the answer knows no money."""
        return sum(row.yuan for row in self.money) if self.money else None

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {**asdict(self), "cost_yuan": self.cost_yuan}
