from __future__ import annotations

import data
import data.files

FACE = {
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
}


def test_the_public_face_of_data_is_this_and_nothing_else() -> None:
    assert set(data.__all__) == FACE
    assert all(hasattr(data, name) for name in data.__all__)


def test_what_data_offers_of_files_is_the_face_of_its_room() -> None:
    assert set(data.files.__all__) - {"write_sites"} <= FACE
    assert all(hasattr(data.files, name) for name in data.files.__all__)
