"""The desk behind a sign-in: tickets, proposals, activities, the audit, the checkup page."""

from __future__ import annotations

__all__ = [
    "checkup_page",
    "demo_door",
    "desk",
    "page_parts",
    "photos",
    "plans",
    "register",
    "routes",
]
