"""The map of one plan: what it does, where each group has a place then, and who goes where."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from data.atomic import write_text
from data.china_time import today_here
from geo.measure import Box, from_metric, to_metric
from web.labels.places import names_of
from web.languages import CHINESE, Language, capital
from web.maps.city_map import box_round, map_words, source_of
from web.maps.label_points import label_point
from web.maps.road_lines import road_lines
from web.maps.safe_map import MapDocument, SafeMap, Way
from web.site.number_words import count, standard_words
from web.site.pages import render_map

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from pathlib import Path

    import numpy.typing as npt

    from data.workspace import Workspace
    from planning.scenarios.figures import DoneAction
    from web.services.assignments import WhoGoesWhere
    from web.stations.features import Feature

MOST_LINES: Final = 400
_SQUARES_M: Final = (0.0, 250.0, 500.0, 1000.0, 2000.0, 4000.0, 8000.0, 16_000.0, 64_000.0)
_WIDTHS: Final = (0.8, 1.6, 3.0)


@dataclass(frozen=True)
class ActRow:
    """One sort of action in the legend: its mark, its words and how many there are."""

    kind: str
    state: str
    number: int | None
    words: str
    n: int


@dataclass(frozen=True)
class GroupRow:
    """What the map says of one group: its standard, its lines, and who has no place."""

    name: str
    area: str
    lines: str
    breaks: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class ScenarioMap:
    """A finished map with its legend, to be written as one file."""

    title: str
    document: MapDocument
    acts: tuple[ActRow, ...]
    groups: tuple[GroupRow, ...]
    has_districts: bool
    source: str
    made_on: date
    language: Language
    sample: bool

    def html(self) -> str:
        """Return the map as one HTML document that asks nobody for anything."""
        return render_map("scenario_file.html", self.language, drawn=self)


def write_scenario_map(
    workspace: Workspace,
    found: WhoGoesWhere,
    *,
    actions: Sequence[DoneAction],
    name: str | None,
    output: Path,
    language: Language = CHINESE,
) -> None:
    """Draw a plan, or with no name what stands, into one page (WorkspaceError: not written)."""
    output.parent.mkdir(parents=True, exist_ok=True)
    drawn = scenario_map(workspace, found, actions=actions, name=name, language=language)
    write_text(output, drawn.html())


def scenario_map(
    workspace: Workspace,
    found: WhoGoesWhere,
    *,
    actions: Sequence[DoneAction],
    name: str | None,
    language: Language = CHINESE,
) -> ScenarioMap:
    """Draw roads, districts, each group's area and lines, what stands and what is done."""
    t, network = language, workspace.network()
    rows = _groups_in_order(found, actions)
    drawn = SafeMap(_focus(found, actions, workspace))
    drawn.add_covered(
        [found.areas[found.groups[row].id] for row in rows], title=t("各工种的覆盖范围")
    )
    drawn.add_roads(road_lines(network), title=t("道路"))
    lines = [lines_of(found, row, metric_crs=workspace.settings.metric_crs) for row in rows]
    drawn.add_ways([one.ways for one in lines], title=t("工友去哪个站点"))
    marks = np.vstack([found.places.lonlat, _lonlat(actions)])
    areas = dict(zip(workspace.districts.names, workspace.districts.areas, strict=True))
    drawn.add_districts(
        areas,
        label_points=[label_point(area, marks) for area in areas.values()],
        title=t("区县", context="layer"),
    )
    drawn.add_stations(_standing(found, t), title=t("现有站点"), name="stations")
    places = names_of(actions, network, t)
    features = [_done(one, place, t) for one, place in zip(actions, places, strict=True)]
    drawn.add_stations(features, title=t("规划的行动"), name="actions")
    source = source_of(workspace.settings, t)
    groups = tuple(_group_row(found, row, one, t) for row, one in zip(rows, lines, strict=True))
    return ScenarioMap(
        title=t("现有站点") if name is None else t("{scenario} · 规划地图", scenario=name),
        document=drawn.document(
            words=map_words(t)
            | {
                "all_sites": t("显示全部地点"),
                "covered": [one.name for one in groups],
                "green": t("工种："),
            },
            attribution=source,
        ),
        acts=_act_rows(found, actions, t),
        groups=groups,
        has_districts=bool(areas),
        source=source,
        made_on=today_here(),
        language=language,
        sample=workspace.settings.sample,
    )


@dataclass(frozen=True, eq=False)
class GroupLines:
    """One group's lines: ``square_m`` the squares whose cells share a line (0: none do).

    ``breaks`` are the workers of a line from which it is drawn wider.
    """

    ways: tuple[Way, ...]
    square_m: float
    breaks: tuple[float, ...]


def lines_of(found: WhoGoesWhere, group: int, *, metric_crs: str) -> GroupLines:
    """Join a group's lines by squares until there are no more than `MOST_LINES`."""
    of = found.assignment
    mine = np.flatnonzero(of.group == group)
    if not len(mine):
        return GroupLines((), 0.0, ())
    xy = to_metric(found.demand.lonlat[of.cell[mine]], crs=metric_crs)
    for square_m in _SQUARES_M:
        here = xy if square_m == 0.0 else np.floor(xy / square_m)
        keys, line = np.unique(np.column_stack([here, of.place[mine]]), axis=0, return_inverse=True)
        if len(keys) <= MOST_LINES:
            break
    line = line.ravel()
    workers = np.bincount(line, weights=of.workers[mine]).astype(np.float64)
    middle = np.column_stack(
        [np.bincount(line, weights=of.workers[mine] * xy[:, axis]) / workers for axis in (0, 1)]
    )
    begin = from_metric(middle, crs=metric_crs)
    end = found.places.lonlat[keys[:, 2].astype(np.int64)]
    breaks = _breaks(workers)
    width = np.searchsorted(breaks, workers, side="right")
    ways = tuple(
        Way((float(a[0]), float(a[1])), (float(b[0]), float(b[1])), _WIDTHS[int(wide)])
        for a, b, wide in zip(begin, end, width, strict=True)
    )
    return GroupLines(ways, square_m, breaks)


