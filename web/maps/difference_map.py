"""The map of what scenarios do differently: each action with the letters of those that have it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np

from data.atomic import write_text
from data.china_time import today_here
from geo.measure import Box
from web.labels.places import names_of
from web.languages import CHINESE, Language
from web.maps.city_map import box_round, map_words, source_of
from web.maps.label_points import label_point
from web.maps.road_lines import road_lines
from web.maps.safe_map import MapDocument, SafeMap
from web.services.difference_areas import DifferenceArea, difference_areas
from web.services.freshness import input_name
from web.services.nothing_yet import or_none
from web.site.number_words import added_count, count, share, standard_words
from web.site.pages import render_map

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from data.workspace import Workspace
    from geo.network import RoadNetwork
    from planning.scenarios.comparison import ComparedAction
    from web.services.scenarios import Compared
    from web.stations.features import Feature

Held = int | Literal["all"] | None
LETTERS: Final = "ABCD"


@dataclass(frozen=True)
class AnswerRow:
    """A scenario in the legend: its letter, its name, and what it reaches."""

    letter: str
    name: str
    reaches: str


@dataclass(frozen=True)
class HeldRow:
    """Actions that the same scenarios have; ``held`` is as `_held` tells."""

    letters: str
    held: Held
    words: str
    n: int


@dataclass(frozen=True)
class AreaRow:
    """An area to choose: whose it is and who has it, in the choice and in the legend."""

    name: str
    words: str


@dataclass(frozen=True, eq=False)
class DifferenceMap:
    """A finished map with what its marks mean, to be written as one file."""

    title: str
    document: MapDocument
    answers: tuple[AnswerRow, ...]
    rows: tuple[HeldRow, ...]
    areas: tuple[AreaRow, ...]
    kinds: tuple[str, ...]
    differing_inputs: str
    source: str
    made_on: date
    language: Language
    sample: bool

    def html(self) -> str:
        """Return the map as one HTML document that asks nobody for anything."""
        return render_map("difference_file.html", self.language, drawn=self)


def write_difference_map(
    workspace: Workspace, compared: Compared, *, output: Path, language: Language = CHINESE
) -> None:
    """Draw the actions of two to four scenarios into one page (WorkspaceError: not written)."""
    output.parent.mkdir(parents=True, exist_ok=True)
    write_text(output, difference_map(workspace, compared, language=language).html())


def difference_map(
    workspace: Workspace, compared: Compared, *, language: Language = CHINESE
) -> DifferenceMap:
    """Draw the roads, the districts and the actions; those in one scenario alone lie on top."""
    t, made = language, compared.comparison
    network = or_none(workspace.network)
    lonlat = np.array([(one.action.lon, one.action.lat) for one in made.actions]).reshape(-1, 2)
    drawn = SafeMap(box_round(lonlat) if len(lonlat) else Box(*workspace.settings.box))
    reach = difference_areas(workspace, compared)
    rows = tuple(_area_row(one, len(made.names), t) for one in reach)
    if reach:
        drawn.add_covered([one.area for one in reach], title=t("各工种的覆盖范围"))
    if network is not None:
        drawn.add_roads(road_lines(network), title=t("道路"))
    areas = dict(zip(workspace.districts.names, workspace.districts.areas, strict=True))
    drawn.add_districts(
        areas,
        label_points=[label_point(area, lonlat) for area in areas.values()],
        title=t("区县", context="layer"),
    )
    features = _features(compared, network, t)
    for common, title in ((True, t("各情景都有")), (False, t("有差异的"))):
        of_kind = [one for one, is_common in features if is_common == common]
        name = "common" if common else "differing"
        drawn.add_stations(of_kind, title=title, name=name)
    source = source_of(workspace.settings, t) if network is not None else ""
    return DifferenceMap(
        title=t("{scenarios} · 差异地图", scenarios=t.all_of(list(made.names))),
        document=drawn.document(
            words=map_words(t)
            | {
                "all_sites": t("显示全部地点"),
                "covered": [one.name for one in rows],
                "green": t("工种："),
            },
            attribution=source,
        ),
        answers=tuple(
            AnswerRow(
                letter,
                name,
                t(
                    "覆盖 {workers} 人（{share}）",
                    workers=count(of.row().after),
                    share=share(of.row().after, of.row().workers),
                ),
            )
            for letter, name, of in zip(LETTERS, made.names, made.figures, strict=False)
        ),
        rows=_rows(compared, t),
        areas=rows,
        kinds=tuple(dict.fromkeys(one.action.kind for one in made.actions)),
        differing_inputs=_differing(compared, t),
        source=source,
        made_on=today_here(),
        language=language,
        sample=any(one.sample for one in compared.scenarios) or workspace.settings.sample,
    )


def _area_row(one: DifferenceArea, n: int, t: Language) -> AreaRow:
    """Say whose area it is, by which standard, and which scenarios have it."""
    standard = t.all_of([standard_words(held, t) for held in one.standards])
    area = t("{people}有站点的范围（{standard}）", people=t.people(one.group), standard=standard)
    if len(one.holders) == n:
        return AreaRow(
            t("{group}：各情景都有", group=t.group(one.group)),
            t("{area}，各情景都有", area=area),
        )
    letter = LETTERS[one.holders[0]]
    return AreaRow(
        t("{group}：只有 {letter}", group=t.group(one.group), letter=letter),
        t("{area}，只有 {letter} 有", area=area, letter=letter),
    )


def _features(
    compared: Compared, network: RoadNetwork | None, t: Language
) -> list[tuple[Feature, bool]]:
    """Return each action as a feature, and whether all scenarios have it."""
    made = compared.comparison
    places = names_of([one.action for one in made.actions], network, t)
    return [
        (_feature(number, one, place, made.names, t), one.is_common)
        for number, (one, place) in enumerate(zip(made.actions, places, strict=True))
    ]


def _feature(
    number: int, one: ComparedAction, place: str, names: tuple[str, ...], t: Language
) -> Feature:
    properties: dict[str, Any] = {
        "name": place,
        "kind": one.action.kind,
        "state": "open",
        "number": _letters(one),
        "key": f"action-{number}",
        "lines": [t.kind(one.action.kind), *_lines(one, names, t)],
    }
    held = _held(one)
    if held is not None:
        properties["held"] = held
    lon, lat = round(one.action.lon, 6), round(one.action.lat, 6)
    return {
        "type": "Feature",
        "id": f"action-{number}",
        "geometry": {"type": "Point", "coordinates": [lon, lat]},
        "properties": properties,
    }


def _lines(one: ComparedAction, names: tuple[str, ...], t: Language) -> list[str]:
    """Say at which place of each scenario's order it stands, and what it adds there."""
    said = []
    for letter, name, order, adds in zip(
        LETTERS, names, one.orders, one.adds_workers, strict=False
    ):
        if order is None or adds is None:
            said.append(t("{letter} {name}：没有", letter=letter, name=name))
        else:
            said.append(
                t(
                    "{letter} {name}：第 {order} 个，新覆盖 {workers} 人",
                    letter=letter,
                    name=name,
                    order=order,
                    workers=added_count(adds, t),
                )
            )
    return said


