from __future__ import annotations

from dataclasses import FrozenInstanceError
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pytest
import shapely

from data.demand import Demand
from data.districts import Districts
from data.points import frame_hash
from data.settings import default_settings
from data.sites import CandidateSites, network_grid_sites
from data.stations import STATION_COLUMNS, UNKNOWN, Stations
from geo.errors import InputError, NetworkError
from geo.measure import Box, to_metric

if TYPE_CHECKING:
    import numpy.typing as npt

BOX = Box(116.388, 33.283, 117.045, 34.250)
STATION = {"id": "a", "name": "甲", "kind": "station", "lon": 116.8, "lat": 33.9}


def stations(**changes: object) -> Stations:
    return Stations.from_records([{**STATION, **changes}])


def test_a_station_serves_the_groups_it_names_else_those_of_its_kind_and_only_when_open() -> None:
    register = Stations.from_records(
        [
            STATION,
            {**STATION, "id": "b", "groups": ("truck_driver",)},
            {**STATION, "id": "c", "kind": "driver_home"},
            {**STATION, "id": "d", "status": "closed"},
            {**STATION, "id": "e", "status": "planned", "groups": ("courier",)},
        ]
    )
    settings = default_settings("市", BOX)
    assert register.serves(settings.group("courier")).tolist() == [True, False, False, False, False]
    drivers = settings.group("truck_driver")
    assert register.serves(drivers).tolist() == [False, True, True, False, False]
    assert Stations.from_records([]).serves(drivers).tolist() == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"id": ""}, "needs an id"),
        ({"id": 7}, "needs an id"),
        ({"kind": "tent"}, "kind tent"),
        ({"status": "maybe"}, "status maybe"),
        ({"facilities": ("sauna",)}, "facilities sauna"),
        ({"groups": ("nobody",)}, "groups nobody"),
        ({"facilities_absent": ("sauna",)}, "facilities_absent sauna"),
        (
            {"facilities": ("toilet",), "facilities_broken": ("toilet",)},
            "a: facility toilet stands twice",
        ),
        ({"access": ("magic",)}, "access magic"),
        ({"operator_kind": "club"}, "operator_kind club"),
        ({"sign": "maybe"}, "sign maybe"),
        ({"seats": -1}, "seats -1 must be a whole number"),
        ({"truck_spaces": 2.5}, "truck_spaces 2.5 must be a whole number"),
        ({"area_m2": float("inf")}, "area_m2 inf must be a number"),
        ({"status_since": "2026-13-01"}, "status_since 2026-13-01 is no date"),
        ({"checked_at": "20261101"}, "checked_at 20261101 is no date"),
        ({"lon": 200.0}, "nowhere on earth"),
        ({"lat": float("nan")}, "must be a point|nowhere on earth"),
    ],
)
def test_a_station_that_cannot_be_is_never_born(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=words):
        stations(**changes)


def test_an_id_stands_once() -> None:
    with pytest.raises(InputError, match="a stands twice"):
        Stations.from_records([STATION, STATION])


def test_a_register_is_in_wgs84_and_has_all_columns() -> None:
    frame = stations().frame
    with pytest.raises(InputError, match="must stand in EPSG:4326"):
        Stations(frame.to_crs("EPSG:32650"))
    with pytest.raises(InputError, match="no column phone"):
        Stations(frame.drop(columns="phone"))


def test_what_a_register_does_not_tell_is_unknown_and_does_not_change_its_hash() -> None:
    register = stations()
    bare = register.frame.drop(columns=list(UNKNOWN))
    assert Stations(bare).frame.equals(register.frame)
    assert Stations(bare).content_hash == register.content_hash
    told = {column: register.frame[column].tolist() for column in UNKNOWN}
    assert {column for column, values in told.items() if values == [""]} | {
        column for column, values in told.items() if values == [()]
    } == set(UNKNOWN) - {"seats", "area_m2", "truck_spaces"}
    # The hash of this one station as the record was before it had these columns.
    old = frame_hash("stations", register.frame, STATION_COLUMNS[:12], register.lonlat)
    assert register.content_hash == old


