"""What is said of stations, plans and reports, in both languages, wherever it is said."""

from __future__ import annotations

__all__ = [
    "actions",
    "hours",
    "last_check",
    "places",
    "plans",
    "roles",
    "shortfalls",
    "standing",
    "worker_reports",
]
