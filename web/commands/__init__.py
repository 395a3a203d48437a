"""The commands of `yizhan`, one module a noun; `web.cli` opens them when they are called."""

from __future__ import annotations

__all__ = [
    "account",
    "activities",
    "coverage",
    "coverage_effective",
    "db",
    "demand",
    "demo",
    "init",
    "language",
    "lazy_group",
    "map",
    "nation",
    "network",
    "organisations",
    "plan",
    "proposals",
    "refusals",
    "report",
    "reports",
    "rounds",
    "scenario",
    "serve",
    "sites",
    "start",
    "stations",
    "streams",
    "worker",
]
