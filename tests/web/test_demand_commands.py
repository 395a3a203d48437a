"""Claims about `yizhan demand`: the whole way on a small town, and what it refuses."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from data.demand import Demand
from data.vocabulary import SAMPLE_NOTICE
from data.workspace import Workspace
from web.design.fonts import typeface
from web.maps.density_squares import hour_squares

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Cli
    from playwright.sync_api import BrowserContext

LEFT, BOTTOM, STEP, N = 116.78, 33.94, 0.0025, 14
RIGHT, TOP = LEFT + (N - 1) * STEP, BOTTOM + (N - 1) * STEP
MIDDLE = LEFT + 6.5 * STEP
TOTALS = "区县,快递员,外卖配送员,货车司机,环卫工人\n西区,100,40,300,50\n东区,60.5,80,0,30\n"


def _map(path: Path) -> Path:
    """Write a town of streets with restaurants in its south-west, works in the east, one post."""
    nodes = "".join(
        f'<node id="{1 + row * N + column}" lon="{LEFT + column * STEP:.6f}" '
        f'lat="{BOTTOM + row * STEP:.6f}"/>'
        for row in range(N)
        for column in range(N)
    )
    kinds = {"restaurant": (2, 2), "post_office": (10, 10), "fuel": (12, 3)}
    for number, (kind, (column, row)) in enumerate(kinds.items()):
        lon, lat = LEFT + (column + 0.3) * STEP, BOTTOM + (row + 0.2) * STEP
        nodes += (
            f'<node id="{900 + number}" lon="{lon:.6f}" lat="{lat:.6f}">'
            f'<tag k="amenity" v="{kind}"/></node>'
        )
    lines = [
        *([1 + row * N + column for column in range(N)] for row in range(N)),
        *([1 + row * N + column for row in range(N)] for column in range(N)),
    ]
    ways = "".join(
        f'<way id="{1000 + number}">'
        + "".join(f'<nd ref="{ref}"/>' for ref in line)
        + f'<tag k="highway" v="{"primary" if number % 7 == 0 else "residential"}"/></way>'
        for number, line in enumerate(lines)
    )
    path.write_text(f'<osm version="0.6">{nodes}{ways}</osm>', encoding="utf-8")
    return path


def _districts(path: Path) -> Path:
    boxes = {
        "西区": (LEFT - STEP, BOTTOM - STEP, MIDDLE, TOP + STEP),
        "东区": (MIDDLE, BOTTOM - STEP, RIGHT + STEP, TOP + STEP),
    }
    features = [
        {
            "type": "Feature",
            "properties": {"name": name},
            "geometry": {
                "type": "Polygon",
                "coordinates": [[[a, b], [c, b], [c, d], [a, d], [a, b]]],
            },
        }
        for name, (a, b, c, d) in boxes.items()
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")
    return path


def _files(folder: Path) -> None:
    _map(folder / "town.osm")
    _districts(folder / "districts.geojson")
    (folder / "totals.csv").write_text(TOTALS, encoding="utf-8")
    people = "".join(
        f"{LEFT + c * STEP:.5f},{BOTTOM + r * STEP:.5f},{1 + c}\n"
        for c in range(N)
        for r in range(N)
    )
    (folder / "people.csv").write_text(f"lon,lat,population\n{people}", encoding="utf-8")
    stations = "".join(
        f"S{i},站 {i},service_centre,{LEFT + (1 + 3 * (i % 4)) * STEP:.5f},"
        f"{BOTTOM + (1 + 5 * (i // 4)) * STEP:.5f}\n"
        for i in range(8)
    )
    (folder / "stations.csv").write_text(f"id,name,kind,lon,lat\n{stations}", encoding="utf-8")
    rng = np.random.default_rng(5)
    counts = "".join(
        f"S{i},{hour},{rng.poisson(3 + i)}\n" for i in range(8) for hour in (8, 12, 15, 20)
    )
    (folder / "counts.csv").write_text(f"station,hour,count\n{counts}", encoding="utf-8")


def _made(folder: Path, cli: Cli) -> Path:
    """Make the town's workspace with roads, stations and layers; its files lie in ``folder``."""
    _files(folder)
    city = folder / "city"
    for words in (
        ("init", "--name", "小城", "--districts", folder / "districts.geojson", "--sample"),
        ("network", "build", "--osm", folder / "town.osm"),
        ("stations", "import", folder / "stations.csv", "--datum", "wgs84"),
        ("demand", "layers", "--osm", folder / "town.osm", "--population", folder / "people.csv"),
    ):
        answer = cli(*words, "-w", city)
        assert answer.code == 0, answer.err
    return city


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("town")


