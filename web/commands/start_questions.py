"""The questions of `yizhan start`: what a workspace lacks, each answer as a command."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from data.layers import load_layers
from data.settings import SETTINGS_FILE
from data.workspace import Workspace, check_new
from geo.datum import parse_datum
from geo.errors import InputError, NothingYetError
from geo.measure import parse_box
from geo.messages import say
from web.commands.language import spoken

if TYPE_CHECKING:
    from collections.abc import Sequence

    from web.commands.talk import Talk

_MOST_NEW = 10_000


def commands_by_questions(talk: Talk, folder: Path) -> list[list[str]]:
    """Ask for what is not there yet and return the commands that bring it; nothing is changed.

    InputError when the answers end, WorkspaceError for a workspace that cannot be opened.
    """
    commands: list[list[str]] = []
    workspace = Workspace.open(folder) if (folder / SETTINGS_FILE).exists() else None
    if workspace is None:
        made = _new_city(talk, folder)
        if made is None:
            return []
        folder, commands = made
    at = [] if folder == Path() else ["-w", str(folder)]
    if workspace is not None:
        _tell_name(talk, workspace)
        if not workspace.has_network() or not load_layers(workspace.layers_folder()):
            commands += _roads(talk, at)
    has_stations = workspace is not None and workspace.contents("stations") is not None
    if not has_stations:
        asked = _stations(talk, at)
        commands, has_stations = commands + asked, bool(asked)
    has_demand = workspace is not None and _has_demand(workspace)
    if not has_demand:
        commands += _people(talk, at)
        asked = _totals(talk, at)
        commands, has_demand = commands + asked, bool(asked)
    if has_stations and has_demand:
        commands += _plan(talk, at)
    return commands


def _tell_name(talk: Talk, workspace: Workspace) -> None:
    t = spoken()
    talk.tell(
        t(
            "{folder} is the workspace of {city}.",
            folder=workspace.folder,
            city=workspace.settings.name,
        )
    )


def _new_city(talk: Talk, folder: Path) -> tuple[Path, list[list[str]]] | None:
    """Ask for a city's file, name and folder; None where no file is given."""
    t = spoken()
    osm = talk.ask(t("OpenStreetMap extract of the province or the city (.osm.pbf)"), _file)
    if osm is None:
        return None
    city = talk.ask(t("City in it, by name or code (empty: I give its box or districts)"), str)
    if city is not None:
        folder = _folder(talk, folder, city)
        words = ["init", "--osm", str(osm), "--city", city, "-w", str(folder)]
        return folder, [_shown(talk, words)]
    name = talk.ask(t("The city's name"), str)
    if name is None:
        return None
    around = talk.ask(
        t("A GeoJSON file of its districts, or its box LEFT,BOTTOM,RIGHT,TOP"), _districts_or_box
    )
    if around is None:
        return None
    folder = _folder(talk, folder, name)
    at = ["-w", str(folder)]
    words = _shown(talk, ["init", "--name", name, *around, *at])
    return folder, [words, *_roads_of(talk, osm, at)]


def _folder(talk: Talk, folder: Path, name: str) -> Path:
    """Ask for the folder of a new city, unless one was given with the command."""
    if folder != Path():
        check_new(folder)
        return folder

    def read(text: str) -> Path:
        chosen = Path(text).expanduser()
        check_new(chosen)
        return chosen

    return talk.ask(spoken()("Folder of its workspace"), read, otherwise=name) or Path(name)


def _roads(talk: Talk, at: list[str]) -> list[list[str]]:
    osm = talk.ask(spoken()("OpenStreetMap extract for roads and places (.osm.pbf)"), _file)
    return [] if osm is None else _roads_of(talk, osm, at)


def _roads_of(talk: Talk, osm: Path, at: list[str]) -> list[list[str]]:
    steps = (["network", "build"], ["demand", "layers"])
    return [_shown(talk, [*step, "--osm", str(osm), *at]) for step in steps]


def _stations(talk: Talk, at: list[str]) -> list[list[str]]:
    t = spoken()
    file = talk.ask(t("Stations file (.xlsx, .csv, .geojson …)"), _file)
    if file is None:
        return []
    datum = None
    while datum is None:
        question = t("Its datum: gcj02 (Amap, Tencent), bd09 (Baidu), wgs84 (GPS, Tianditu, OSM)")
        datum = talk.ask(question, parse_datum)
    return [_shown(talk, ["stations", "import", str(file), "--datum", str(datum), *at])]


def _people(talk: Talk, at: list[str]) -> list[list[str]]:
    raster = talk.ask(spoken()("Population as GeoTIFF, such as WorldPop's (.tif)"), _file)
    return (
        [] if raster is None else [_shown(talk, ["demand", "layers", "--raster", str(raster), *at])]
    )


def _totals(talk: Talk, at: list[str]) -> list[list[str]]:
    totals = talk.ask(spoken()("Workers by district and group (.xlsx, .csv)"), _file)
    return (
        [] if totals is None else [_shown(talk, ["demand", "build", "--totals", str(totals), *at])]
    )


def _plan(talk: Talk, at: list[str]) -> list[list[str]]:
    made = [_shown(talk, ["coverage", *at])]
    new = talk.ask(spoken()("How many new stations shall a plan propose"), _count)
    if new is not None:
        made.append(_shown(talk, ["plan", "--new", str(new), *at]))
    return made


def _shown(talk: Talk, words: list[str]) -> list[str]:
    talk.tell(f"  → {command_line(words)}")
    return words


def command_line(words: Sequence[str]) -> str:
    """Return the words of a command as one types them."""
    return shlex.join(["yizhan", *words])


def _has_demand(workspace: Workspace) -> bool:
    try:
        workspace.demand()
    except NothingYetError:
        return False
    return True


def _file(text: str) -> Path:
    path = Path(text).expanduser()
    if not path.is_file():
        raise InputError(say("{path}: no such file", path=path))
    return path


def _districts_or_box(text: str) -> list[str]:
    if text.count(",") == 3 and not Path(text).expanduser().is_file():  # noqa: PLR2004 - of a box
        return ["--box", str(parse_box(text))]
    return ["--districts", str(_file(text))]


def _count(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) <= _MOST_NEW:
        raise InputError(say("{text}: give a number from 1 to {most}", text=text, most=_MOST_NEW))
    return int(text)
