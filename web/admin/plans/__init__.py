"""The planner's workspace: scenarios as tabs, one on its page, several side by side."""

from __future__ import annotations

from web.admin.plans import ask, compare, files, map_points, near, pages, run_pages
from web.admin.routes import admin

__all__ = ["admin", "ask", "compare", "files", "map_points", "near", "pages", "run_pages"]
