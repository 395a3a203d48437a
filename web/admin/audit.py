"""The log: who did what, searched by who, act, words and days, page by page."""

from __future__ import annotations

from datetime import date
from typing import Final

from flask import request

from data.database.audit import AuditQuery, audit_names, search_audit
from web.admin.page_parts import render
from web.admin.routes import admin
from web.labels.worker_reports import action_words, subject_words
from web.site.city import city_here

_ON_A_PAGE: Final = 100
_LONGEST: Final = 100
_MOST_DIGITS: Final = 7
_FIRST_YEAR, _LAST_YEAR = 1900, 2200


@admin.get("/audit")
def audit() -> str:
    """Show the lines that are looked for, the newest first."""
    backend = city_here().workspace().database.backend
    asked = {name: _asked(name) for name in ("who", "act", "words", "since", "until")}
    query = AuditQuery(
        who=asked["who"],
        action=asked["act"],
        words=asked["words"],
        since=_day(asked["since"]),
        until=_day(asked["until"]),
    )
    number = _page_number(request.args.get("page", ""))
    found, lines = search_audit(backend, query, limit=_ON_A_PAGE, offset=(number - 1) * _ON_A_PAGE)
    people, acts = audit_names(backend)
    return render(
        "audit",
        lines=lines,
        found=found,
        asked=asked,
        people=people,
        acts=acts,
        number=number,
        pages=max(1, -(-found // _ON_A_PAGE)),
        action_words=action_words,
        subject_words=subject_words,
    )


def _asked(name: str) -> str:
    """Return a part of the question; what no database can hold finds nothing there."""
    return request.args.get(name, "").replace("\x00", "").strip()[:_LONGEST]


def _day(text: str) -> date | None:
    """Return a day as a form sends it; what is none does not narrow the search."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if _FIRST_YEAR <= day.year <= _LAST_YEAR else None


def _page_number(text: str) -> int:
    """Return the number of a page, 1 where it is none."""
    digits = text[:_MOST_DIGITS]
    return max(int(digits), 1) if digits.isascii() and digits.isdigit() else 1