@pytest.fixture(scope="module")
def city(inputs: Path, cli: Cli) -> Path:
    """The town with its demand built; read it only."""
    city = _made(inputs, cli)
    answer = cli("demand", "build", "--totals", inputs / "totals.csv", "-w", city, "--json")
    assert answer.code == 0, answer.err
    (inputs / "built.json").write_text(answer.out, encoding="utf-8")
    return city


@pytest.fixture
def town(tmp_path: Path, cli: Cli) -> Path:
    """A town of one's own to break; its files lie beside it."""
    return _made(tmp_path, cli)


def test_a_demand_of_the_organisations_keeps_their_members_and_says_whose_they_are(
    town: Path, tmp_path: Path, cli: Cli
) -> None:
    unions = "编号,名称,类型,区县,快递员,环卫工人\nU1,甲,工会,西区,40,\nU2,乙,工会,东区,7,12\n"
    (tmp_path / "unions.csv").write_text(unions, encoding="utf-8")
    assert cli("organisations", "import", tmp_path / "unions.csv", "-w", town).code == 0
    build = ("demand", "build", "--totals", "organisations", "-w", town)
    answer = cli(*build, "--json")
    assert answer.code == 0, answer.err
    assert answer.json["totals"]["from"] == "organisations"
    assert answer.json["totals"]["file"] == "unions.csv"
    made = Workspace.open(town).demand()
    west = made.district == made.district_names.index("西区")
    courier = made.groups.index("courier")
    assert made.weights[west, courier].sum() == pytest.approx(40)
    assert made.total("courier") == pytest.approx(47)
    assert made.total("sanitation_worker") == pytest.approx(12)
    said = cli(*build).out
    assert "Totals of the organisations: their members, newest list unions.csv of " in said
    kept = Workspace.open(town).newest_result("demand")
    assert kept is not None
    assert kept.inputs["organisations"] == Workspace.open(town).organisations().content_hash


def _refused(cli: Cli, *words: object) -> str:
    answer = cli(*words)  # type: ignore[arg-type]
    assert answer.code == 2, answer.out + answer.err
    assert "Traceback" not in answer.err
    return answer.err.strip().splitlines()[-1]


def test_layers_are_listed_with_source_date_licence_and_count(city: Path, cli: Cli) -> None:
    layers = {of["id"]: of for of in cli("demand", "layers", "-w", city, "--json").json["layers"]}
    assert layers["restaurants"]["points"] == 1
    assert layers["restaurants"]["source"] == "town.osm"
    assert layers["population"]["total"] == sum(range(1, N + 1)) * N
    assert layers["roads.primary"]["unit"] == "m"
    assert {"date", "licence", "left_out"} <= set(layers["fuel"])
    assert "restaurants" in cli("demand", "layers", "-w", city).out


def test_roads_among_streets_are_layers_of_their_own(city: Path, cli: Cli) -> None:
    layers = {of["id"]: of for of in cli("demand", "layers", "-w", city, "--json").json["layers"]}
    urban, whole = (layers[f"{name}.residential"]["total"] for name in ("urban_roads", "roads"))
    assert 0.5 * whole < urban <= whole


