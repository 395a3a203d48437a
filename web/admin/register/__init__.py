"""The register's pages: the table, a station's form, edits of many at once and their undoing."""

from __future__ import annotations

from web.admin.register import bulk, form, settle, table
from web.admin.routes import admin

__all__ = ["admin", "bulk", "form", "settle", "table"]