def test_the_frame_handed_in_may_change_later_without_changing_the_register() -> None:
    frame = stations().frame.copy()
    register = Stations(frame)
    before = register.content_hash
    frame.loc[0, "name"] = "other"
    assert register.frame["name"].tolist() == ["甲"]
    assert Stations(register.frame).content_hash == before
    with pytest.raises(ValueError, match="read-only"):
        register.lonlat[0, 0] = 0
    with pytest.raises(FrozenInstanceError):
        register.frame = frame  # type: ignore[misc]


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "乙"},
        {"lon": 116.8000001},
        {"facilities": ("toilet",)},
        {"datum": "gcj02"},
        {"seats": 4},
        {"facilities_broken": ("toilet",)},
        {"access": ("key",)},
        {"checked_at": "2026-11-01"},
    ],
)
def test_the_hash_changes_with_any_content(changes: dict[str, Any]) -> None:
    assert stations(**changes).content_hash != stations().content_hash
    assert stations().content_hash == stations().content_hash


@pytest.mark.parametrize(
    "changes",
    [
        {"lon": 116.8000001},
        {"kind": "base"},
        {"groups": ("courier",)},
        {"status": "closed"},
        {"hours": "8:00-20:00"},
        {"access": ("key",)},
        {"facilities": ("toilet",)},
        {"seats": 4},
        {"truck_spaces": 2},
    ],
    ids=str,
)
def test_what_a_station_offers_and_where_changes_the_hash_of_its_service(
    changes: dict[str, Any],
) -> None:
    assert stations(**changes).service_hash != stations().service_hash
    assert stations().service_hash == stations().service_hash


@pytest.mark.parametrize(
    "changes",
    [
        {"id": "b"},
        {"name": "乙"},
        {"phone": "0123"},
        {"contact": "老王"},
        {"checked_at": "2026-11-01"},
        {"operator": "工会"},
        {"datum": "gcj02"},
    ],
    ids=str,
)
def test_what_is_written_of_a_station_otherwise_leaves_the_hash_of_its_service(
    changes: dict[str, Any],
) -> None:
    assert stations(**changes).service_hash == stations().service_hash


def test_the_order_of_stations_and_of_words_leaves_the_hash_of_their_service() -> None:
    one = STATION | {"facilities": ("toilet", "drinking_water"), "seats": 4}
    two = STATION | {"id": "b", "lon": 116.81}
    turned = one | {"facilities": ("drinking_water", "toilet")}
    assert (
        Stations.from_records([one, two]).service_hash
        == Stations.from_records([two, turned]).service_hash
    )


def test_a_site_has_a_known_kind_and_a_cost_that_can_be() -> None:
    site = {"id": "s", "name": "银行", "lon": 116.8, "lat": 33.9}
    assert np.isnan(CandidateSites.from_records([site]).frame["cost_yuan"][0])
    with pytest.raises(InputError, match="kind tent"):
        CandidateSites.from_records([{**site, "kind": "tent"}])
    with pytest.raises(InputError, match="cost_yuan"):
        CandidateSites.from_records([{**site, "cost_yuan": -1.0}])


class Nodes:
    """Road nodes without roads, of which the last is not in the main part."""

    def __init__(self, lonlat: npt.NDArray[np.float64]) -> None:
        self.node_lonlat = lonlat

    def in_main(self, mode: str) -> npt.NDArray[np.bool_]:
        assert mode == "foot"
        return np.arange(len(self.node_lonlat)) < len(self.node_lonlat) - 1


