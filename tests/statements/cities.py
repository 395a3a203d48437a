"""The two cities whose statements are held, and all that they say: pages, files, commands."""

from __future__ import annotations

import contextlib
import csv
import importlib
import io
import json
import pkgutil
import re
import shutil
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from matplotlib.backends.backend_agg import FigureCanvasAgg

from data.workspace import Workspace
from geo.measure import to_metric
from tests.statements import fragments
from tests.statements.recount import Recount
from tests.statements.walker import Holds
from web import commands
from web.app import create_app
from web.commands import common

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from conftest import Cli
    from matplotlib.figure import Figure

    from bench.towns import Town
    from tests.statements.fragments import Fragment
    from tests.statements.recount import Gain, Numbers

LANGUAGES = ("zh", "en")


@dataclass(frozen=True)
class Question:
    """A command that was asked twice: for its words, and for its figures."""

    words: tuple[str, ...]
    pieces: tuple[Fragment, ...]
    figures: Mapping[str, Any]

    @property
    def face(self) -> str:
        return f"cli {' '.join(self.words)}"


@dataclass(eq=False)
class City:
    """A workspace, the plan that its pages show, and its figures counted anew."""

    name: str
    folder: Path
    files: Path
    totals: Path
    roads: Path
    stations: Path
    scratch: Path
    shown_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    asked_at: dict[str, datetime] = field(default_factory=dict)
    stood_at: tuple[float, float] = (0.0, 0.0)
    questions: dict[str, Question] = field(default_factory=dict)
    charts: dict[str, tuple[Fragment, ...]] = field(default_factory=dict)
    frames: dict[str, tuple[float, float, float, float]] = field(default_factory=dict)
    _headings: dict[str, list[str]] = field(default_factory=dict)
    _csv_rows: dict[str, dict[int, dict[str, str]]] = field(default_factory=dict)
    _counted: dict[str, Recount] = field(default_factory=dict)
    _gains: dict[tuple[int, str | None], list[Gain]] = field(default_factory=dict)

    @cached_property
    def workspace(self) -> Workspace:
        return Workspace.open(self.folder)

    @cached_property
    def plan(self) -> Mapping[str, Any]:
        """The plan that the pages show, as it is kept."""
        kept = self.workspace.newest_result("plan")
        assert kept is not None
        return kept.body

    @cached_property
    def recount(self) -> Recount:
        return Recount(self.workspace, self.plan["sites"])

    @cached_property
    def asked(self) -> Workspace:
        """The copy of the workspace whose command line was asked."""
        return Workspace.open(self.scratch / "asked")

    @cached_property
    def n_columns(self) -> int:
        """How many columns the register's file has."""
        with self.stations.open(encoding="utf-8-sig") as file:
            return len(next(csv.reader(file)))

    @cached_property
    def organisations(self) -> list[dict[str, str]]:
        """The rows of the file of organisations, by its headings; none where there is no file."""
        path = self.totals.with_name("sample_organisations.csv")
        if not path.exists():
            return []
        with path.open(encoding="utf-8-sig") as file:
            return list(csv.DictReader(file))

    def moment(self, face: str) -> datetime:
        """When a face was read."""
        return self.asked_at.get(face, self.shown_at)

    def recount_of(self, face: str) -> Recount:
        """Count what a piece of text speaks of: the pages' plan, or what a command was asked."""
        question = self.questions.get(face)
        if question is None:
            return self.recount
        if face not in self._counted:
            words = dict(zip(question.words, question.words[1:], strict=False))
            hour = words.get("--hour")
            factor: Any = 1.0
            if hour is not None:
                factor = self.recount.hour_factor(int(hour), words.get("--day", "weekday"))
            which = words.get("--standard", "group")
            sites = question.figures.get("sites", ())
            plain = hour is None and which == "group" and not sites
            self._counted[face] = (
                self.recount if plain else self.recount.again(sites, factor=factor, which=which)
            )
        return self._counted[face]

    def gains(self, hours: int, only: str | None) -> list[Gain]:
        """What longer hours would gain, counted once."""
        key = hours, only
        if key not in self._gains:
            self._gains[key] = self.recount.longer(hours, only)
        return self._gains[key]

    def is_called(self, name: str, site: Mapping[str, Any]) -> Holds:
        """Tell whether a site is called after roads that are there, or by its own name."""
        if name == site["name"]:
            return Holds(true=True, why="")
        near = re.fullmatch(r"near (.+)|(.+)附近", name)
        both = re.fullmatch(r"(.+) and (.+)|(.+)与(.+)路口", name)
        found = near or both
        if found is None:
            return Holds(true=False, why=site["name"])
        roads = [part for part in found.groups() if part]
        metres = [self._metres_to(road, site) for road in roads]
        most = 300.0 if near else 25.0
        return Holds(max(metres) <= most + 1, f"{metres} m away")

    def _metres_to(self, road: str, site: Mapping[str, Any]) -> float:
        """Straight metres from a site to the nearest point of a road of this name."""
        held = self.recount.network
        if road not in held.names:
            return float("inf")
        edges = np.flatnonzero(held.edge_name == held.names.index(road))
        scale = 111_195.0 * np.array([np.cos(np.radians(site["lat"])), 1.0])
        here = np.array([site["lon"], site["lat"]])
        lines = [
            shapely.LineString(
                (held.shape_lonlat[held.shape_offset[e] : held.shape_offset[e + 1]] - here) * scale
            )
            for e in edges
        ]
        return float(min(shapely.distance(lines, shapely.Point(0, 0))))

    def hours_of_day(self, group: str, day: str) -> Numbers:
        """float64[24]: who wants a rest place at each hour of a day."""
        of = self.recount
        table = [of.hour_factor(hour, day) * of.demand.weights.sum(axis=0) for hour in range(24)]
        summed = np.array(table)
        return np.asarray(summed.sum(1) if group == "all" else summed[:, of.column(group)])

    def half_area_km2(self, group: str, day: str, hour: int, square_m: float) -> float:
        """Area of the fewest squares of a grid in which half of the workers stand."""
        of = self.recount
        factor = of.hour_factor(hour, day)
        if group != "all":
            factor = factor * (np.array(of.groups) == group)
        workers = of.demand.weights @ factor
        xy = to_metric(of.demand.lonlat, crs=of.settings.metric_crs)
        square = np.round((xy - xy[0]) / square_m).astype(np.int64)
        _, which = np.unique(square, axis=0, return_inverse=True)
        dense = np.sort(np.bincount(which.ravel(), weights=workers))[::-1]
        n = int(np.argmax(np.cumsum(dense) >= dense.sum() / 2)) + 1
        return float(n * square_m**2 / 1e6)

    @cached_property
    def pages(self) -> dict[str, tuple[Fragment, ...]]:
        """By address: the pages of the planner, the official and the worker in both languages."""
        client = create_app(self.folder, testing=True).test_client()
        made = {}
        self.shown_at = datetime.now(UTC)
        station = self.station_shown["id"]
        for path in ("/report", "/plan", "/", "/?page=2", f"/s/{station}"):
            for language in LANGUAGES:
                address = f"{path}{'&' if '?' in path else '?'}lang={language}"
                answer = client.get(address)
                assert answer.status_code == 200, address
                read = fragments.of_map if path == "/plan" else fragments.of_page
                text = answer.text
                if path == "/plan":
                    text += f"<script>{client.get(f'/plan/map.js?lang={language}').text}</script>"
                made[address] = tuple(read(f"page {language} {path}", text))
        return made

    def pieces(self, face: str) -> tuple[Fragment, ...]:
        """All pieces of a face."""
        if face in self.questions:
            return self.questions[face].pieces
        if face.startswith("csv "):
            return self.tables[face.removeprefix("csv ")]
        if face in self.charts:
            return self.charts[face]
        return next(made for made in self.pages.values() if made[0].face == face)

    def all_pieces(self) -> Iterator[Fragment]:
        """All that the city says: its commands, its charts, its pages, its files."""
        for question in self.questions.values():
            yield from question.pieces
        for part in (self.charts, self.pages, self.tables):
            for pieces in part.values():
                yield from pieces

    density_m = 0.0

    @cached_property
    def station_shown(self) -> dict[str, Any]:
        """The register's row of the station whose page is shown."""
        return list(self.recount.records.values())[len(self.recount.records) // 2]

    def density(self, of: Recount) -> tuple[list[float], list[float], float]:
        """Classes of the workers' density: the breaks, the share of each class, the largest square.

        Squares are the smallest of 250 m to 4 km of which 9,000 are enough, those with fewer than
        one worker in a square kilometre left out where they hold a twentieth at most.
        """
        workers = of.demand.weights.sum(axis=1)
        there = workers > 0
        xy = to_metric(of.demand.lonlat[there], crs=of.settings.metric_crs)
        for square_m in (250.0, 500.0, 1000.0, 2000.0, 4000.0):
            square = np.floor((xy - xy.min(axis=0)) / square_m + 0.5).astype(np.int64)
            _, which = np.unique(square, axis=0, return_inverse=True)
            summed = np.bincount(which.ravel(), weights=workers[there])
            thin = summed * 1e6 / square_m**2 < 1
            shown = summed[~thin] if summed[thin].sum() <= summed.sum() / 20 else summed
            if len(shown) <= 9000:
                break
        self.density_m = square_m
        ranked = np.sort(shown)
        passed = np.cumsum(ranked) / ranked.sum()
        inner = [ranked[int(np.argmax(passed >= k / 7))] for k in range(1, 7)]
        breaks = sorted({ranked[0], *inner, ranked[-1]})
        class_of = np.clip(np.searchsorted(breaks, ranked, side="right") - 1, 0, len(breaks) - 2)
        shares = np.bincount(class_of, weights=ranked) / ranked.sum()
        largest = float(ranked[-1] / ranked.sum())
        return [b * 1e6 / square_m**2 for b in breaks], shares.tolist(), largest

    def adds_up(self, _at: Fragment) -> bool:
        """Whether the sites' figures are rounded so that they add up to the whole."""
        return True

    def drawn_once(self, at: Fragment, number: int) -> bool:
        """Whether no other mark of a picture has a number."""
        return not any(
            piece.text == str(number)
            for piece in self.pieces(at.face)
            if "report-map" in piece.place
            and ("mark-number" in piece.place or "inset-number" in piece.place)
            and (piece.place, piece.number) != (at.place, at.number)
        )

    def csv_headings(self, face: str) -> list[str]:
        """The columns of a table of the report."""
        if face not in self._headings:
            path = self.files / "report" / face.removeprefix("csv ")
            lines = path.read_text(encoding="utf-8-sig").splitlines()
            self._headings[face] = next(csv.reader(lines))
        return self._headings[face]

    def csv_adds_up(self, at: Fragment) -> bool:
        """Whether a cell and its like by group and by district add up to the table's totals."""
        headings = self.csv_headings(at.face)
        here = dict(zip(headings, at.cells, strict=True))
        rows = self._rows_of_csv(at.face)
        rows = {**rows, at.number: here | {at.column: at.text}}
        same = [
            row
            for row in rows.values()
            if all(row.get(name) == here.get(name) for name in ("standard", "when"))
        ]
        for fixed, free in (("district", "group"), ("group", "district")):
            line = [row for row in same if row[fixed] == here[fixed]]
            total = sum(float(row[at.column]) for row in line if row[free] == "all")
            if total != sum(float(row[at.column]) for row in line if row[free] != "all"):
                return False
        return True

    def _rows_of_csv(self, face: str) -> dict[int, dict[str, str]]:
        """The rows of a table of the report, by their number."""
        if face not in self._csv_rows:
            headings = self.csv_headings(face)
            self._csv_rows[face] = {
                piece.number: dict(zip(headings, piece.cells, strict=True))
                for piece in self.pieces(face)
            }
        return self._csv_rows[face]

    def sites_add_up(self, at: Fragment) -> bool:
        """Whether what the sites add is, by group and by site, what the table says it is in all."""
        rows = self._rows_of_csv(at.face)
        here = dict(zip(self.csv_headings(at.face), at.cells, strict=True)) | {at.column: at.text}
        rows = {**rows, at.number: here}
        groups = [f"adds_{group}" for group in self.recount.groups]
        across = all(
            int(row["adds_workers"]) == sum(int(row[group]) for group in groups)
            for row in rows.values()
        )
        before, after = (round(self.recount.row(after=after).one) for after in (False, True))
        return across and sum(int(row["adds_workers"]) for row in rows.values()) == after - before

    def told(
        self,
        group: str = "all",
        district: str = "all",
        *,
        after: bool = False,
        which: str = "group",
    ) -> dict[str, int]:
        """The whole workers of a row, as the report has them in its table, which is held itself."""
        key = which, "after" if after else "before", group, district
        rows = self._rows_of_csv("csv coverage.csv").values()
        (row,) = (
            one
            for one in rows
            if (one["standard"], one["when"], one["group"], one["district"]) == key
        )
        names = {"workers": "workers", "one": "within_one", "two": "within_two",
                 "straight_one": "straight_one"}  # fmt: skip
        return {name: int(row[column]) for name, column in names.items()}

    def told_hours(self, group: str, district: str) -> dict[str, int]:
        """The whole worker-hours of a row of effective coverage, as the report has them."""
        rows = self._rows_of_csv("csv effective.csv").values()
        (row,) = (one for one in rows if (one["group"], one["district"]) == (group, district))
        names = ("present", "nominal", "possible", "effective")
        return {name: int(row[name]) for name in names}

    def told_site(self, number: int) -> dict[str, int]:
        """What a site adds in whole workers, by group and in all, as the report's table has it."""
        row = self._rows_of_csv("csv plan.csv")[number]
        groups = {group: int(row[f"adds_{group}"]) for group in self.recount.groups}
        return {**groups, "all": int(row["adds_workers"])}

    def square_m(self, face: str) -> float:
        """The side of the squares of a chart of the workers, as the chart says it."""
        for piece in self.charts[face]:
            found = re.search(r"(?:每格|Squares of) ([\d.]+)", piece.text)
            if found:
                return 1000 * float(found[1])
        return float("nan")

    def share_in_frame(self, face: str, group: str) -> float:
        """Per cent of a group that stands in the frame of a chart, at the hour of most of them."""
        left, right, bottom, top = self.frames[face]
        of = self.recount
        days = {day: self.hours_of_day(group, day) for day in ("weekday", "weekend")}
        day = max(days, key=lambda one: days[one].max())
        factor = of.hour_factor(int(days[day].argmax()), day)
        if group != "all":
            factor = factor * (np.array(of.groups) == group)
        workers = of.demand.weights @ factor
        x, y = to_metric(of.demand.lonlat, crs=of.settings.metric_crs).T
        inside = (x >= left) & (x <= right) & (y >= bottom) & (y <= top)
        return float(100 * workers[inside].sum() / workers.sum())

    @cached_property
    def tables(self) -> dict[str, tuple[Fragment, ...]]:
        """The tables of the report, by the name of their file."""
        return {
            path.name: tuple(fragments.of_csv(f"csv {path.name}", path.read_text(encoding="utf-8")))
            for path in sorted((self.files / "report").glob("*.csv"))
        }


def helsinki_input(town: Town, folder: Path) -> tuple[Path, Path, Path]:
    """Write a register, districts and totals for a town of real roads; all of it is made up."""
    left, bottom, right, top = town.box
    middle = (left + right) / 2
    halves = {"West (made up)": (left, middle), "East (made up)": (middle, right)}
    shapes = [
        {
            "type": "Feature",
            "properties": {"name": name},
            "geometry": {
                "type": "Polygon",
                "coordinates": [[[a, bottom], [b, bottom], [b, top], [a, top], [a, bottom]]],
            },
        }
        for name, (a, b) in halves.items()
    ]
    districts = folder / "districts.geojson"
    districts.write_text(json.dumps({"type": "FeatureCollection", "features": shapes}), "utf-8")
    with town.stations.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))[::3]  # so few that somebody is out of reach
    kinds = ("station", "station", "rider_home", "driver_home", "micro_station")
    ways = ("free_door", "", "staffed_counter")
    hours = ("8:00-20:00", "24小时", "", "周一至周五 7:30-18:00", "6:00-23:00")
    more = ("drinking_water;toilet", "", "drinking_water;microwave;seats;phone_charging;first_aid",
            "drinking_water;microwave;seats;phone_charging;first_aid;toilet")  # fmt: skip
    register = folder / "register.csv"
    with register.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("id", "name", "kind", "lon", "lat", "hours", "facilities", "status",
                         "checked_at", "address", "access"))  # fmt: skip
        for at, row in enumerate(rows):
            writer.writerow((
                row["id"], f"{row['name']} (made up)", kinds[at % 5], row["lon"], row["lat"],
                hours[at % 5], more[at % 4], "suspended" if at == 1 else "open",
                "2026-01-15" if at % 2 else "", f"Test street {at}" if at % 3 else "", ways[at % 3],
            ))  # fmt: skip
    totals = folder / "totals_made_up.csv"
    totals.write_text(
        "district,delivery_rider,courier,sanitation_worker\n"
        "West (made up),431,77,38\nEast (made up),602,91,55\n",
        encoding="utf-8",
    )
    return districts, register, totals


