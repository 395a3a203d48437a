"""Activities: the public calendar with sign-up, and calendar files (RFC 5545) for the phone."""

from __future__ import annotations

import re
from datetime import UTC
from typing import TYPE_CHECKING, Final

from flask import Blueprint, Response, g, render_template
from werkzeug.exceptions import NotFound

from data.china_time import today_here
from data.database import clock
from data.report_book import ReportBook
from geo.errors import NothingYetError
from geo.messages import say
from web.labels.worker_reports import activity_kind_words, span_words
from web.site.city import city_here

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from data.database.activities import ActivityLine
    from web.languages import Language

activities = Blueprint("activities", __name__)

_LINE_OCTETS: Final = 75
_ESCAPED: Final = re.compile(r"[\\;,]")
_NOT_TEXT: Final = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")


@activities.get("/activities")
def calendar() -> str:
    """Show what is to come at all stations, day by day, with the places that are left."""
    book = ReportBook(city_here().workspace())
    lines, coming = book.activities.not_over(clock.now()), book.sign_ups.counts()
    days: dict[date, list[ActivityLine]] = {}
    for line in lines:
        day = max(clock.china_day(line.activity.starts_at), today_here())
        days.setdefault(day, []).append(line)
    return render_template(
        "activities.html",
        page="activities",
        days=days,
        left={line.id: _left(line, coming) for line in lines},
        names=_station_names(),
        kind_words=activity_kind_words,
        span_words=span_words,
        settings={"words": _words(g.language)},
    )


@activities.get("/activities.ics")
def feed() -> Response:
    """Answer all activities that are not over as a calendar to subscribe to."""
    return _calendar(ReportBook(city_here().workspace()).activities.not_over(clock.now()))


@activities.get("/activities/<int:number>.ics")
def one(number: int) -> Response:
    """Answer one activity as a calendar file."""
    book = ReportBook(city_here().workspace())
    line = book.activities.activity(number) if number < 2**31 else None
    if line is None:
        raise NotFound(say("there is no such activity"))
    return _calendar([line], filename=f"activity-{number}.ics")


@activities.get("/s/<path:station_id>/activities.ics")
def station(station_id: str) -> Response:
    """Answer the activities at one station that are not over as a calendar file."""
    city = city_here()
    if station_id not in city.stations().ids:
        raise NotFound(say("there is no such station"))
    now = clock.now()
    lines = ReportBook(city.workspace()).activities.at(station_id)
    return _calendar([line for line in lines if line.activity.ends_at > now])


def _left(line: ActivityLine, coming: Mapping[int, int]) -> int | None:
    """Return how many places are left; None where as many as like may come."""
    places = line.activity.places
    return None if places is None else max(0, places - coming.get(line.id, 0))


def _station_names() -> dict[str, str]:
    try:
        frame = city_here().stations().frame
    except NothingYetError:
        return {}
    return dict(zip(frame["id"], frame["name"], strict=True))


def _words(t: Language) -> dict[str, str]:
    return {
        "taken": t("已报名，编号 {ticket}。到场时说出这个编号；在“我的反馈”里也能看到。"),
        "queued": t("没有网络：已存在手机里，有网络时自动送出。"),
        "refused": t("没有收下：{detail}"),
        "cancelled": t("已取消报名"),
        "no_ticket": t("没有这个编号。"),
        "no_network": t("没有网络，请稍后再试。"),
    }


def calendar_text(lines: Sequence[ActivityLine], *, places: dict[str, str]) -> str:
    """Write activities as one iCalendar object; ``places`` names the stations by their ids."""
    content = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Yizhan//Activities//ZH",
        "METHOD:PUBLISH",
    ]
    for line in lines:
        activity = line.activity
        made = line.made_at.astimezone(UTC)
        content += [
            "BEGIN:VEVENT",
            f"UID:activity-{line.id}-{made:%Y%m%dT%H%M%S%f}@yizhan",
            f"DTSTAMP:{_moment(line.made_at)}",
            f"DTSTART:{_moment(activity.starts_at)}",
            f"DTEND:{_moment(activity.ends_at)}",
            f"SUMMARY:{_text(activity.title)}",
        ]
        if activity.text:
            content.append(f"DESCRIPTION:{_text(activity.text)}")
        place = places.get(activity.station, "")
        if place:
            content.append(f"LOCATION:{_text(place)}")
        content.append("END:VEVENT")
    content.append("END:VCALENDAR")
    return "".join(f"{_folded(text)}\r\n" for text in content)


def _calendar(lines: Sequence[ActivityLine], *, filename: str = "activities.ics") -> Response:
    frame = city_here().stations().frame if lines else None
    wanted = {line.activity.station for line in lines}
    columns = () if frame is None else (frame["id"], frame["name"], frame["address"])
    named = zip(*columns, strict=True)
    places = {
        str(station_id): " ".join(filter(None, (str(name), str(address))))
        for station_id, name, address in named
        if station_id in wanted
    }
    response = Response(
        calendar_text(lines, places=places), content_type="text/calendar; charset=utf-8"
    )
    response.headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    response.cache_control.max_age = 60
    response.add_etag()
    return response


def _moment(moment: datetime) -> str:
    """Write a moment in UTC, which every calendar shows in the phone's own time."""
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(text: str) -> str:
    """Escape a text: backslash, semicolon, comma and line end; nothing else can end its line."""
    plain = _NOT_TEXT.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return _ESCAPED.sub(lambda sign: f"\\{sign[0]}", plain).replace("\n", "\\n")


def _folded(line: str) -> str:
    """Fold a line at 75 octets, never within a character."""
    parts, part, octets = [], "", 0
    for sign in line:
        size = len(sign.encode(errors="replace"))
        if octets + size > _LINE_OCTETS:
            parts.append(part)
            part, octets = " ", 1
        part += sign
        octets += size
    return "\r\n".join((*parts, part))
