"""Stations as the faces show them: features, hours, standing."""

from __future__ import annotations

__all__ = [
    "at_hand",
    "features",
    "hours",
    "sounds",
    "standing",
]