def test_totals_are_kept_to_the_last_worker_in_every_district(city: Path, inputs: Path) -> None:
    demand = Workspace.open(city).demand()
    for district, row in enumerate(TOTALS.splitlines()[1:]):
        numbers = [float(word) for word in row.split(",")[1:]]
        groups = ("courier", "delivery_rider", "truck_driver", "sanitation_worker")
        for group, number in zip(groups, numbers, strict=True):
            assert demand.of(group)[demand.district == district].sum() == pytest.approx(
                number, abs=1e-6
            )
    built = json.loads((inputs / "built.json").read_text(encoding="utf-8"))
    assert built["by_group"]["courier"] == pytest.approx(160.5, abs=1e-6)
    assert built["hash"] == demand.content_hash
    assert {of["group"] for of in built["layers"]} >= {"courier", "truck_driver"}


def test_riders_stand_round_the_restaurant_and_nowhere_else_is_denser(city: Path) -> None:
    demand = Workspace.open(city).demand()
    west = demand.district == 0
    densest = demand.lonlat[west][np.argmax(demand.of("delivery_rider")[west])]
    away = np.abs(densest - (LEFT + 2.3 * STEP, BOTTOM + 2.2 * STEP))
    assert (away < 2 * STEP).all()


def test_a_built_demand_carries_presence_and_hours_of_the_settings(city: Path) -> None:
    workspace = Workspace.open(city)
    demand, of = workspace.demand(), workspace.settings.demand.group("delivery_rider")
    at = demand.groups.index("delivery_rider")
    assert demand.presence[at] == of.presence
    assert demand.profile[at, 0].tolist() == list(of.weekday)
    assert demand.profile[at, 1].tolist() == list(of.weekend)


def test_coverage_of_an_hour_counts_who_wants_a_rest_then(city: Path, cli: Cli) -> None:
    told = cli("coverage", "-w", city, "--hour", "14", "--json").json
    whole = next(r for r in told["rows"] if (r["group"], r["district"]) == ("all", "all"))
    demand = Workspace.open(city).demand()
    assert whole["workers"] == pytest.approx(demand.at(hour=14).sum())
    assert told["hour"] == 14
    assert told["day"] == "weekday"
    everybody = cli("coverage", "-w", city, "--json").json["rows"][0]["workers"]
    assert everybody == pytest.approx(demand.total())


def test_an_hour_is_told_here_only_and_pages_keep_the_usual(city: Path, cli: Cli) -> None:
    assert cli("coverage", "-w", city).code == 0
    usual = Workspace.open(city).newest_result("coverage")
    assert cli("coverage", "-w", city, "--hour", "3", "--day", "weekend").code == 0
    after = Workspace.open(city).newest_result("coverage")
    assert usual is not None
    assert after is not None
    assert usual.id == after.id


def test_draws_give_every_row_a_range_about_its_figure_and_repeat_by_seed(
    city: Path, cli: Cli
) -> None:
    words = ("coverage", "-w", city, "--draws", "60", "--json")
    told, again = cli(*words).json, cli(*words).json
    assert told["ranges"] == again["ranges"]
    assert len(told["ranges"]) == len(told["rows"])
    for row, drawn in zip(told["rows"], told["ranges"], strict=True):
        assert (row["group"], row["district"]) == (drawn["group"], drawn["district"])
        low, high = drawn["workers"]  # totals by district are kept under every draw
        assert low == pytest.approx(row["workers"], rel=1e-5, abs=1e-4)
        assert high == pytest.approx(row["workers"], rel=1e-5, abs=1e-4)
        assert 0 <= drawn["share_one"][0] <= drawn["share_one"][1] <= 1 + 1e-9
    wide = {r["group"]: r["within_one"] for r in told["ranges"] if r["district"] == "all"}
    assert wide["courier"][0] < wide["courier"][1]


