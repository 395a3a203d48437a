"""The forms of a report that offices use, each written from one `web.reports.document.Document`."""

from __future__ import annotations

__all__: list[str] = []
