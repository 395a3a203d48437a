"""Inspection rounds: who goes where by when, what was found, how much of the city was looked at."""

from __future__ import annotations

import re
import secrets
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from flask import Response, g, jsonify, redirect, render_template, request
from werkzeug.exceptions import NotFound

from data.china_time import CHINA_TIME
from data.database import clock
from data.rounds import LONGEST_NOTE, Visit
from data.stations import FACILITY_COLUMNS
from data.vocabulary import BASIC_EQUIPMENT, FACILITIES_BY_ID
from geo.errors import InputError, NothingYetError
from geo.messages import message_of, say
from web.admin.page_parts import do, render, station_names
from web.admin.photos import sent_photos, small_size
from web.admin.register.words import column_words, value_words
from web.admin.routes import account_here, admin, here, is_allowed, stations_for
from web.languages import message
from web.services import rounds as service
from web.services.photos import take_photo
from web.site.city import city_here

if TYPE_CHECKING:
    from collections.abc import Mapping

    from werkzeug.wrappers import Response as BaseResponse

    from data.database.photos import Photo
    from data.rounds import KeptRound, KeptVisit
    from web.admin.page_parts import Shown
    from web.languages import Language

#: Facilities of one station that an inspector is asked for.
_MOST_ASKED: Final = 12
_DUE_DAYS: Final = 7
_RULES: Final = {
    service.UNCHECKED: message("许久没有核查的"),
    service.REPORTED: message("有两条以上反映的"),
    service.DEMANDED: message("许久没有核查的，工友多的在前"),
    "": message("自己列出编号"),
}
_MODES: Final = {
    "foot": message("步行"),
    "ebike": message("电动车"),
    "car": message("驾车"),
    "truck": message("货车"),
}
_STATES: Final = {
    "yes": message("有，能用"),
    "broken": message("坏了"),
    "no": message("没有"),
}


@admin.get("/rounds")
def rounds() -> str:
    """Show the open rounds, how much of each district was looked at, and the form for more."""
    return _rounds_page()


@admin.post("/rounds/add")
def add_round() -> BaseResponse | Shown:
    """Make a round of the stations that a rule picks, or of those that are listed."""
    made: list[int] = []
    return do(
        lambda: made.append(_make_round()),
        then=here("admin.rounds", done="round"),
        otherwise=lambda error: _rounds_page(error=error),
    )


@admin.get("/rounds/<int:number>")
def round_page(number: int) -> str:
    """Show one round: its stations in the order of the way, a form for each."""
    return _round_page(_round(number))


@admin.post("/rounds/<int:number>/close")
def close_round(number: int) -> BaseResponse:
    """Close a round: who looks after all of its stations may."""
    found = _round(number)
    if not _may_close(found):
        raise NotFound
    service.rounds_of(city_here().workspace()).close(found.id, by=account_here().name)
    return redirect(here("admin.rounds", done="close"), 303)


@admin.post("/rounds/<int:number>/visits")
def add_visit(number: int) -> BaseResponse | Response | Shown | tuple[Response, int]:
    """Take what was found at a station: from the form, or from the queue of a phone."""
    found = _round(number)
    by_script = request.accept_mimetypes.best == "application/json"
    try:
        visit = _visit_of_form(found)
        sent = sent_photos(least=0)
        kept = service.rounds_of(city_here().workspace()).add_visit(
            visit, by=account_here().name, round_id=found.id
        )
        without = _take_photos(sent, kept)
    except InputError as error:
        said = g.language.told(message_of(error))
        if by_script:
            return jsonify(detail=said), 400
        return _round_page(found, error=said), 400
    if by_script:
        said = " ".join([_outcome(kept, g.language), *without])
        return jsonify(said=said, progress=_progress(_round(number), g.language))
    if without:
        return _round_page(found, error=" ".join(without)), 400
    return redirect(here("admin.round_page", number=number, done="visit"), 303)


def _take_photos(sent: list[bytes], kept: KeptVisit) -> list[str]:
    """Take the photos of a visit, which is kept in any case; say of each that is not why."""
    t, refused = g.language, []
    for number, content in enumerate(sent, start=1):
        try:
            take_photo(
                city_here().workspace(),
                content,
                station=kept.visit.station,
                by=account_here().name,
                visit=kept.id,
                taken_at=kept.visit.seen_at,
            )
        except InputError as error:
            told = t.told(message_of(error))
            refused.append(t("照片 {n} 没有收下：{detail}", n=number, detail=told))
    return refused


def _rounds_page(*, error: str = "") -> str:
    workspace, today = city_here().workspace(), clock.china_day(clock.now())
    mine = stations_for("see rounds")
    kept = [
        one
        for one in service.rounds_of(workspace).rounds()
        if mine is None or set(mine) & set(one.round.stations)
    ]
    try:
        checked = service.checked_by_district(workspace, today=today)
    except NothingYetError:
        checked = []
    return render(
        "rounds",
        error=error,
        rounds=kept,
        progress=_progress,
        today=today,
        due=today + timedelta(days=_DUE_DAYS),
        checked=checked,
        districts=workspace.districts.names,
        rules=_RULES,
        modes=_MODES,
        form=request.form,
    )


