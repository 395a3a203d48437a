"""The official's report: its figures, tables, sections and pages."""

from __future__ import annotations

__all__ = [
    "document",
    "document_sections",
    "effective_labels",
    "effective_picture",
    "effective_table",
    "effective_week",
    "forms",
    "keeping",
    "nation_document",
    "nation_files",
    "pages",
    "routes",
    "site_sheets",
    "tables",
    "trade_off_picture",
    "trade_offs",
]