def test_a_grid_takes_of_each_square_the_node_nearest_to_its_middle() -> None:
    rng = np.random.default_rng(7)
    lonlat = np.column_stack([rng.uniform(116.8, 116.83, 500), rng.uniform(33.9, 33.93, 500)])
    sites = network_grid_sites(Nodes(lonlat), spacing_m=500, metric_crs="EPSG:32650")
    best: dict[tuple[int, int], tuple[float, int]] = {}
    xy = to_metric(lonlat[:-1], crs="EPSG:32650")
    for node, (x, y) in enumerate(xy):
        square = int(x // 500), int(y // 500)
        off = float(np.hypot(x - square[0] * 500 - 250, y - square[1] * 500 - 250))
        best[square] = min(best.get(square, (np.inf, -1)), (off, node))
    expected = {f"grid-{c}-{r}": lonlat[node].tolist() for (c, r), (_, node) in best.items()}
    assert dict(zip(sites.ids, sites.lonlat.tolist(), strict=True)) == expected


def test_a_grid_stays_within_box_or_districts_and_needs_a_node() -> None:
    nodes = Nodes(np.array([[116.8, 33.9], [116.9, 33.9], [116.7, 33.9]]))
    options = {"spacing_m": 500.0, "metric_crs": "EPSG:32650"}
    west = Districts.from_areas({"西": shapely.box(116.75, 33, 116.85, 34)})
    assert len(network_grid_sites(nodes, **options)) == 2
    assert len(network_grid_sites(nodes, **options, within=west)) == 1
    assert len(network_grid_sites(nodes, **options, within=Districts.from_areas({}))) == 2
    with pytest.raises(NetworkError, match="no road node"):
        network_grid_sites(nodes, **options, within=Box(0, 0, 1, 1))


def test_points_are_found_in_their_district_and_the_first_one_has_the_border() -> None:
    districts = Districts.from_areas(
        {"西": shapely.box(116, 33, 117, 34), "东": shapely.box(117, 33, 118, 34)}
    )
    points = np.array([[116.5, 33.5], [117.5, 33.5], [117, 33.5], [119, 33.5], [np.nan, 33]])
    assert districts.locate(points).tolist() == [0, 1, 0, -1, -1]
    assert tuple(districts.box) == (116, 33, 118, 34)
    assert districts.names == ("西", "东")


@pytest.mark.parametrize(
    ("name", "area", "words"),
    [
        ("", shapely.box(0, 0, 1, 1), "needs a name"),
        ("甲", shapely.Point(0, 0), "needs a polygon"),
        ("甲", shapely.Polygon(), "needs a polygon"),
        ("甲", shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)]), "Self-intersection"),
    ],
)
def test_a_district_that_cannot_be_is_never_born(
    name: str, area: shapely.Geometry, words: str
) -> None:
    with pytest.raises(InputError, match=words):
        Districts.from_areas({name: area})


def test_two_districts_may_not_share_a_name() -> None:
    frame = gpd.GeoDataFrame(
        {"name": ["甲", "甲"]}, geometry=[shapely.box(0, 0, 1, 1)] * 2, crs="EPSG:4326"
    )
    with pytest.raises(InputError, match="甲 twice"):
        Districts(frame)


def demand(**changes: object) -> Demand:
    parts: dict[str, Any] = {
        "ids": np.array(["1", "2"]),
        "lonlat": np.array([[116.5, 33.5], [117.5, 33.5]]),
        "weights": np.array([[1.0, 2.0], [3.0, 4.0]]),
        "groups": ("courier", "truck_driver"),
        "district": np.array([0, -1]),
        "district_names": ("西",),
    }
    return Demand(**{**parts, **changes})


def test_demand_adds_up_by_group_and_in_all() -> None:
    assert demand().total("courier") == 4
    assert demand().total() == 10
    assert demand().of("sanitation_worker").tolist() == [0, 0]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"weights": np.array([[1.0, -2.0], [3, 4]])}, "negative"),
        ({"weights": np.array([[1.0, np.nan], [3, 4]])}, "not finite"),
        ({"weights": np.full((2, 2), 1e308)}, "add up to more"),
        ({"weights": np.ones((2, 3))}, "do not fit"),
        ({"lonlat": np.array([[116.5, np.inf], [117, 33]])}, "not finite"),
        ({"ids": np.array(["1", "1"])}, "twice"),
        ({"groups": ("courier", "courier")}, "each once"),
        ({"district": np.array([0, 1])}, "outside district_names"),
    ],
)
def test_demand_that_cannot_be_is_never_born(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=words):
        demand(**changes)


def test_arrays_of_demand_are_its_own_and_cannot_be_written() -> None:
    weights = np.ones((2, 2))
    made = demand(weights=weights)
    weights[:] = 9
    assert made.total() == 4
    with pytest.raises(ValueError, match="read-only"):
        made.weights[0, 0] = 5
