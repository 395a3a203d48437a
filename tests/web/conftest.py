"""A small city with hostile names, its workspace, the application over it, and a real browser."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pytest

from data.accounts import Account
from data.activities import Activity
from data.demand import Demand
from data.osm import read_roads
from data.report_book import ReportBook
from data.sites import network_grid_sites
from data.stations import Stations
from data.vocabulary import BASIC_EQUIPMENT
from data.workspace import Workspace
from geo.network import build_network
from planning.coverage.nominal import measure_coverage
from planning.siting.question import plan_stations
from tests.web.admin.visits import PASSWORD_HASH
from tests.web.serving import served
from tests.web.streets import street_in
from web.app import create_app
from web.site.passwords import hash_password

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask import Flask
    from flask.testing import FlaskClient
    from playwright.sync_api import Browser, BrowserContext

    from tests.conftest import Cli
    from tests.web.streets import Street

MONEY, THREE = "两年 30 万", "三个新站"
PLAN_CHANGES = (
    *("--set", "years.count=2", "--set", "money.yuan_by_year=[200000, 100000]"),
    *("--set", 'actions.build=["station","courier_home"]'),
)
LEFT, BOTTOM = 116.78, 33.94
STEP = 0.0025  # degrees, about 250 m
N = 14
HOSTILE = (
    "<script>window.broken=1</script>",
    "</script><img src=x onerror=window.broken=1>",
    "${window.broken=1} `tick`",
    "{{ 7*7 }} {% raw %}",
    "\"双引号\" '单引号' \\反斜杠",
    '=HYPERLINK("http://example.org","站")',
)
GROUPS = (
    "truck_driver",
    "courier",
    "delivery_rider",
    "ride_hailing_driver",
    "sanitation_worker",
)


def _roads_xml(path: Path) -> Path:
    """Write a grid of streets as OSM XML, the names of two of them hostile."""
    nodes = "".join(
        f'<node id="{1 + row * N + column}" lon="{LEFT + column * STEP:.6f}" '
        f'lat="{BOTTOM + row * STEP:.6f}"/>'
        for row in range(N)
        for column in range(N)
    )
    lines = [
        *([1 + row * N + column for column in range(N)] for row in range(N)),
        *([1 + row * N + column for row in range(N)] for column in range(N)),
    ]
    classes = ("primary", "residential", "secondary", "residential", "footway")
    ways = "".join(
        f'<way id="{1000 + number}">'
        + "".join(f'<nd ref="{ref}"/>' for ref in line)
        + f'<tag k="highway" v="{classes[number % len(classes)]}"/>'
        + f'<tag k="name" v="第{number}路 &lt;b&gt;"/></way>'
        for number, line in enumerate(lines)
    )
    path.write_text(f'<osm version="0.6">{nodes}{ways}</osm>', encoding="utf-8")
    return path


def _districts(path: Path) -> Path:
    middle, right, top = LEFT + 7 * STEP, LEFT + 14 * STEP, BOTTOM + 14 * STEP
    halves = {
        "西区": (LEFT - STEP, BOTTOM - STEP, middle, top),
        "<img src=x onerror=window.broken=1>东区": (middle, BOTTOM - STEP, right, top),
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
        for name, (a, b, c, d) in halves.items()
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")
    return path


def _stations() -> Stations:
    kinds = ("station", "driver_home", "rider_home", "courier_home", "service_centre", "base")
    names = [*HOSTILE, *(f"驿站 {number:02d}" for number in range(8))]
    statuses = {7: "suspended", 8: "closed", 9: "planned"}
    return Stations.from_records(
        [
            {
                "id": f"S{number}",
                "name": name,
                "kind": kinds[number % len(kinds)],
                "lon": LEFT + STEP * (1 + number % 4),
                "lat": BOTTOM + STEP * (1 + number // 4 * 2),
                "hours": "" if number == 0 else "8:00-18:00",
                "address": HOSTILE[0] if number == 1 else "中山路 1 号",
                "facilities": ("toilet", *BASIC_EQUIPMENT) if number % 2 else (),
                "access": ("free_door",) if number % 4 else (),
                "sign": ("yes", "no", "")[number % 3],
                "status": statuses.get(number, "open"),
            }
            for number, name in enumerate(names)
        ]
    )


def _demand(workspace: Workspace) -> Demand:
    """Spread workers over the nodes, most of them in the corner without stations."""
    column, row = np.meshgrid(np.arange(N), np.arange(N))
    lonlat = np.stack([LEFT + column.ravel() * STEP, BOTTOM + row.ravel() * STEP], axis=1)
    weights = (1.0 + column.ravel() + row.ravel())[:, None] * np.array([1.0, 2.0, 3.0, 0.0, 0.5])
    ids = [f"c{number}" for number in range(len(lonlat))]
    return Demand.at_points(
        ids=ids, lonlat=lonlat, weights=weights, groups=GROUPS, districts=workspace.districts
    )


@pytest.fixture(scope="session")
def city_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workspace of a small generated city, planned and measured; read it only."""
    inputs = tmp_path_factory.mktemp("inputs")
    folder = tmp_path_factory.mktemp("city") / "workspace"
    workspace = Workspace.create(
        folder, name="试验市", districts_file=_districts(inputs / "districts.geojson"), sample=True
    )
    workspace.replace_stations(_stations())
    workspace.replace_demand(_demand(workspace))
    workspace.replace_network(build_network(read_roads(_roads_xml(inputs / "roads.osm"))))
    _plan(workspace)
    return folder