def test_a_plan_over_draws_says_how_often_each_site_is_chosen(city: Path, cli: Cli) -> None:
    words = ("plan", "--new", "2", "-w", city, "--draws", "5", "--hour", "14", "--json")
    told = cli(*words).json
    draws = told["draws"]
    assert draws["n"] == 5
    assert [site["site_id"] for site in draws["sites"] if site["planned"]] == [
        site["site_id"] for site in told["sites"]
    ]
    assert sum(site["share"] for site in draws["sites"]) == pytest.approx(2, abs=1e-9)
    low, high = draws["covered_after"]
    assert low <= high
    assert 0 <= draws["regret"] < 1
    assert "chosen" in cli(*words[:-1]).out


def test_an_imported_demand_has_no_weights_to_draw(town: Path, tmp_path: Path, cli: Cli) -> None:
    row = f"1,{LEFT + STEP:.4f},{BOTTOM + STEP:.4f},5"
    (tmp_path / "points.csv").write_text(f"id,lon,lat,courier\n{row}\n", encoding="utf-8")
    assert cli("demand", "import", tmp_path / "points.csv", "-w", town).code == 0
    assert "was imported, not built" in _refused(cli, "coverage", "-w", town, "--draws", "9")
    assert "was imported, not built" in _refused(
        cli, "plan", "--new", "1", "--draws", "9", "-w", town
    )
    assert cli("coverage", "-w", town, "--hour", "12").code == 0  # hours come from the settings


def test_fitted_weights_are_kept_as_a_variant_and_compared(
    town: Path, tmp_path: Path, cli: Cli
) -> None:
    assert cli("demand", "build", "--totals", tmp_path / "totals.csv", "-w", town).code == 0
    counts = ("demand", "calibrate", "--counts", tmp_path / "counts.csv", "-w", town)
    told = cli(*counts, "--name", "fitted", "--json").json
    assert set(told["weights"]["courier"]) == {"population", "depots", "shops"}
    assert sum(told["weights"]["courier"].values()) == pytest.approx(1, abs=1e-4)
    assert told["held_out"]["rows"] == 32
    workspace = Workspace.open(town)
    assert workspace.demand_names() == ("fitted",)
    assert workspace.demand("fitted").total() == pytest.approx(workspace.demand().total())
    compared = cli("demand", "compare", "-", "fitted", "-w", town, "--json").json
    assert any(row["distance"] for row in compared["rows"] if row["distance"] is not None)
    assert cli("coverage", "--demand", "fitted", "-w", town, "--draws", "3").code == 0
    assert "held out" in cli(*counts, "--name", "b", "--method", "nnls").out
    missing = _refused(cli, "demand", "compare", "-", "nobody", "-w", town)
    assert "no demand is named nobody" in missing


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("demand", "build", "--totals", "no.csv"), "no.csv"),
        (("demand", "build", "--totals", "wrong.csv"), "is no district of this city"),
        (("demand", "build", "--totals", "totals.csv", "--cell", "1"), "1 m"),
        (("demand", "build", "--totals", "totals.csv", "--h3", "99"), "99"),
        (("demand", "build", "--totals", "totals.csv", "--h3", "9", "--cell", "9"), "not both"),
        (("demand", "build", "--totals", "totals.csv", "--name", "../x"), "letters, digits"),
        (("demand", "layers", "--points", "lockers"), "write NAME=FILE"),
        (("demand", "layers", "--population", "wrong.csv"), "wrong.csv"),
        (("demand", "layers", "--osm", "empty.osm"), "empty.osm"),
        (("demand", "layers", "--raster", "totals.csv"), "totals.csv"),
        (("coverage", "--hour", "24"), "lies outside 0 to 23"),
        (("demand", "show", "-o", "x.bmp"), "ends in .png, .svg, .pdf or .html"),
        (("demand", "show", "-o", "x.html", "--hour", "25"), "lies outside 0 to 23"),
        (("demand", "show", "-o", "x.html", "--group", "ridr"), "did you mean delivery_rider"),
        (("demand", "show", "-o", "x.html", "--name", "none"), "no demand is named none"),
        (("demand", "calibrate", "--counts", "wrong.csv", "--name", "x"), "wrong.csv"),
    ],
)
def test_what_cannot_be_is_one_line_and_leaves_the_demand(
    city: Path, inputs: Path, cli: Cli, words: tuple[str, ...], says: str
) -> None:
    (inputs / "wrong.csv").write_text("区县,快递员\n北区啊,1\n东区,2\n", encoding="utf-8")
    (inputs / "empty.osm").write_text("", encoding="utf-8")
    before = Workspace.open(city).demand().content_hash
    placed = [inputs / word if re.search(r"\.\w{3}", word) else word for word in words]
    assert says in _refused(cli, *placed, "-w", city)
    assert Workspace.open(city).demand().content_hash == before


