"""The records of a city, their checks, and every read and write.

`data.osm.download` is left out of the face: it needs OSMnx, which is slow to import.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.lazy_face import lazy_face

if TYPE_CHECKING:
    from data.database import Changes, Contents, Database, Import, Register, Result
    from data.demand import Demand
    from data.districts import Districts
    from data.files.count_files import CheckInTable, read_counts
    from data.files.demand_files import read_demand
    from data.files.district_files import read_districts, write_districts
    from data.files.site_files import read_sites
    from data.files.station_files import read_stations, write_stations
    from data.files.tables import Table, read_rows
    from data.files.total_files import Totals, read_totals
    from data.network_store import load_network, save_network
    from data.organisations import Organisations
    from data.settings import (
        GroupSettings,
        ServiceStandard,
        Settings,
        default_settings,
        read_settings,
    )
    from data.settings_text import write_template
    from data.sites import CandidateSites, network_grid_sites
    from data.stations import Stations
    from data.vocabulary import (
        ACCESS_MODES,
        FACILITIES,
        GROUPS,
        KINDS,
        SAMPLE_NOTICE,
        STATUSES,
        Term,
    )
    from data.workspace import Workspace

__all__ = [
    "ACCESS_MODES",
    "FACILITIES",
    "GROUPS",
    "KINDS",
    "SAMPLE_NOTICE",
    "STATUSES",
    "CandidateSites",
    "Changes",
    "CheckInTable",
    "Contents",
    "Database",
    "Demand",
    "Districts",
    "GroupSettings",
    "Import",
    "Organisations",
    "Register",
    "Result",
    "ServiceStandard",
    "Settings",
    "Stations",
    "Table",
    "Term",
    "Totals",
    "Workspace",
    "default_settings",
    "load_network",
    "network_grid_sites",
    "read_counts",
    "read_demand",
    "read_districts",
    "read_rows",
    "read_settings",
    "read_sites",
    "read_stations",
    "read_totals",
    "save_network",
    "write_districts",
    "write_stations",
    "write_template",
]

__getattr__, __dir__ = lazy_face(__name__)