def _plan(workspace: Workspace) -> None:
    demand, stations = workspace.demand(), workspace.stations()
    network, settings = workspace.network(), workspace.settings
    sites = network_grid_sites(
        network, spacing_m=500, metric_crs=settings.metric_crs, within=workspace.districts
    )
    plan = plan_stations(demand, stations, sites, network, settings, new=3)
    workspace.save_result("plan", inputs=plan.inputs, body=plan.as_dict())
    coverage = measure_coverage(demand, stations, network, settings, standard="national")
    hashes = {name: plan.inputs[name] for name in ("demand", "stations", "network")}
    workspace.save_result("coverage", inputs=hashes, body=coverage.as_dict())


@pytest.fixture(scope="session")
def city(city_folder: Path) -> Workspace:
    return Workspace.open(city_folder)


@pytest.fixture(scope="session")
def planned_city(city_folder: Path, tmp_path_factory: pytest.TempPathFactory, cli: Cli) -> Path:
    """The small city with a decision, a plan, and accounts; read it only."""
    folder = tmp_path_factory.mktemp("planned") / "city"
    shutil.copytree(city_folder, folder)
    assert cli("plan", *PLAN_CHANGES, "--scenario", MONEY, "-w", folder).code == 0
    assert cli("plan", "--new", "3", "--scenario", THREE, "-w", folder).code == 0
    accounts = ReportBook(Workspace.open(folder)).accounts
    for name, role in (("gui", "planner"), ("kan", "viewer"), ("shen", "moderator")):
        accounts.add(Account(name, PASSWORD_HASH, role), by="test")
    return folder


@pytest.fixture(scope="session")
def planned(city_folder: Path, tmp_path_factory: pytest.TempPathFactory, cli: Cli) -> Path:
    """The small city with two scenarios, one without the first site of the other; read it only."""
    folder = tmp_path_factory.mktemp("scenarios") / "city"
    shutil.copytree(city_folder, folder)
    words = ("plan", "--new", "3", "-w", folder)
    assert cli(*words, "--scenario", "基准").code == 0
    told = cli(*words, "--without", "1", "--scenario", "不要第一个", "--why", "房东不肯")
    assert told.code == 0, told.err
    assert "Kept as the scenario 不要第一个." in told.out
    return folder


@pytest.fixture
def empty_folder(tmp_path: Path) -> Path:
    """A workspace in which nothing was imported yet."""
    districts = _districts(tmp_path / "districts.geojson")
    Workspace.create(tmp_path / "empty", name="空城", districts_file=districts)
    return tmp_path / "empty"


