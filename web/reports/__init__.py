"""The official's report: its figures, tables, sections and pages."""

from __future__ import annotations

__all__ = [
    "document",
    "effective_labels",
    "effective_picture",
    "effective_table",
    "keeping",
    "pages",
    "routes",
    "site_sheets",
    "trade_off_picture",
    "trade_offs",
]
