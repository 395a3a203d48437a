"""Stations to write into a register, and a clock for it: of the tests of this folder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from data.stations import Stations

if TYPE_CHECKING:
    from datetime import datetime

STATION = {"id": "a", "name": "甲驿站", "kind": "station", "lon": 116.8, "lat": 33.9}

FULL = {
    "id": "b",
    "name": "乙 'x' <b> \\ \t%_",
    "kind": "driver_home",
    "lon": 116.7,
    "lat": 33.8,
    "address": "濉溪路 1 号",
    "hours": "24小时",
    "facilities": ("shower", "toilet"),
    "facilities_absent": ("aed",),
    "facilities_broken": ("microwave",),
    "groups": ("truck_driver",),
    "status": "suspended",
    "status_since": "2026-01-02",
    "phone": "+86 561",
    "datum": "gcj02",
    "source_lon": 116.706,
    "source_lat": 33.799,
    "host_type": "fuel_station",
    "operator": "总工会",
    "host_name": "工商银行人民路支行",
    "operator_kind": "union",
    "access": ("qr_code", "key"),
    "who_may_enter": "持证司机",
    "seats": 12,
    "area_m2": 40.5,
    "truck_spaces": 0,
    "sign": "yes",
    "contact": "值班室",
    "checked_at": "2026-10-01",
}


def stations(*records: dict[str, Any]) -> Stations:
    return Stations.from_records(records)


def numbered(count: int, **values: object) -> list[dict[str, Any]]:
    return [{**STATION, "id": f"s{i}", "name": f"驿站{i}", **values} for i in range(count)]


class Clock:
    """A clock that is set by hand."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def __call__(self) -> datetime:
        return self.moment
