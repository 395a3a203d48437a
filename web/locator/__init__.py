"""The worker's pages: what is near and open, a station, reports; they work with no signal."""

from __future__ import annotations

__all__ = [
    "activities",
    "adopted_proposals",
    "my_reports",
    "nearest",
    "offline",
    "page_files",
    "photos",
    "ready",
    "station_page",
    "week",
]
