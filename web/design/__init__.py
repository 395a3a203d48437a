"""One visual language: the palette, the fonts, the marks of the kinds; what draws reads it."""

from __future__ import annotations

__all__ = [
    "fonts",
    "markers",
    "palette",
]
