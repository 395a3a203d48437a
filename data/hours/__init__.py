"""Opening hours that are true in China: read, laid over the State Council's calendar, asked.

`parse_hours` reads Chinese and OSM text into `Hours`; `intervals`, `state_at`, `open_for` and
`week_table` lay them over real days. `docs/hours.md` says what each word means here.
"""

from __future__ import annotations

from data.hours.intervals import intervals, unknown_days, week_table
from data.hours.opening import Hours, parse_hours
from data.hours.rules import Days, DayType, Rule, Season
from data.hours.states import State, local_time, open_for, state_at
from data.hours.work_calendar import WorkCalendar, YearPlan

__all__ = [
    "DayType",
    "Days",
    "Hours",
    "Rule",
    "Season",
    "State",
    "WorkCalendar",
    "YearPlan",
    "intervals",
    "local_time",
    "open_for",
    "parse_hours",
    "state_at",
    "unknown_days",
    "week_table",
]