def build_helsinki(town: Town, folder: Path, cli: Cli) -> City:
    """Take Helsinki's real streets the whole way, with stations and totals that are made up."""
    districts, register, totals = helsinki_input(town, folder)
    target = folder / "city"
    for words in (
        ("init", "--name", "Helsinki", "--districts", districts),
        ("network", "build", "--osm", town.roads),
        ("stations", "import", register, "--datum", "wgs84"),
        ("demand", "layers", "--osm", town.roads),
        ("demand", "build", "--totals", totals, "--cell", "100"),
        ("coverage",),
        ("plan", "--new", "3"),
        ("map", "-o", target / "exports" / "map.html"),
        ("report", "-o", target / "exports" / "report"),
    ):
        answer = cli(*words, "-w", target)
        assert answer.code == 0, (words, answer.err)
    return City(
        "Helsinki", target, target / "exports", totals, town.roads, register, folder / "scratch"
    )


@contextmanager
def told_twice() -> Iterator[list[str]]:
    """Have each command tell its figures as JSON beside its words, of one and the same run."""
    told: list[str] = []
    names = (f"web.commands.{found.name}" for found in pkgutil.iter_modules(commands.__path__))
    modules = [
        module
        for module in map(importlib.import_module, names)
        if getattr(module, "answer", None) is common.answer and module is not common
    ]

    def both(
        figures: common.Figures, *, as_json: bool, sample: bool, words: Sequence[object]
    ) -> None:
        with contextlib.redirect_stdout(io.StringIO()) as out:
            plainly(figures, as_json=True, sample=sample, words=words)
        told.append(out.getvalue())
        plainly(figures, as_json=as_json, sample=sample, words=words)

    plainly = common.answer
    for module in modules:
        module.answer = both  # type: ignore[attr-defined]
    try:
        yield told
    finally:
        for module in modules:
            module.answer = plainly  # type: ignore[attr-defined]


