"""All pages behind the sign-in: each module here hangs its pages on the one blueprint."""

from __future__ import annotations

from web.admin import (
    accounts,
    activities,
    audit,
    demo_door,
    organisations,
    photos,
    plans,
    proposals,
    register,
    reports,
    rounds,
    tickets,
)
from web.admin.routes import admin

__all__ = [
    "accounts",
    "activities",
    "admin",
    "audit",
    "demo_door",
    "organisations",
    "photos",
    "plans",
    "proposals",
    "register",
    "reports",
    "rounds",
    "tickets",
]
