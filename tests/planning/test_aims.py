"""Claims about the four aims: what a register says of each, against reading it row by row."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from data.settings import DEFAULT_GROUPS
from data.stations import Stations
from planning.coverage.aims import AIMS, ENTERED, FOUND, SEEN, USABLE, aim_counts, basics_tested

BASICS = ("drinking_water", "microwave", "seats", "phone_charging", "first_aid")
DOCS = Path(__file__).parents[2] / "docs"


def _register(seed: int) -> Stations:
    random = np.random.default_rng(seed)
    records = []
    for number in range(60):
        left = list(random.permutation(BASICS))
        cut = sorted(random.integers(0, 6, 2))
        works = left if random.random() < 0.3 else left[: cut[0]]
        absent = () if works is left else left[cut[0] : cut[1]]
        ways = [(), ("free_door",), ("member_app", "key")]
        records.append(
            {
                "id": f"S{number}",
                "name": "站",
                "kind": str(random.choice(["station", "driver_home"])),
                "lon": 116.8,
                "lat": 33.9,
                "sign": str(random.choice(["yes", "no", ""])),
                "address": str(random.choice(["中山路", ""])),
                "access": ways[random.integers(3)],
                "facilities": tuple(map(str, works)),
                "facilities_absent": tuple(map(str, absent)),
                "status": str(random.choice(["open", "closed"])),
            }
        )
    return Stations.from_records(records)


def test_each_aim_is_counted_as_the_register_has_it_row_by_row() -> None:
    groups = (replace(DEFAULT_GROUPS[0], access=frozenset({"key"})), DEFAULT_GROUPS[1])
    for seed in range(5):
        stations = _register(seed)
        rows = [row for row in stations.frame.to_dict("records") if row["status"] == "open"]
        counted = {held.aim: held for held in aim_counts(stations, groups)}
        assert tuple(counted) == AIMS
        seen = [row["sign"] for row in rows]
        assert (counted[SEEN].yes, counted[SEEN].no) == (seen.count("yes"), seen.count("no"))
        assert counted[FOUND].yes == sum(row["address"] != "" for row in rows)
        # couriers may use every way, truckers a key only; a driver home serves truckers alone
        shut = [row for row in rows if row["access"] == ("free_door",)]
        assert counted[ENTERED].no == sum(row["kind"] == "driver_home" for row in shut)
        assert counted[ENTERED].unknown == sum(row["access"] == () for row in rows)
        assert counted[USABLE].yes == sum(set(BASICS) <= set(row["facilities"]) for row in rows)
        assert counted[USABLE].no == sum(len(row["facilities_absent"]) > 0 for row in rows)
        assert {held.total for held in counted.values()} == {len(rows)}


def test_stated_hours_are_no_way_in() -> None:
    record = {"id": "S", "name": "站", "kind": "station", "lon": 116.8, "lat": 33.9}
    stations = Stations.from_records([record | {"hours": "24小时"}])
    counted = {held.aim: held for held in aim_counts(stations, DEFAULT_GROUPS)}
    assert (counted[ENTERED].yes, counted[ENTERED].unknown) == (0, 1)


def test_basics_are_tested_only_where_every_group_is_asked_for_all_of_them() -> None:
    assert basics_tested(DEFAULT_GROUPS)
    less = replace(DEFAULT_GROUPS[0], needs=frozenset(BASICS[:4]))
    assert not basics_tested((less, *DEFAULT_GROUPS[1:]))


def test_the_glossary_defines_the_aims_in_the_same_words() -> None:
    english = (DOCS / "glossary.md").read_text(encoding="utf-8")
    chinese = (DOCS / "zh" / "glossary.md").read_text(encoding="utf-8")
    for aim in AIMS:
        assert f"| {aim.en} | {aim.zh} | {aim.asks_en} ({aim.asks_zh}) |" in english
        assert f"| {aim.zh} | {aim.en} | {aim.asks_zh} |" in chinese
