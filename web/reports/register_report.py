"""A report of the register alone, for a city that has no roads or no workers' numbers yet.

It says what the register knows: stations by district and kind, hours, seats, the four aims, checks,
answers, targets. Whom they reach needs roads and workers, which it says in that place.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from data.china_time import today_here
from data.hours import parse_hours, week_table
from data.vocabulary import KINDS, SAMPLE_NOTICE
from geo.errors import NothingYetError
from planning.coverage.nominal import ALL, OUTSIDE
from web.reports.document import (
    Column,
    Document,
    Headline,
    Headlines,
    Paragraph,
    Section,
    Table,
    written,
)
from web.reports.document_running import running_section, targets_section
from web.reports.document_sections import aims_section, signatures_section
from web.reports.office_words import in_office_words
from web.services.running import running_figures
from web.site.input_labels import input_value_words, input_words
from web.site.number_words import count

if TYPE_CHECKING:
    from data.stations import Stations
    from data.workspace import Workspace
    from web.languages import Language
    from web.reports.document import Cell


def register_document(workspace: Workspace, t: Language) -> Document:
    """Return what the register alone tells (NothingYetError where it holds no station)."""
    stations, settings, running = (
        workspace.stations(),
        workspace.settings,
        running_figures(workspace),
    )
    inputs = {"stations": stations.content_hash, "settings": settings.content_hash}
    manifest = hashlib.sha256(json.dumps(inputs, sort_keys=True).encode()).hexdigest()
    sections = (
        _summary(workspace, stations, t),
        _by_district(workspace, stations, t),
        _by_kind(stations, t),
        aims_section(stations, settings, t),
        running_section(running, t),
        targets_section(running, t),
        _method(inputs, manifest, t),
        signatures_section(t),
    )
    return Document(
        title=t("{city}驿站登记报告", city=settings.name),
        subtitle=t("户外劳动者服务驿站"),
        issuer=settings.report.issuer,
        period="",
        made_on=t.day(today_here()),
        language=t,
        manifest=manifest,
        sections=in_office_words(tuple(section for section in sections if section is not None), t),
        sample=SAMPLE_NOTICE if settings.sample else "",
        inputs=inputs,
    )


def _summary(workspace: Workspace, stations: Stations, t: Language) -> Section:
    """Say how many stations are open, and what is missing for more."""
    frame = stations.frame[stations.frame["status"] == "open"]
    seats = frame["seats"]
    is_open = (stations.frame["status"] == "open").to_numpy(dtype=np.bool_)
    _, all_day, no_hours, known = _counts(stations, is_open)
    said = t(
        "{city}登记站点 {stations} 个，其中开放 {open} 个："
        "昼夜开放 {always} 个，开放时间不详 {dark} 个；"
        "登记座位 {seats} 个（{unknown} 个站点座位数不详）。",
        city=workspace.settings.name,
        stations=count(len(stations)),
        open=count(len(frame)),
        always=all_day,
        dark=no_hours,
        seats=written(known, "count", t),
        unknown=count(int(seats.isna().sum())),
    )
    headline = Headline("open_stations", t("开放站点"), "count", len(frame))
    now = Headlines((headline,), t("指标"), t("今天"), t("建成后", context="column"), t("变化"))
    missing = t(
        "本报告只用登记台账：{what}，因此没有覆盖、可达和规划的数字。", what=_missing(workspace, t)
    )
    blocks = (Paragraph(said, "lead"), now, Paragraph(missing, "note"))
    return Section("summary", t("总体情况"), blocks)


def _missing(workspace: Workspace, t: Language) -> str:
    """Name what a report of coverage needs and this city does not have."""
    lacking = []
    if not workspace.has_network():
        lacking.append(t("没有路网"))
    try:
        workspace.demand()
    except NothingYetError:
        lacking.append(t("没有各工种的人数"))
    return t.all_of(lacking or [t("还没有测算覆盖")])


def _by_district(workspace: Workspace, stations: Stations, t: Language) -> Section:
    """Count the stations of each district, those without any too."""
    names = workspace.districts.names
    at = workspace.districts.locate(stations.lonlat)
    is_open = (stations.frame["status"] == "open").to_numpy(dtype=np.bool_)
    places = [(t.district(name), at == number) for number, name in enumerate(names)]
    if names and (at < 0).any():
        places.append((t.district(OUTSIDE), at < 0))
    rows = tuple((words, *_counts(stations, there & is_open)) for words, there in places)
    total = (t.district(ALL), *_counts(stations, is_open))
    columns = (Column("area", t("区县")), *_columns(t))
    caption = t("开放站点，按区县")
    table = Table("register_by_district", caption, columns, rows, total if rows else None)
    if not rows:
        table = Table("register_by_district", caption, columns, (total,))
    return Section("districts", t("按区县"), (table,))


def _by_kind(stations: Stations, t: Language) -> Section:
    """Count the stations of each kind that is there."""
    kinds = stations.frame["kind"].to_numpy()
    is_open = (stations.frame["status"] == "open").to_numpy(dtype=np.bool_)
    there = Counter(kinds[is_open])
    rows = tuple(
        (t.kind(term.id), *_counts(stations, is_open & (kinds == term.id)))
        for term in KINDS
        if term.id in there
    )
    columns = (Column("kind", t("类型")), *_columns(t))
    total = (t("合计"), *_counts(stations, is_open)) if rows else None
    table = Table("register_by_kind", t("开放站点，按类型"), columns, rows, total)
    return Section("kinds", t("按类型"), (table,))


def _columns(t: Language) -> tuple[Column, ...]:
    each = t("个")
    always, seats = t("登记为全天开放的站点。"), t("座位数不详的站点没有计入。")
    return (
        Column("stations", t("开放站点"), "count", each, is_summed=True),
        Column("all_day", t("昼夜开放"), "count", each, always, is_summed=True),
        Column("no_hours", t("开放时间不详"), "count", each, is_summed=True),
        Column("seats", t("登记座位"), "count", each, seats),
    )


def _counts(stations: Stations, there: npt.NDArray[np.bool_]) -> tuple[Cell, ...]:
    """Count stations, those open at every hour, those of unknown hours, seats (None: unknown)."""
    frame = stations.frame[there]
    weeks = [week_table(parse_hours(text)) for text in frame["hours"]]
    seats = frame["seats"]
    return (
        len(frame),
        sum(week is not None and bool(week.all()) for week in weeks),
        sum(week is None for week in weeks),
        int(seats.sum()) if seats.notna().any() or not len(frame) else None,
    )


def _method(inputs: dict[str, str], manifest: str, t: Language) -> Section:
    rows = tuple((input_words(k, t), input_value_words(k, value, t)) for k, value in inputs.items())
    columns = (Column("input", t("输入")), Column("value", t("内容或编号"), "code"))
    table = Table("manifest", f"{t('输入清单，编号')} {manifest[:16]}", columns, rows)
    said = t("各项数字按登记台账计数，未到场核实。")
    return Section("method", t("怎么算出来的"), (Paragraph(said), table))
