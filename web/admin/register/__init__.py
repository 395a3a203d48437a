"""The register's pages: the table, a station's form, edits of many at once and their undoing."""

from __future__ import annotations

from web.admin.register import ahead, bulk, form, settle, table
from web.admin.routes import admin

__all__ = ["admin", "ahead", "bulk", "form", "settle", "table"]