@pytest.fixture(scope="session")
def app(city_folder: Path) -> Flask:
    return create_app(city_folder, testing=True)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture(scope="session")
def address(app: Flask) -> Iterator[str]:
    """The address of the application, served by a thread for as long as the tests run."""
    with served(app) as address:
        yield address


@dataclass(frozen=True)
class Lively:
    """A served city in which something was said: reports, answers, proposals, activities.

    It has a moderator's account, and may be written to.
    """

    address: str
    folder: Path
    tickets: tuple[str, ...]
    name: str = "moderator"
    password: str = "a long enough password"  # noqa: S105 - of an account that lives for a test


@pytest.fixture(scope="module")
def lively(city_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lively]:
    """The city of a file of tests to write into: a copy of the small city, with voices in it."""
    folder = tmp_path_factory.mktemp("lively") / "workspace"
    shutil.copytree(city_folder, folder)
    book = ReportBook(Workspace.open(folder))
    tickets = _say_something(book)
    account = Account(Lively.name, hash_password(Lively.password))
    book.accounts.add(account, by="the tests")
    with served(create_app(folder, testing=True)) as address:
        yield Lively(address, folder, tickets)


def _say_something(book: ReportBook) -> tuple[str, ...]:
    """Make an amber station, a single voice, an answer in public, a proposal and an activity."""
    when = datetime.now(UTC).isoformat()
    voices = [
        {"station": "S0", "what": "locked", "text": HOSTILE[0], "device": "a" * 20},
        {"station": "S0", "what": "locked", "text": HOSTILE[1], "device": "b" * 20},
        {"station": "S6", "what": "broken", "facility": "toilet", "device": "a" * 20},
        {"station": "S11", "what": "fine", "device": "c" * 20},
    ]
    numbers = [
        book.take_report(when=when, nonce=f"nonce-{number:020}", **voice).number
        for number, voice in enumerate(voices)
    ]
    book.tickets.answer(numbers[0], HOSTILE[2], public=True, by=Lively.name)
    book.take_proposal(
        name=HOSTILE[1], lon=LEFT, lat=BOTTOM, text=HOSTILE[0], device="a" * 20, nonce="p" * 20
    )
    start = datetime.now(UTC) + timedelta(days=2)
    activity = Activity(
        "S0", HOSTILE[0], "legal_advice", start, start + timedelta(hours=2), HOSTILE[4]
    )
    book.activities.add([activity], by=Lively.name)
    return tuple(dict.fromkeys(filter(None, numbers)))


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Street]:
    """Five stations to the north of a phone, without roads."""
    with street_in(tmp_path_factory.mktemp("street") / "city") as made:
        yield made


@pytest.fixture
def phone(browser: Browser) -> Iterator[BrowserContext]:
    """A phone of 360 x 640 that tells its position: a known place in the small city."""
    context = browser.new_context(
        viewport={"width": 360, "height": 640},
        locale="zh-CN",
        geolocation={"longitude": 116.784321, "latitude": 33.961234},
        permissions=["geolocation"],
    )
    yield context
    context.close()


@pytest.fixture
def desk(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="zh-CN")
    yield context
    context.close()


@pytest.fixture(scope="session")
def sample_nation(tmp_path_factory: pytest.TempPathFactory, cli: Cli) -> Path:
    """A generated nation of three small cities, run; read it only."""
    folder = tmp_path_factory.mktemp("nation") / "nation"
    made = cli("nation", "sample", "-w", folder, "--cities", "3", "--size", "small")
    assert made.code == 0, made.err
    file = folder / "nation.toml"
    text = file.read_text(encoding="utf-8")
    text = text.replace("3_000_000", "1_000_000").replace("points = 10", "points = 5")
    file.write_text(text, encoding="utf-8")
    ran = cli("nation", "run", "-w", folder)
    assert ran.code == 0, ran.out + ran.err
    return folder
