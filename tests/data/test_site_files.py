from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from data.files.site_files import read_sites, write_sites
from geo.datum import Datum, from_wgs84
from geo.errors import RowsError
from geo.measure import Box, great_circle_m

if TYPE_CHECKING:
    from pathlib import Path

    from data.sites import CandidateSites

BOX = Box(116.388, 33.283, 117.045, 34.250)


def read(path: Path, *rows: str, datum: Datum = Datum.wgs84) -> CandidateSites:
    file = path / "s.csv"
    file.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return read_sites(file, datum=datum, box=BOX)


def test_sites_need_only_id_name_and_place(tmp_path: Path) -> None:
    sites = read(tmp_path, "编号,名称,经度,纬度", "s1,工商银行,116.8,33.9")
    record = sites.frame.iloc[0]
    assert (record["id"], record["name"], record["kind"]) == ("s1", "工商银行", "")
    assert np.isnan(record["cost_yuan"])


def test_kind_and_cost_are_read_where_they_are_there(tmp_path: Path) -> None:
    sites = read(
        tmp_path,
        "id,name,lon,lat,类型,造价（元）",
        "s1,a,116.8,33.9,微站,80000",
        "s2,b,116.8,33.9,,",
    )
    assert sites.frame["kind"].tolist() == ["micro_station", ""]
    assert sites.frame["cost_yuan"].tolist() == pytest.approx([80_000, np.nan], nan_ok=True)


def test_sites_in_another_datum_are_brought_to_wgs84(tmp_path: Path) -> None:
    lon, lat = from_wgs84(np.array([[116.8, 33.9]]), datum=Datum.gcj02)[0].tolist()
    sites = read(tmp_path, "id,name,lon,lat", f"a,b,{lon!r},{lat!r}", datum=Datum.gcj02)
    assert great_circle_m(sites.lonlat, np.array([[116.8, 33.9]]))[0] < 0.001
    assert sites.frame["source_lon"].tolist() == [lon]


@pytest.mark.parametrize("ending", [".csv", ".xlsx", ".geojson", ".gpkg"])
def test_sites_that_are_written_are_read_again_as_they_were(tmp_path: Path, ending: str) -> None:
    given = from_wgs84(np.array([[116.8, 33.9], [116.81, 33.92]]), datum=Datum.gcj02).tolist()
    sites = read(
        tmp_path,
        "id,name,lon,lat,kind,cost_yuan",
        f"s1,工商银行,{given[0][0]!r},{given[0][1]!r},driver_home,80000",
        f"s2,=加油站,{given[1][0]!r},{given[1][1]!r},,",
        datum=Datum.gcj02,
    )
    file = tmp_path / f"out{ending}"
    write_sites(sites, file, sample=True)
    again = read_sites(file, datum=Datum.wgs84, box=BOX)
    assert again.content_hash == sites.content_hash


def test_a_cost_beyond_every_budget_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RowsError, match=r"1e\+300 yuan are more than 10,000,000,000"):
        read(tmp_path, "id,name,lon,lat,造价", "s1,a,116.8,33.9,1e300")


def test_faulty_sites_are_all_listed(tmp_path: Path) -> None:
    with pytest.raises(RowsError) as caught:
        read(
            tmp_path,
            "id,name,lon,lat,kind,cost_yuan",
            "a,,116.8,33.9,,-5",
            "a,b,33.9,116.8,tent,x",
        )
    assert [(fault.row, fault.column) for fault in caught.value.faults] == [
        (2, "cost_yuan"),
        (2, "name"),
        (3, "cost_yuan"),
        (3, "id"),
        (3, "kind"),
        (3, "lat"),
    ]