def test_weights_on_a_layer_of_ones_own_that_was_not_read_name_the_cure(
    town: Path, tmp_path: Path, cli: Cli
) -> None:
    settings = town / "yizhan.toml"
    text = settings.read_text(encoding="utf-8")
    old = "weights = { population = 0.5, depots = 0.3, shops = 0.2 }"
    assert old in text
    new = "weights = { population = 0.5, 'own:lockers' = 0.5 }"
    settings.write_text(text.replace(old, new), encoding="utf-8")
    build = ("demand", "build", "--totals", tmp_path / "totals.csv", "-w", town)
    assert "run yizhan demand layers --points lockers=FILE" in _refused(cli, *build)
    place = f"{LEFT + 3 * STEP:.5f},{BOTTOM + 8 * STEP:.5f}"
    (tmp_path / "lockers.csv").write_text(f"lon,lat,weight\n{place},4\n", encoding="utf-8")
    points = f"lockers={tmp_path / 'lockers.csv'}"
    assert cli("demand", "layers", "--points", points, "-w", town).code == 0
    assert cli(*build).code == 0


@pytest.mark.parametrize("ending", ["png", "svg", "pdf"])
def test_a_picture_is_written_in_each_format(
    city: Path, tmp_path: Path, cli: Cli, ending: str
) -> None:
    file = tmp_path / f"out.{ending}"
    hour = () if ending == "png" else ("--hour", "14")
    words = ("demand", "show", "-w", city, "-o", file, "--group", "外卖配送员", *hour)
    answer = cli(*words, "--json")
    assert answer.code == 0, answer.err
    told = answer.json
    assert told["group"] == "delivery_rider"
    assert told["notice"] == SAMPLE_NOTICE
    assert told["bytes"] == file.stat().st_size > 5_000
    head = {"png": b"\x89PNG", "svg": b"<?xml", "pdf": b"%PDF"}[ending]
    assert file.read_bytes().startswith(head)
    if ending == "svg":
        assert SAMPLE_NOTICE in file.read_text(encoding="utf-8")


def test_a_typeface_with_chinese_letters_is_found_or_asked_for() -> None:
    assert typeface("plain") == "DejaVu Sans"
    assert typeface("驿站") != "DejaVu Sans"


def test_classes_are_round_numbers_that_hold_for_every_hour(city: Path) -> None:
    workspace = Workspace.open(city)
    squares = hour_squares(workspace.demand(), metric_crs=workspace.settings.metric_crs)
    breaks = squares.breaks("courier")
    assert 1 <= len(breaks) <= 7
    assert all(float(f"{b:e}".split("e")[0]) in {1.0, 2.0, 5.0} for b in breaks)
    hour, day = squares.peak("courier")
    assert squares.per_km2("courier", hour=hour, day=day).max() >= breaks[-1]
    whole = squares.weights.sum(axis=0)
    own = [workspace.demand().total(group) for group in squares.groups]
    assert whole == pytest.approx(own, rel=2e-3, abs=1e-6)


