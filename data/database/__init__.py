"""The workspace's database: the register with its history, the candidate sites and the results.

SQLite in the workspace's folder, or PostgreSQL with PostGIS by DATABASE_URL; written with
SQLAlchemy Core, its schema made and renewed by Alembic. Every write is one transaction: a reader
sees all of it or nothing, and what fails leaves the database as it was.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.lazy_face import lazy_face

if TYPE_CHECKING:
    from data.database.changes import Change, Changes, Import
    from data.database.contents import Contents
    from data.database.database import Database
    from data.database.history import HALF_LIFE_DAYS, Event, Evidence, ImportNote
    from data.database.organisations import (
        OrganisationEvent,
        OrganisationImport,
        OrganisationRegister,
    )
    from data.database.register import Near, Register
    from data.database.results import Result

__all__ = [
    "HALF_LIFE_DAYS",
    "Change",
    "Changes",
    "Contents",
    "Database",
    "Event",
    "Evidence",
    "Import",
    "ImportNote",
    "Near",
    "OrganisationEvent",
    "OrganisationImport",
    "OrganisationRegister",
    "Register",
    "Result",
]

__getattr__, __dir__ = lazy_face(__name__)
