"""Readers of the published instances beside the checkout; none of them is part of the project."""

from __future__ import annotations

import csv
import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import shortest_path
from scipy.spatial import cKDTree

from geo.compiled import compiled

if TYPE_CHECKING:
    from types import ModuleType

FOLDER = Path(__file__).resolve().parents[2] / "shared" / "instances"
EARTH_M = 6_378_100.0


def generator() -> ModuleType:
    """Load the module that makes the generated instances."""
    return _module("generate.py")


def weak_classes() -> ModuleType:
    """Load the module that makes problems of the classes whose bound is easily weak."""
    return _module("weak_classes.py")


def psclp(n: int) -> tuple[np.ndarray, np.ndarray]:
    """Points float64[n, 2] and demand float64[n] of a public set for partial covering."""
    lines = (FOLDER / "psclp" / f"n{n}s1.dat").read_text(encoding="utf-8").splitlines()[1:]
    rows = np.array([line.split() for line in lines if line.strip()], dtype=np.float64)
    return rows[:, 1:3], rows[:, 4]


def _module(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"instances_{name[:-3]}", FOLDER / name)
    if spec is None or spec.loader is None:
        raise FileNotFoundError(FOLDER / name)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def table(path: str) -> list[dict[str, str]]:
    """Read the rows of a CSV file of published optima."""
    with (FOLDER / path).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def within(points: np.ndarray, radius: float) -> sp.csr_array:
    """Which point covers which, Euclidean, bool [n, n]."""
    tree = cKDTree(points)
    rows = tree.query_ball_point(points, radius, return_sorted=True)
    offset = np.r_[0, np.cumsum([len(row) for row in rows])]
    index = np.concatenate([np.asarray(row, dtype=np.int64) for row in rows])
    n = len(points)
    return sp.csr_array((np.ones(len(index), dtype=np.bool_), index, offset), shape=(n, n))


def sjc(name: str) -> tuple[np.ndarray, np.ndarray]:
    """Points and demand of a Sao Jose dos Campos instance."""
    numbers = np.loadtxt(FOLDER / "sjc_mclp" / f"{name}.txt", skiprows=1)
    demand = np.loadtxt(FOLDER / "sjc_mclp" / f"demand-{name}.dat")
    return numbers, demand.ravel()[-len(numbers) :]