def _letters(one: ComparedAction) -> str:
    """Return the letters of the scenarios that have it; "=" for all of them."""
    return "=" if one.is_common else "".join(LETTERS[number] for number in one.holders)


def _held(one: ComparedAction) -> Held:
    """Return the number of the scenario that has it alone, from 1; "all"; None for some."""
    if one.is_common:
        return "all"
    return one.holders[0] + 1 if len(one.holders) == 1 else None


def _rows(compared: Compared, t: Language) -> tuple[HeldRow, ...]:
    """Count the actions by who has them: of one alone, of some, of all."""
    made = compared.comparison
    groups: dict[tuple[int, ...], list[ComparedAction]] = {}
    for one in made.actions:
        groups.setdefault(one.holders, []).append(one)
    rows = []
    for holders, actions in sorted(groups.items(), key=lambda item: (len(item[0]), item[0])):
        letters = t.all_of([LETTERS[number] for number in holders])
        first = actions[0]
        words = t("各情景都有") if first.is_common else t("只在 {letters}", letters=letters)
        rows.append(HeldRow(_letters(first), _held(first), words, len(actions)))
    return tuple(rows)


def _differing(compared: Compared, t: Language) -> str:
    """Say which inputs the scenarios do not share; "" where they share all."""
    if not compared.differing_inputs:
        return ""
    names = [input_name(name, t) for name in compared.differing_inputs]
    return t("各情景的计算依据不同：{inputs}", inputs=t.all_of(names))
