"""The planner's page: the newest plan, its map and its reasons."""

from __future__ import annotations

__all__ = [
    "drawing",
    "routes",
    "runs",
]
