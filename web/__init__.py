"""The faces: pages for workers, planners and officials, maps, reports and the command line.

The names of `__all__` are imported when they are first asked for, so that ``yizhan --help`` does
not wait for Flask and folium.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from web.app import create_app
    from web.maps.city_map import map_of_workspace
    from web.reports.pages import report_of, write_report

__all__ = ["create_app", "map_of_workspace", "report_of", "write_report"]

_HOMES = {
    "create_app": "web.app",
    "map_of_workspace": "web.maps.city_map",
    "report_of": "web.reports.pages",
    "write_report": "web.reports.pages",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - the functions differ
    if name not in _HOMES:
        raise AttributeError(f"module web has no attribute {name}")
    return getattr(importlib.import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