def test_the_map_of_ten_thousand_squares_stays_under_3_mb(tmp_path: Path, cli: Cli) -> None:
    column, row = (grid.ravel() for grid in np.meshgrid(np.arange(100), np.arange(100)))
    lonlat = np.stack([116.5 + column * 0.0027, 33.5 + row * 0.00225], axis=1)
    weights = np.random.default_rng(1).gamma(0.5, 3.0, (10_000, 5))
    box = "116.4,33.4,116.9,33.9"
    assert cli("init", "-w", tmp_path / "w", "--name", "大城", "--box", box).code == 0
    workspace = Workspace.open(tmp_path / "w")
    groups = workspace.settings.group_ids
    ids = [f"c{number}" for number in range(10_000)]
    made = Demand.at_points(ids=ids, lonlat=lonlat, weights=weights, groups=groups)
    workspace.replace_demand(made)
    file = tmp_path / "map.html"
    told = cli("demand", "show", "-w", tmp_path / "w", "-o", file, "--json").json
    assert told["squares"] > 9_000
    assert file.stat().st_size < 3_000_000


@pytest.mark.browser
def test_the_slider_of_the_map_says_and_paints_each_hour(
    city: Path, tmp_path: Path, cli: Cli, desk: BrowserContext
) -> None:
    file = tmp_path / "map.html"
    words = ("demand", "show", "-w", city, "-o", file, "--group", "courier", "--hour", "9")
    assert cli(*words).code == 0
    page = desk.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(file.as_uri())
    says = page.locator("#density-says")
    demand = Workspace.open(city).demand()
    at = demand.groups.index("courier")

    def expected(hour: int, day: str) -> str:
        number = demand.at(hour=hour, day=day)[:, at].sum()  # type: ignore[arg-type]
        return f"{number:,.0f}"

    assert f"9 时有 {expected(9, 'weekday')} 名快递员" in says.inner_text()
    page.locator("#density-hour").fill("14")
    assert f"14 时有 {expected(14, 'weekday')} 名" in says.inner_text()
    page.locator("#density-day").select_option("weekend")
    assert f"周末 14 时有 {expected(14, 'weekend')} 名" in says.inner_text()
    page.locator("#density-group").select_option("all")
    assert "名工友想歇脚" in says.inner_text()
    assert page.locator(".sample-band").inner_text() == SAMPLE_NOTICE
    assert errors == []
    assert {url.split(":")[0] for url in asked} == {"file"}


def test_hostile_names_stay_text_in_the_map(tmp_path: Path, cli: Cli) -> None:
    hostile = "</script><img src=x onerror=alert(1)>{{7*7}}"
    box = f"{LEFT - 0.1},{BOTTOM - 0.1},{RIGHT + 0.1},{TOP + 0.1}"
    assert cli("init", "-w", tmp_path / "w", "--name", hostile, "--box", box).code == 0
    workspace = Workspace.open(tmp_path / "w")
    some: dict[str, Any] = {
        "ids": ["a", "b"],
        "lonlat": np.array([[LEFT, BOTTOM], [RIGHT, TOP]]),
        "weights": np.ones((2, 5)),
    }
    workspace.replace_demand(Demand.at_points(**some, groups=workspace.settings.group_ids))
    file = tmp_path / "map.html"
    assert cli("demand", "show", "-w", tmp_path / "w", "-o", file).code == 0
    text = file.read_text(encoding="utf-8")
    assert "<img" not in text
    assert "{{7*7}}" in text  # kept as it is written, as text


def test_midnight_is_an_hour_of_its_day_and_layers_that_stand_alone_are_named(
    city: Path, cli: Cli
) -> None:
    asked = ("coverage", "-w", city, "--day", "weekend", "--draws", "3", "--json")
    told = cli(*asked, "--hour", "0").json
    assert (told["hour"], told["day"]) == (0, "weekend")
    assert "sanitation_worker" in told["not_drawn"]
    assert cli("coverage", "-w", city, "--json").json["day"] is None
