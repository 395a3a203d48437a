"""What is said of stations, plans and reports, in both languages, wherever it is said."""

from __future__ import annotations

__all__ = [
    "actions",
    "coming_changes",
    "hours",
    "last_check",
    "places",
    "plans",
    "roles",
    "runs",
    "shortfalls",
    "standing",
    "worker_reports",
]
