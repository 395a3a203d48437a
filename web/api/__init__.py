"""The machine's face: stations and roads as GeoJSON, and what workers report."""

from __future__ import annotations

__all__ = [
    "catalogue",
    "features",
    "health",
    "worker_reports",
]
