"""What is said of stations, plans and reports, in both languages, wherever it is said."""

from __future__ import annotations

__all__ = [
    "answers",
    "coming_changes",
    "goal_ends",
    "hours",
    "kept_reports",
    "last_check",
    "places",
    "plans",
    "reasons",
    "roles",
    "runs",
    "shortfalls",
    "standing",
    "worker_reports",
]