def ask(city: City, cli: Cli) -> None:
    """Ask the command line of a copy of the city, so that the pages keep their plan."""
    folder = city.scratch / "asked"
    shutil.copytree(city.folder, folder)
    for words in _questions(city, folder):
        with told_twice() as told:
            said = cli(*words, "-w", folder)
        assert said.code == 0, (words, said.err)
        short = tuple(str(word).replace(f"{folder}/", "") for word in words)
        face = f"cli {' '.join(short)}"
        pieces = fragments.of_answer(face, said.out.replace(f"{folder}/", ""))
        city.questions[face] = Question(short, tuple(pieces), json.loads(told[0]))


def _questions(city: City, folder: Path) -> Iterator[tuple[Any, ...]]:
    first, second = (site["site_id"] for site in city.plan["sites"][:2])
    yield ("coverage",)
    yield ("coverage", "--standard", "national")
    yield ("coverage", "--hour", "23", "--day", "weekend")
    yield ("coverage", "--draws", "3")
    yield ("effective",)
    yield ("effective", "--group", "delivery_rider", "--longer-hours", "2")
    yield ("effective", "--week-of", "2026-10-01")
    yield ("plan", "--new", "12")
    yield ("plan", "--new", "12", "--kind", "station:3")
    yield ("plan", "--new", "6", "--kind", "station", "--kind", "driver_home:2")
    yield ("plan", "--new", "4", "--without", first, "--keep", f"{second}:station")
    yield ("plan", "--new", "3", "--hour", "3", "--draws", "3")
    yield ("plan", "--new", "3", "--standard", "national")
    for name, without in (("base", ()), ("other", ("--without", first))):
        kept = ("--scenario", name, "--by", "clerk", "--why", "asked")
        yield ("plan", "--new", "4", *without, *kept)
    yield ("scenario", "list")
    yield ("scenario", "show", "other")
    yield ("scenario", "compare", "base", "other")
    yield ("demand", "layers")
    yield ("demand", "show", "-o", folder / "demand.html")
    yield ("network", "build", "--osm", city.roads)
    yield ("stations", "import", city.stations, "--datum", "wgs84", "--dry-run")
    yield ("stations", "check", city.stations, "--datum", "wgs84")
    yield ("db", "info")
    if city.organisations:
        yield ("organisations", "list", "--most", "9")
    if city.name == "Helsinki":  # the same words, sooner told
        yield ("plan", "--new", "3", "--finer", "0")
        yield ("plan", "--new", "3", "--finer", "150")
        yield ("demand", "build", "--totals", city.totals, "--name", "again")
        yield ("map", "-o", folder / "map.html")
        yield ("report", "-o", folder / "report")


