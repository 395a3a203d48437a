"""A budget over cities: the best choice of points and a bound, beside every division there is."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt
import pytest

from geo.errors import ProblemError
from planning.nation import CityCurve, NationalFloors, allocate
from planning.nation.refinement import points_to_add

if TYPE_CHECKING:
    from collections.abc import Sequence

Floats = npt.NDArray[np.float64]

PROVINCES = ("Anhui", "Jiangsu")
#: Whole units of money that a tiny city may get.
MOST = 9


class TinyCity(NamedTuple):
    """What ``truth[x]`` workers x units cover at most, and the curve that somebody measured."""

    truth: Floats
    curve: CityCurve


def tiny_city(number: int, rng: np.random.Generator) -> TinyCity:
    """Draw a curve that need not be concave, of which only some points are known, within a gap."""
    truth = np.cumsum(np.where(rng.random(MOST + 1) < 0.5, 0, rng.integers(1, 30, MOST + 1)))
    truth = truth.astype(np.float64)
    known = np.unique(np.append(0, rng.integers(0, MOST + 1, rng.integers(1, 5))))
    covered = np.maximum.accumulate(
        truth[known] - rng.integers(0, 4, len(known)).clip(max=truth[known])
    )
    bounds = truth[known] + rng.integers(0, 4, len(known))
    # a line that lies above the truth everywhere, through a value at the point
    prices = rng.integers(0, 12, len(known)).astype(np.float64)
    x = np.arange(MOST + 1)
    values = (truth - prices[:, None] * (x - known[:, None])).max(axis=1)
    has_cut = rng.random(len(known)) < 0.6
    return TinyCity(
        truth,
        CityCurve(
            city=f"city {number}",
            province=PROVINCES[number % 2],
            workers=float(truth[-1] + rng.integers(1, 20)),
            amounts=known,
            covered=covered,
            bounds=np.maximum(bounds, covered),
            cut_values=np.where(has_cut, values, np.nan),
            cut_prices=np.where(has_cut, prices, np.nan),
        ),
    )


def keeps(
    floors: NationalFloors,
    curves: Sequence[CityCurve],
    amounts: Floats,
    covered: Floats,
    budget: float,
) -> bool:
    """Judge a division by the plain words of its floors."""
    money = dict.fromkeys(PROVINCES, 0.0)
    reached = dict.fromkeys(PROVINCES, 0.0)
    workers = dict.fromkeys(PROVINCES, 0.0)
    for curve, amount, served in zip(curves, amounts, covered, strict=True):
        if served < floors.city_share * curve.workers - 1e-9:
            return False
        money[curve.province] += amount
        reached[curve.province] += served
        workers[curve.province] += curve.workers
    given = {p: max(money[p], floors.province_money.get(p, 0.0)) for p in PROVINCES}
    return sum(given.values()) <= budget and all(
        reached[p] >= share * workers[p] - 1e-9 for p, share in floors.province_share.items()
    )


def best_of_all(
    cities: Sequence[TinyCity], floors: NationalFloors, budget: float, *, known_only: bool
) -> float:
    """Try every division: of the points that are known, or of the truth at every unit."""
    curves = [city.curve for city in cities]
    choices = [
        list(zip(city.curve.amounts, city.curve.covered, strict=True))
        if known_only
        else list(enumerate(city.truth))
        for city in cities
    ]
    best = -np.inf
    for choice in product(*choices):
        amounts, covered = np.array(choice).T
        if covered.sum() > best and keeps(floors, curves, amounts, covered, budget):
            best = float(covered.sum())
    return best


def drawn_floors(rng: np.random.Generator) -> NationalFloors:
    return NationalFloors(
        city_share=float(rng.choice([0.0, 0.0, 0.2, 0.4])),
        province_share={"Anhui": float(rng.choice([0.0, 0.3, 0.6]))} if rng.random() < 0.5 else {},
        province_money={"Jiangsu": float(rng.integers(0, 8))} if rng.random() < 0.5 else {},
    )


@pytest.mark.parametrize("seed", range(120))
def test_a_division_is_the_best_of_all_choices_and_its_bound_holds_for_every_truth(
    seed: int,
) -> None:
    rng = np.random.default_rng(seed)
    cities = [tiny_city(number, rng) for number in range(2 + seed % 2)]
    floors, budget = drawn_floors(rng), float(rng.integers(0, 20))
    curves = [city.curve for city in cities]

    divided = allocate(curves, budget, floors=floors)

    of_points = best_of_all(cities, floors, budget, known_only=True)
    of_truth = best_of_all(cities, floors, budget, known_only=False)
    if divided.status == "allocated":
        assert divided.total == pytest.approx(of_points)
        assert keeps(floors, curves, divided.amounts, divided.covered, budget)
        assert divided.bound >= of_truth - 1e-6
        assert divided.bound >= divided.total
        assert (divided.slack >= -1e-6).all()
    else:
        assert of_points == -np.inf
        assert divided.reasons
        if divided.status == "infeasible":
            assert of_truth == -np.inf


@pytest.mark.parametrize("seed", range(40))
def test_the_upper_line_lies_above_the_truth_and_its_hull_above_the_line(seed: int) -> None:
    rng = np.random.default_rng(1_000 + seed)
    city = tiny_city(0, rng)
    x = np.arange(MOST + 1.0)
    least = float(rng.integers(0, 4))

    upper = city.curve.upper(x)
    corners_x, corners_u = city.curve.upper_hull(float(MOST), least=least)

    assert (upper >= city.truth - 1e-9).all()
    fine = np.linspace(least, MOST, 400)
    assert (np.interp(fine, corners_x, corners_u) >= city.curve.upper(fine) - 1e-9).all()
    slopes = np.diff(corners_u) / np.diff(corners_x)
    assert (np.diff(slopes) <= 1e-9).all()
    for share in rng.random(5):
        wanted = share * city.curve.ceiling
        needed = city.curve.least_for(wanted)
        assert (city.truth[x < needed - 1e-9] < wanted).all()


def test_a_price_closes_what_steps_leave_open() -> None:
    truth = 100.0 * (1.0 - np.exp(-np.arange(11) / 4.0))
    x = np.array([0.0, 5.0, 10.0])
    at = truth[x.astype(int)]
    prices = 25.0 * np.exp(-x / 4.0)
    plain = {"workers": 100.0, "amounts": x, "covered": at, "bounds": at, "province": "Anhui"}
    by_steps = allocate([CityCurve(city=name, **plain) for name in "abc"], 15.0)
    by_prices = allocate(
        [CityCurve(city=name, cut_values=at, cut_prices=prices, **plain) for name in "abc"], 15.0
    )
    assert by_steps.total == by_prices.total == pytest.approx(3.0 * truth[5])
    assert by_prices.gap < 0.001 < by_steps.gap
    # a unit more brings what the curves' slope at 5 says
    assert by_prices.price == pytest.approx(25.0 * np.exp(-1.25), rel=0.01)


def test_what_cannot_be_is_told_with_its_numbers() -> None:
    poor = CityCurve(
        city="a",
        province="Anhui",
        workers=100.0,
        amounts=[0, 5],
        covered=[10, 30],
        bounds=[10, 30],
        most=50.0,
    )
    rich = CityCurve(
        city="b",
        province="Jiangsu",
        workers=100.0,
        amounts=[0, 5],
        covered=[60, 70],
        bounds=[60, 70],
    )
    never = allocate([poor, rich], 9.0, floors=NationalFloors(city_share=0.6))
    assert never.status == "infeasible"
    assert never.reasons == (
        "city a: the floor is 60 workers, and its candidates cover 50 at most",
    )

    dear = allocate([poor, rich], 4.0, floors=NationalFloors(city_share=0.4))
    assert dear.status == "infeasible"
    assert dear.reasons == ("city a: its floor needs at least 5, the whole budget is 4",)

    money = allocate(
        [poor, rich], 4.0, floors=NationalFloors(province_money={"Anhui": 3, "Jiangsu": 2})
    )
    assert money.status == "infeasible"
    assert money.reasons == (
        "the floors need at least 5, and the budget is 4 (Anhui 3, Jiangsu 2)",
    )
    # nothing is proved against 40 of 100 workers, and no point that is known covers them
    open_still = allocate([poor, rich], 9.0, floors=NationalFloors(city_share=0.4))
    assert open_still.status == "unknown"
    assert np.isnan(open_still.total)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"amounts": [1, 2]}, "begin with 0 and rise"),
        ({"amounts": [0, 0]}, "begin with 0 and rise"),
        ({"covered": [1, 9]}, "covers more than its own bound"),
        ({"covered": [1]}, "each figure for each amount"),
        ({"workers": 3.0}, "covers more workers than there are"),
        ({"cut_values": [9, 9], "cut_prices": [-1, 0]}, "price of a cut is below 0"),
        ({"covered": [1, np.nan]}, "finite numbers"),
    ],
)
def test_a_curve_that_cannot_be_is_refused_by_its_city(
    change: dict[str, object], words: str
) -> None:
    plain: dict[str, object] = {
        "city": "340600",
        "workers": 10.0,
        "amounts": [0, 5],
        "covered": [1, 5],
        "bounds": [1, 6],
    }
    with pytest.raises(ProblemError, match=f"city 340600: .*{words}"):
        CityCurve(**(plain | change))  # type: ignore[arg-type]


def test_a_nation_that_cannot_be_is_refused() -> None:
    one = CityCurve(city="a", workers=9, amounts=[0], covered=[1], bounds=[2])
    with pytest.raises(ProblemError, match="city a has two curves"):
        allocate([one, one], 1.0)
    with pytest.raises(ProblemError, match="no city"):
        allocate([], 1.0)
    with pytest.raises(ProblemError, match=r"-1\.0 is no sum"):
        allocate([one], -1.0)
    with pytest.raises(ProblemError, match="province Anhui has a floor and no city"):
        allocate([one], 1.0, floors=NationalFloors(province_share={"Anhui": 0.5}))
    with pytest.raises(ProblemError, match=r"1\.5 is no share"):
        NationalFloors(city_share=1.5)


def test_points_where_the_gap_sits_close_it_and_the_bound_stays_above_every_division() -> None:
    # what each city's best is for every whole sum: it rises by steps, as stations cost whole sums
    best = [
        np.floor(60.0 * (1.0 - np.exp(-np.arange(101) / bend))) + base
        for bend, base in ((15.0, 10.0), (40.0, 0.0), (80.0, 30.0))
    ]
    budget = 100
    most = max(
        best[0][a] + best[1][b] + best[2][budget - a - b]
        for a in range(budget + 1)
        for b in range(budget + 1 - a)
    )
    points = [{0.0, 50.0, 100.0} for _ in best]
    gaps = []
    for _ in range(12):
        curves = []
        for number, own in enumerate(points):
            amounts = sorted(own)
            covered = [float(best[number][int(x)]) for x in amounts]
            curves.append(
                CityCurve(
                    city=str(number), workers=100.0, amounts=amounts, covered=covered,
                    bounds=covered,
                )
            )  # fmt: skip
        divided = allocate(curves, float(budget))
        assert divided.total <= most <= divided.bound + 1e-6
        gaps.append(divided.gap)
        for city, more in points_to_add(divided, curves, float(budget)).items():
            assert not points[int(city)] & set(more)
            points[int(city)] |= set(more)
    assert gaps[-1] < gaps[0] / 4
    assert divided.total == pytest.approx(most, rel=0.02)
    # far fewer sums were looked at than there are
    assert sum(map(len, points)) < 100
