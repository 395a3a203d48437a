"""Lists of plain records in JSON: an array of objects, each a row."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from data.files.features import Features, refuse_too_many
from geo.errors import FileFormatError, RowFault, RowsError
from geo.messages import say

if TYPE_CHECKING:
    from pathlib import Path


def is_json_list(data: bytes) -> bool:
    """Tell whether the bytes of a JSON file begin an array, and so no GeoJSON."""
    return data.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"[")


def read_json_rows(path: Path, data: bytes) -> Features:
    """Read an array of flat objects from the bytes of ``path``; they have no geometry.

    Raises
    ------
    FileFormatError
        when it is no such array, or is empty; one line with the cure.
    RowsError
        when an entry is no object or holds an object or a list in it.
    """
    rows = _parse(path, data)
    if not isinstance(rows, list) or not rows:
        raise FileFormatError(
            say("{file}: has no rows: write a list of objects, one a row", file=path.name)
        )
    refuse_too_many(path, features=len(rows))
    faults: list[RowFault] = []
    for number, row in enumerate(rows, 1):
        if not isinstance(row, dict):
            faults.append(RowFault(number, None, say("is no object with names and values")))
            continue
        faults += [
            RowFault(number, name[:80], say("is nested: write text or a number"))
            for name, value in row.items()
            if isinstance(value, dict | list)
        ]
    if faults:
        raise RowsError(path.name, tuple(faults))
    headings = tuple(dict.fromkeys(name for row in rows for name in row))
    refuse_too_many(path, properties=len(headings))
    return Features(headings, tuple(rows), None, None, None)


def _parse(path: Path, data: bytes) -> Any:  # noqa: ANN401 - JSON is anything until it is checked
    try:
        return json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise FileFormatError(
            say("{file}: is not UTF-8 text, as JSON must be", file=path.name)
        ) from None
    except RecursionError:
        raise FileFormatError(say("{file}: is nested too deep", file=path.name)) from None
    except ValueError as error:
        raise FileFormatError(
            say("{file}: is no JSON: {error}", file=path.name, error=error)
        ) from None
