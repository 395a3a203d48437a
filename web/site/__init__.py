"""What every page stands on: the city at hand, language, templates, assets, security, sessions."""

from __future__ import annotations

__all__ = [
    "assets",
    "bundles",
    "city",
    "hosts",
    "input_labels",
    "kept_pages",
    "number_words",
    "packing",
    "pages",
    "passwords",
    "rate_limit",
    "security",
    "sessions",
]