def _breaks(workers: npt.NDArray[np.float64]) -> tuple[float, ...]:
    """Return two round numbers of workers between which a third of the lines lie each."""
    thirds = np.quantile(workers, [1 / 3, 2 / 3])
    rounded = [float(f"{value:.1g}") for value in thirds]
    return tuple(sorted({value for value in rounded if value > workers.min()}))


def _groups_in_order(found: WhoGoesWhere, actions: Sequence[DoneAction]) -> list[int]:
    """Return the groups that have workers, first those whom the new places serve most of."""
    new = np.array([order > 0 for order in found.places.order], dtype=np.bool_)
    of = found.assignment
    gone = np.bincount(of.group, weights=of.workers * new[of.place], minlength=len(found.groups))
    there = found.demand.weights.sum(axis=0) > 0
    rows = [row for row in range(len(found.groups)) if there[row]]
    return sorted(rows, key=lambda row: -gone[row]) if actions else rows


def _group_row(found: WhoGoesWhere, row: int, lines: GroupLines, t: Language) -> GroupRow:
    group, figures = found.groups[row], found.summary()["groups"][row]
    standard = standard_words(found.standards[group.id], t)
    area = t("{people}有站点的范围（{standard}）", people=t.people(group.id), standard=standard)
    if figures["mean_s"] is None:
        said = t("{without} 人没有站点可去", without=count(figures["without"]))
    else:
        said = t(
            "{workers} 人去最近的站点，平均 {minutes:.1f} 分钟；{without} 人没有",
            workers=count(figures["workers"]),
            minutes=figures["mean_s"] / 60,
            without=count(figures["without"]),
        )
        if lines.square_m:
            km = f"{lines.square_m / 1000:g}"
            said = t("{said}。每条线合计 {km} 公里见方", said=said, km=km)
    return GroupRow(t.group(group.id), area, said, _break_words(lines.breaks, t))


def _break_words(breaks: tuple[float, ...], t: Language) -> tuple[str, ...]:
    if not breaks:
        return ()
    words = [t("不到 {n} 人", n=f"{breaks[0]:g}")]
    words += [t("{n} 至 {m} 人", n=f"{low:g}", m=f"{high:g}") for low, high in pairwise(breaks)]
    return (*words, t("{n} 人以上", n=f"{breaks[-1]:g}"))


def _focus(found: WhoGoesWhere, actions: Sequence[DoneAction], workspace: Workspace) -> Box:
    """Show what is done, or the middle four fifths of what stands where nothing is."""
    if len(actions):
        return box_round(_lonlat(actions))
    if len(found.places):
        return box_round(found.places.lonlat, parts=(0.1, 0.9))
    return Box(*workspace.settings.box)


def _lonlat(actions: Sequence[DoneAction]) -> npt.NDArray[np.float64]:
    return np.array([(one.lon, one.lat) for one in actions], dtype=np.float64).reshape(-1, 2)


def _standing(found: WhoGoesWhere, t: Language) -> list[Feature]:
    """Return what stands as it did before as marks."""
    of, places = found.assignment, found.places
    workers = np.bincount(of.place, weights=of.workers, minlength=len(places))
    return [
        _mark(
            f"station-{row}",
            (float(places.lonlat[row, 0]), float(places.lonlat[row, 1])),
            name=places.names[row],
            kind=places.kinds[row],
            state="open",
            lines=[
                t.kind(places.kinds[row]),
                t("{workers} 人以这里最近", workers=count(workers[row])),
            ],
        )
        for row in range(len(places))
        if places.order[row] == 0
    ]


def _done(one: DoneAction, place: str, t: Language) -> Feature:
    said = [t("第 {order} 项：{what}", order=one.order, what=t.action(one.what))]
    if one.year is not None:
        said = [t("{year} 年", year=one.year), *said]
    return _mark(
        f"action-{one.order}",
        (one.lon, one.lat),
        name=place,
        kind=one.kind,
        state="closed" if one.what == "close" else "open",
        number=one.order,
        lines=[t.kind(one.kind), *said],
    )


def _mark(key: str, lonlat: tuple[float, float], **properties: Any) -> Feature:  # noqa: ANN401 - JSON values
    return {
        "type": "Feature",
        "id": key,
        "geometry": {"type": "Point", "coordinates": [round(part, 6) for part in lonlat]},
        "properties": {"key": key, **properties},
    }


def _act_rows(
    found: WhoGoesWhere, actions: Sequence[DoneAction], t: Language
) -> tuple[ActRow, ...]:
    """Count what stands by kind, then the actions by what is done and of which kind."""
    places = found.places
    kinds = [kind for kind, order in zip(places.kinds, places.order, strict=True) if order == 0]
    rows = [
        ActRow(kind, "open", None, t.kind(kind), kinds.count(kind)) for kind in dict.fromkeys(kinds)
    ]
    sorts: dict[tuple[str, str], list[DoneAction]] = {}
    for one in actions:
        sorts.setdefault((one.what, one.kind), []).append(one)
    rows += [
        ActRow(
            kind,
            "closed" if what == "close" else "open",
            some[0].order,
            capital(t("{what}：{kind}", what=t.action(what), kind=t.kind_within(kind))),
            len(some),
        )
        for (what, kind), some in sorts.items()
    ]
    return tuple(rows)
