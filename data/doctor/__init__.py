"""The doctor: what is doubtful in a file of stations, said to the person who owns it.

`examine` looks at a table and returns a `Checkup`: findings with row, column, gravity and cure in
Chinese and English, the datum in which the points fit the roads, and the table with every safe cure
applied. `fit_datum` judges the datum alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.lazy_face import lazy_face

if TYPE_CHECKING:
    from data.doctor.checkup import Checkup, City, examine
    from data.doctor.datum import datum_finding, fit_datum
    from data.doctor.findings import Edit, Finding, Severity, Words, fixed

__all__ = [
    "Checkup",
    "City",
    "Edit",
    "Finding",
    "Severity",
    "Words",
    "datum_finding",
    "examine",
    "fit_datum",
    "fixed",
]

__getattr__, __dir__ = lazy_face(__name__)