def _make_round() -> int:
    form, workspace = request.form, city_here().workspace()
    rule = form.get("rule", "")
    mine = stations_for("make rounds")
    if rule:
        picked = service.pick(
            workspace,
            rule,
            today=clock.china_day(clock.now()),
            days=_whole(form.get("days", ""), "days"),
            most=_whole(form.get("most", ""), "most"),
            district=form.get("district", ""),
            among=mine,
        )
    else:
        said = re.split(r"[\s,\u3001]", form.get("stations", ""))
        picked = tuple(dict.fromkeys(filter(None, said)))
        if mine is not None and not set(picked) <= set(mine):
            raise InputError(say("this account looks after other stations"))
    number, _ = service.make(
        workspace,
        picked,
        name=form.get("name", ""),
        due_on=_day(form.get("due", "")),
        by=account_here().name,
        inspector=form.get("inspector", "").strip()[:40],
        rule=f"{rule} {form.get('days', '')}".strip() if rule else "",
        mode=form.get("mode", "foot"),
        note=form.get("note", ""),
    )
    return number


def _round(number: int) -> KeptRound:
    """Return a round with a station that the account sees."""
    kept = service.rounds_of(city_here().workspace()).round(number) if number < 2**31 else None
    mine = stations_for("see rounds")
    if kept is None or (mine is not None and not set(mine) & set(kept.round.stations)):
        raise NotFound
    return kept


def _may_close(kept: KeptRound) -> bool:
    mine = stations_for("make rounds")
    return mine is None or set(kept.round.stations) <= set(mine)


def _round_page(kept: KeptRound, *, error: str = "") -> str:
    workspace = city_here().workspace()
    try:
        frame = workspace.stations().frame.set_index("id")
        there = [one for one in kept.round.stations if one in frame.index]
        rows = {one: frame.loc[one].to_dict() for one in there}
    except NothingYetError:
        rows = {}
    found = {one.visit.station: one for one in kept.visits}
    asked = {station: _asked(row) for station, row in rows.items()}
    photos: dict[str, list[Photo]] = {}
    for one in workspace.photos().of_visits([visit.id for visit in kept.visits]):
        photos.setdefault(one.station, []).append(one)
    page: str = render(
        "round",
        error=error,
        kept=kept,
        progress=_progress(kept, g.language),
        may_close=_may_close(kept) and not kept.closed_at,
        rows=rows,
        found=found,
        asked=asked,
        states=_STATES,
        outcome=_outcome,
        names=station_names(),
        longest_note=LONGEST_NOTE,
        photos=photos,
        small_size=small_size,
        nonces={station: secrets.token_hex(16) for station in kept.round.stations},
    )
    return page


def _asked(row: Mapping[Any, Any]) -> list[Any]:
    """Return the facilities that a visit asks for: those that are known, then the basic ones."""
    known = [one for name in FACILITY_COLUMNS for one in row[name]]
    names = list(dict.fromkeys([*known, *BASIC_EQUIPMENT]))[:_MOST_ASKED]
    return [FACILITIES_BY_ID[name] for name in names]


def _visit_of_form(kept: KeptRound) -> Visit:
    """Read the form of a visit; a moment is UTC as the phone's clock says it, or now."""
    form = request.form
    station = form.get("station", "")
    if station not in kept.round.stations:
        raise InputError(say("this station is not on the round"))
    if station in station_names() and not is_allowed(station):
        raise InputError(say("this account looks after other stations"))
    said: dict[str, Any] = {}
    if form.get("open") in {"open", "suspended"}:
        said["status"] = form["open"]
    if hours := form.get("hours", "").strip():
        said["hours"] = hours
    said |= {name: value for name, value in form.items() if name.startswith("facility.") and value}
    note = form.get("note", "")
    if form.get("reach") == "no":
        note = f"{g.language('进不去或找不到。')} {note}".strip()
    return Visit(station, _moment(form.get("seen_at", "")), form.get("nonce", ""), said, note)


def _outcome(kept: KeptVisit, t: Language) -> str:
    """Say what became of a visit."""
    if kept.is_of_gone:
        return t("已送达。这个站点已不在登记册里：记录保留，登记册不变。")
    if kept.conflicts:
        words = t.listed(
            f"{column_words(name, t)}: {value_words(name, value, t)}"
            for name, value in kept.conflicts.items()
        )
        return t("已送达。这些有更晚的说法，保持不变：{words}", words=words)
    return t("已送达，登记册已更新。")


def _progress(kept: KeptRound, t: Language) -> str:
    """Say how far a round is, and by when it is due."""
    return t(
        "{done} / {all} 个站点已到访 · {due} 前完成",
        done=len(kept.visited),
        all=len(kept.round.stations),
        due=kept.round.due_on,
    )


def _moment(text: str) -> datetime:
    if not text:
        return clock.now()
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise InputError(say("seen_at must be a moment in ISO 8601")) from None
    return moment.replace(tzinfo=CHINA_TIME) if moment.tzinfo is None else moment.astimezone(UTC)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputError(say("due must be a day such as 2026-11-23")) from None


def _whole(text: str, name: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 4):  # noqa: PLR2004 - digits
        raise InputError(say("{name} must be a whole number", name=name))
    return int(text)


@admin.get("/rounds/sw.js")
def rounds_worker() -> Response:
    """Answer the service worker that keeps the rounds on an inspector's phone."""
    text = render_template("rounds_sw.js")
    response = Response(text, content_type="text/javascript; charset=utf-8")
    response.headers["Service-Worker-Allowed"] = "/admin/rounds"
    return response
