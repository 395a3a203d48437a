"""Claims on what the command line says of demand, roads, the register and the database."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Final

import osmium

from data.vocabulary import GROUPS
from tests.statements.claims_answers import figures_of
from tests.statements.rules import (
    ALL,
    CHINA,
    fixed,
    option,
    per_cent,
    two_digits,
)
from tests.statements.walker import Claim, Holds

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.statements.walker import Seen, Truth

LEFT_OUT: Final = {
    "nodes_missing": "corners of roads that are not in the file",
    "turns_without_members": "turn restrictions without all members",
    "turns_not_placed": "turn restrictions whose ways do not meet",
}


def _layer_cell(seen: Seen) -> dict[str, Truth] | None:
    (layer,) = (one for one in figures_of(seen)["layers"] if one["id"] == seen.at.row)
    if seen.at.column == "points":
        return {"n": layer["points"]}
    return None


def _layer_day(seen: Seen) -> dict[str, Truth]:
    (layer,) = (one for one in figures_of(seen)["layers"] if one["id"] == seen.at.row)
    return {"day": layer["date"]}


def _layer_amount(seen: Seen) -> dict[str, Truth] | None:
    if seen.at.column != "holds":
        return None
    (layer,) = (one for one in figures_of(seen)["layers"] if one["id"] == seen.at.row)
    scale = {"km2": 1e6, "km": 1e3}.get(seen.said["unit"], 1.0)
    value = layer["total"] / scale
    unit = {"m2": "km2", "m": "km"}.get(layer["unit"], layer["unit"])
    return {"n": two_digits(value) if scale > 1 else value, "unit": unit}


def _built_line(seen: Seen) -> dict[str, Truth]:
    demand = seen.city.asked.demand(option(seen, "--name"))
    return {"workers": float(demand.weights.sum()), "cells": len(demand.ids)}


def _built_cell(seen: Seen) -> dict[str, Truth] | None:
    if seen.at.column == "workers":
        demand = seen.city.asked.demand(option(seen, "--name"))
        return {"n": float(demand.weights[:, demand.groups.index(seen.at.row)].sum())}
    if seen.at.column == "Moran's I":
        (found,) = (one for one in figures_of(seen)["moran"] if one["group"] == seen.at.row)
        return {"n": found["i"]}
    return None


def _drawn_by(seen: Seen) -> dict[str, Truth] | None:
    if seen.at.column != "drawn by":
        return None
    found = [
        one["share"]
        for one in figures_of(seen)["layers"]
        if one["group"] == seen.at.row and one["layer"] == seen.said["layer"]
    ]
    return {"layer": seen.said["layer"], "n": 100 * found[0]}


def _shown(seen: Seen) -> dict[str, Truth]:
    of_day = seen.city.hours_of_day(ALL, "weekday")
    return {
        "hour": Holds(of_day[int(seen.said["hour"])] >= of_day.max() - 1e-6, str(of_day)),
        "n": float(of_day.max()),
        "km2": two_digits(
            seen.city.half_area_km2(
                ALL, "weekday", int(of_day.argmax()), figures_of(seen)["square_m"]
            )
        ),
    }


def _network_line(seen: Seen) -> dict[str, Truth]:
    network = seen.of.network
    return {
        "nodes": network.n_nodes, "edges": network.n_edges,
        "km": float(network.edge_metres.sum()) / 1000,
    }  # fmt: skip


def _not_applied(seen: Seen) -> dict[str, Truth]:
    """What of an extract is not applied, by kind; of a tag never more ways than the file has."""
    counts, what = figures_of(seen)["left_out"], seen.said["what"]
    names = {name: kind for kind, name in LEFT_OUT.items()}
    _, _, key = what.partition("ways with ")
    found = counts.get(names.get(what, what), 0)
    bare = key.split(" (")[0]
    in_file = _ways_with(option(seen, "--osm"), bare) if bare else found
    return {
        "what": Holds(0 < found <= in_file, f"{found}, and {in_file} of the file's roads"),
        "n": found,
    }


@cache
def _ways_with(file: str, key: str) -> int:
    """Count the roads of a file that have a tag, read by pyosmium alone."""
    ways = osmium.FileProcessor(file, osmium.osm.WAY)
    return sum("highway" in way.tags and key in way.tags for way in ways)


def _mode_cell(seen: Seen) -> dict[str, Truth] | None:
    network = seen.of.network
    mode = seen.at.row
    usable = network.usable(mode)
    metres = float(network.edge_metres[usable].sum())
    if seen.at.column == "length":
        return {"n": metres / 1000}
    main = network.in_main(mode)
    in_main = usable & (main[network.edge_from] | main[network.edge_to])
    return {"n": per_cent(float(network.edge_metres[in_main].sum()), metres)}


def _by_kind(seen: Seen) -> dict[str, Truth]:
    kinds = seen.of.frame["kind"].tolist()
    return {"n": kinds.count(seen.at.row)}


def _register(seen: Seen) -> dict[str, Truth]:
    n = len(seen.of.frame)
    figures = figures_of(seen)
    known = {
        "rows": n, "taken": n, "added": 0, "changed": 0, "unchanged": n, "missing": 0,
        "read": seen.city.n_columns, "over": 0,
        **{name: figures.get("counts", {}).get(name, 0) for name in ("error", "warning", "note")},
        "cure": 0,
    }  # fmt: skip
    return {name: known[name] for name in seen.said.groupdict()}


def _no_hours(seen: Seen) -> dict[str, Truth]:
    frame = seen.of.frame
    return {"n": int(((frame["hours"] == "") & (frame["status"] == "open")).sum())}


def _size(seen: Seen) -> dict[str, Truth]:
    return {"mb": figures_of(seen)["bytes"] / 1e6}


def _database(seen: Seen) -> dict[str, Truth] | None:
    figures = figures_of(seen)
    name = seen.at.row
    counts = {
        "stations": len(seen.of.frame),
        "sites": 0,
        "organisations": len(seen.city.organisations),
    }
    return {"n": counts.get(name, float(figures[name]))} if name in figures else None


def _members(row: Mapping[str, str]) -> int:
    return sum(int(row[term.zh]) for term in GROUPS)


def _organisations_line(seen: Seen) -> dict[str, Truth]:
    rows = seen.city.organisations
    known = {
        "n": len(rows),
        "members": sum(map(_members, rows)),
        "posts": sum(int(row["兼职岗位数"]) for row in rows),
        "more": len(rows) - int(option(seen, "--most")),
    }
    return {name: known[name] for name in seen.said.groupdict()}


def _organisation_cell(seen: Seen) -> dict[str, Truth] | None:
    (row,) = (one for one in seen.city.organisations if one["编号"] == seen.at.row)
    known = {"members": _members(row), "posts": int(row["兼职岗位数"])}
    return {"n": known[seen.at.column]} if seen.at.column in known else None


def _organisation_words(seen: Seen) -> dict[str, Truth] | None:
    (row,) = (one for one in seen.city.organisations if one["编号"] == seen.at.row)
    known = {"id": row["编号"], "name": row["名称"]}
    return {"words": known[seen.at.column]} if seen.at.column in known else None


def _newest_list(seen: Seen) -> dict[str, Truth]:
    made = seen.city.workspace.contents("organisations")
    assert made is not None
    taken = datetime.fromisoformat(made.replaced_at) + CHINA
    return {"day": taken.date().isoformat()}


CLAIMS = (
    Claim(
        "^cli organisations list.* line",
        (
            r"^{n} organisations with {members} members and {posts} posts\.",
            r"^… and {more} more: narrow them with --find, or --most {n}$",
        ),
        _organisations_line,
    ),
    Claim("^cli organisations list.* line", (r"\.csv, of {day:w},",), _newest_list),
    Claim("^cli organisations list.* cell", (r"^{n}$",), _organisation_cell),
    Claim("^cli organisations list.* cell", (r"^{words:w}$",), _organisation_words),
    Claim(r"^cli demand layers cell", (r"^{n}$",), _layer_cell),
    Claim(r"^cli demand layers cell", (r"^{n} {unit:w}$",), _layer_amount),
    Claim("^cli demand layers cell .*date", ("^{day:w}$",), _layer_day),
    fixed("^cli demand layers cell", "^ODbL 1.0, © OpenStreetMap contributors$"),
    Claim("^cli demand build.* line", (r"^{workers} workers in {cells} cells\.",), _built_line),
    Claim("^cli demand build.* cell", (r"^{n}$",), _built_cell),
    Claim("^cli demand build.* cell", (r"{layer:w} {n} %(?:, |$)",), _drawn_by),
    Claim(
        "^cli demand show.* line",
        (r"most want a rest place at {hour}:00 \({n}\), half of them within {km2} km2\.",),
        _shown,
    ),
    Claim(
        "^cli network build.* line",
        (r"^{nodes} nodes, {edges} edges, {km} km of road\.",),
        _network_line,
    ),
    Claim("^cli network build.* line", (r"(?:applied: |; ){what:w} {n}(?=[;.])",), _not_applied),
    Claim("^cli network build.* cell", (r"^{n} (?:km|%)$",), _mode_cell),
    Claim("^cli stations.* cell \\[kind", (r"^{n}$",), _by_kind),
    Claim(
        "^cli stations.* line",
        (
            r"^{taken} stations (?:would be )?taken from",
            r"{rows} rows, {error} errors, {warning} warnings, {note} notes?, {cure} with a safe",
            r"^{read} columns read, {over} passed over",
            r"^{added} added, {changed} changed, {unchanged} unchanged, {missing} missing",
        ),
        _register,
    ),
    Claim("^cli stations check", (r"{n} open stations? ha(?:s|ve) no hours",), _no_hours),
    fixed("^cli stations.* line", r"\(wgs84\)"),
    Claim("^cli map.* line", (r"\({mb} MB\)",), _size),
    Claim("^cli db.* cell", (r"^{n}$",), _database),
    Claim(
        "^cli db.* cell",
        ("^(?P<city>[0-9a-f]+-[0-9a-f-]{27})$",),
        lambda seen: {"city": str(figures_of(seen)["city"])},
    ),
    Claim(
        "^cli stations check.* cell",
        ("^{n} places are too few",),
        lambda seen: {"n": int((~seen.of.frame["status"].isin(["nothing"])).sum())},
    ),
    fixed("^cli stations check.* cell", "^8 are the least and 30 are safe"),
)
