"""What workers' reports and activities say of the stations, kept until something new comes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from flask import current_app, g

from web.labels.standing import STANDING
from web.labels.worker_reports import activity_kind_words, state_words
from web.locator.labels import COMPLAINTS
from web.site.city import city_here
from web.stations.standing import EMPTY_STANDING, standing_of, standing_version

if TYPE_CHECKING:
    from collections.abc import Mapping

    from web.languages import Language

_KEPT: Final = "yizhan_standings"


def standings_here() -> tuple[str, dict[str, dict[str, Any]]]:
    """Return the version and, by station, the standings of the city that is served.

    Asked once a request.
    """
    if _KEPT in g:
        asked: tuple[str, dict[str, dict[str, Any]]] = g.get(_KEPT)
        return asked
    city = city_here()
    workspace = city.workspace()
    version = city.keep_while_unwritten("standing", lambda: standing_version(workspace))
    kept: tuple[str, dict[str, dict[str, Any]]] | None = current_app.extensions.get(_KEPT)
    if kept is None or kept[0] != version:
        kept = current_app.extensions[_KEPT] = (version, standing_of(workspace))
    setattr(g, _KEPT, kept)
    return kept


def standing_here(station: str) -> Mapping[str, Any]:
    """Return the standing of one station; `EMPTY_STANDING` where nobody said anything."""
    return standings_here()[1].get(station, EMPTY_STANDING)


def complaint_note(standing: Mapping[str, Any], t: Language) -> str:
    """Say what is complained of first, and how many say so; empty where nothing is."""
    if not standing["complaints"]:
        return ""
    first = standing["complaints"][0]
    return t(STANDING["reported"], n=first["devices"], what=_what(first, t))


def history_of(standing: Mapping[str, Any], checked_at: str, t: Language) -> list[tuple[str, str]]:
    """Return what was said of a station as (day, sentence), the newest first."""
    rows = [
        (
            one["since"],
            f"{complaint_note({'complaints': [one]}, t)} · {state_words(one['state'], t)}",
        )
        for one in standing["complaints"]
    ]
    rows += [
        (
            one["answered_at"] or "",
            t(STANDING["answered"], what=_what(one, t), answer=one["answer"]),
        )
        for one in standing["answers"]
    ]
    if standing["confirmed_at"]:
        said = STANDING["many_fine" if standing["fine"] > 1 else "one_fine"]
        rows.append((standing["confirmed_at"], t(said, n=standing["fine"])))
    if checked_at:
        rows.append((checked_at, t(STANDING["register_check"])))
    return sorted(rows, reverse=True)


def activities_of(standing: Mapping[str, Any], t: Language) -> list[dict[str, str]]:
    """Return the coming activities: title, kind and time in words, text and the .ics address."""
    return [
        {
            "title": one["title"],
            "when": activity_time(one["starts_at"], one["ends_at"]),
            "kind": activity_kind_words(one["kind"], t),
            "text": one["text"],
            "ics": one["ics"],
        }
        for one in standing["activities"]
    ]


def activity_time(starts: str, ends: str) -> str:
    """Write from when to when, such as 2026-12-01 9:00–11:00; `static/station_page.js` agrees."""
    day, clock = starts[:10], starts[11:16]
    end_day, end_clock = ends[:10], ends[11:16]
    end = end_clock if end_day == day else f"{end_day} {end_clock}"
    return f"{day} {clock}–{end}"


def _what(said: Mapping[str, Any], t: Language) -> str:
    facility = said["facility"]
    if said["what"] == "broken" and facility:
        return t(STANDING["broken"], what=t.facility(facility))
    return t(COMPLAINTS[said["what"]])