def drawings(city: City, cli: Cli) -> None:
    """Draw the charts of the command line in both languages and read their texts.

    The figures are made and read, and not painted.
    """
    drawn: list[Figure] = []

    def unpainted(canvas: FigureCanvasAgg, filename: Path, **_how: object) -> None:
        drawn.append(canvas.figure)
        filename.touch()

    painted = FigureCanvasAgg.print_figure
    FigureCanvasAgg.print_figure = unpainted  # type: ignore[method-assign, assignment]
    try:
        for name, words in (
            ("effective", ("effective",)),
            ("demand", ("demand", "show")),
            ("demand at 14", ("demand", "show", "--hour", "14", "--group", "delivery_rider")),
        ):
            for language in LANGUAGES:
                if (name, language, city.name) == ("demand", "en", "sample"):
                    continue  # the same figures as in Chinese; Helsinki's are read in both
                also = ("--english",) if language == "en" else ()
                answer = cli(*words, "-o", city.scratch / "drawn.png", *also, "-w", city.folder)
                assert answer.code == 0, answer.err
                face = f"drawing {language} {name}"
                figure = drawn.pop()
                city.charts[face] = tuple(fragments.of_figure(face, figure))
                panel = figure.axes[0]
                city.frames[face] = (*panel.get_xlim(), *panel.get_ylim())
    finally:
        FigureCanvasAgg.print_figure = painted  # type: ignore[method-assign]