def street_city(name: str, radius_m: float) -> tuple[np.ndarray, sp.csr_array]:
    """Demand and cover of New York or San Francisco."""
    places, demand, into = [], [], None
    for line in (FOLDER / "nyc_sf_mclp" / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        words = line.replace(":", " ").split()
        if "SECTION" in line:
            into = demand if "DEMAND" in line else places
        elif into is not None and words and words[0][0] in "-0123456789":
            into.append([float(word) for word in words])
    lat, lon = np.radians(np.array(places)[:, -2:]).T
    cosine = np.sin(lat)[:, None] * np.sin(lat) + np.cos(lat)[:, None] * np.cos(lat) * np.cos(
        lon[:, None] - lon
    )
    metres = np.arccos(np.clip(cosine, -1, 1)) * EARTH_M
    return np.array(demand)[:, -1], sp.csr_array(metres <= radius_m)


def pmed(number: int) -> np.ndarray:
    """Distances between all nodes of an OR-Library p-median instance."""
    text = (FOLDER / "pmed" / f"pmed{number}.txt").read_text(encoding="utf-8").split()
    n, edges = int(text[0]), int(text[1])
    lines = np.array(text[3 : 3 + 3 * edges], dtype=np.int64).reshape(-1, 3)
    table = np.zeros((n, n))
    for i, j, cost in lines:
        table[i - 1, j - 1] = table[j - 1, i - 1] = cost
    return np.asarray(shortest_path(sp.csr_array(table), directed=False))


def tsplib(name: str) -> np.ndarray:
    """Points of a TSPLIB instance, float64[n, 2]."""
    lines = (FOLDER / "tsplib" / f"{name}.tsp").read_text(encoding="utf-8").splitlines()
    start = next(k for k, line in enumerate(lines) if line.startswith("NODE_COORD_SECTION"))
    rows = [line.split() for line in lines[start + 1 :] if line.strip() and "EOF" not in line]
    return np.array(rows, dtype=np.float64)[:, 1:3]


def scp(name: str) -> tuple[np.ndarray, sp.csr_array]:
    """Costs and cover [columns, rows] of an OR-Library set covering instance."""
    text = (FOLDER / "scp" / f"{name}.txt").read_text(encoding="utf-8").split()
    numbers: Any = np.array(text, dtype=np.int64)
    m, n = numbers[:2]
    costs, at = numbers[2 : 2 + n], 2 + n
    rows, columns = [], []
    for row in range(m):
        size = numbers[at]
        columns.append(numbers[at + 1 : at + 1 + size] - 1)
        rows.append(np.full(size, row))
        at += 1 + size
    entries = (np.concatenate(columns), np.concatenate(rows))
    covers = sp.csr_array((np.ones(len(entries[0]), dtype=np.bool_), entries), shape=(n, m))
    return costs.astype(np.float64), covers


def clustered(
    n_demand: int, n_sites: int, *, share: float, seed: int = 0
) -> tuple[np.ndarray, sp.csr_array]:
    """Weights and cover as the generator's clustered cases, for sizes that lists cannot hold.

    Sixty clusters of demand in the unit square, sites uniform in it, each covering ``share`` of
    the square.
    """
    rng = np.random.default_rng(seed)
    centre, spread = rng.random((60, 2)), rng.uniform(0.01, 0.06, 60)
    which = rng.integers(0, 60, n_demand)
    demand = centre[which] + rng.normal(size=(n_demand, 2)) * spread[which, None]
    np.clip(demand, 0, 1, out=demand)
    sites = rng.random((n_sites, 2))
    weights = rng.integers(1, 101, n_demand)
    return weights, disc_cover(sites, demand, np.sqrt(share / np.pi))


def disc_cover(sites: np.ndarray, demand: np.ndarray, radius: float) -> sp.csr_array:
    """Which site covers which demand within a radius, points in the unit square."""
    side = max(int(1 / radius), 1)
    square = np.minimum((demand * side).astype(np.int64), side - 1)
    number = square[:, 1] * side + square[:, 0]
    order = np.argsort(number, kind="stable").astype(np.int32)
    start = np.r_[0, np.cumsum(np.bincount(number, minlength=side * side))]
    offset, index = _discs(sites, demand, order, start, side, radius * radius)
    shape = (len(sites), len(demand))
    data = np.ones(len(index), dtype=np.bool_)
    if offset[-1] < np.iinfo(np.int32).max:
        offset = offset.astype(np.int32)
    return sp.csr_array((data, index, offset), shape=shape)


@compiled
def _discs(  # noqa: PLR0917 - compiled: positional only
    sites: np.ndarray,
    demand: np.ndarray,
    order: np.ndarray,
    start: np.ndarray,
    side: int,
    square_radius: float,
) -> tuple[np.ndarray, np.ndarray]:
    offset = np.zeros(len(sites) + 1, np.int64)
    index = np.empty(0, np.int32)
    for filling in range(2):
        for j in range(len(sites)):
            at = offset[j]
            column = min(int(sites[j, 0] * side), side - 1)
            row = min(int(sites[j, 1] * side), side - 1)
            for y in range(max(row - 1, 0), min(row + 2, side)):
                for x in range(max(column - 1, 0), min(column + 2, side)):
                    for k in range(start[y * side + x], start[y * side + x + 1]):
                        i = order[k]
                        dx, dy = demand[i, 0] - sites[j, 0], demand[i, 1] - sites[j, 1]
                        if dx * dx + dy * dy <= square_radius:
                            if filling:
                                index[at] = i
                            at += 1
            if filling:
                index[offset[j] : at].sort()
            else:
                offset[j + 1] = at
        if not filling:
            index = np.empty(offset[-1], np.int32)
    return offset, index
