"""Records out of files and into files, and the formats that they are in.

CSV, XLSX, GeoJSON and GeoPackage become a `Table`; what each kind of record asks of its columns
stands in a module of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.lazy_face import lazy_face

if TYPE_CHECKING:
    from data.files.count_files import CheckInTable, read_counts
    from data.files.demand_files import read_demand
    from data.files.district_files import read_districts, write_districts
    from data.files.site_files import read_sites, write_sites
    from data.files.station_files import read_stations, write_stations
    from data.files.tables import Table, read_rows
    from data.files.total_files import Totals, read_totals

__all__ = [
    "CheckInTable",
    "Table",
    "Totals",
    "read_counts",
    "read_demand",
    "read_districts",
    "read_rows",
    "read_sites",
    "read_stations",
    "read_totals",
    "write_districts",
    "write_sites",
    "write_stations",
]

__getattr__, __dir__ = lazy_face(__name__)
