"""Scenarios as files: one JSON document with a format name, a version and its own hash.

The same scenario is the same bytes. A file is hostile until it is read: its size is bounded, every
part has its type, keys that are not known are refused, and so is a file that was changed by hand
(its hash no longer fits). The documents within are read by `planning.scenarios`.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from data.atomic import write_bytes
from data.files.tables import bytes_of
from data.json_shapes import By, Maybe, Words, check_shape, parse_json
from data.scenarios import ACTS, FORMS, MOST_BYTES, LogLine, Scenario, hash_of
from geo.errors import FileFormatError, InputError
from geo.messages import message_of, say

if TYPE_CHECKING:
    from pathlib import Path

FORMAT: Final = "yizhan-scenario"
VERSION: Final = 1
_MOMENT: Final = "%Y-%m-%dT%H:%M:%S.%fZ"
_SAME: Final = ("name", "form", "city", "sample", "author", "question", "decision", "inputs")
_LINE: Final = ("who", "act", "what", "why")
_SHAPE: Final = {
    "format": Words((FORMAT,)),
    "version": int,
    "name": str,
    "form": Words(FORMS),
    "city": str,
    "sample": bool,
    "author": str,
    "made_at": str,
    "locked_at": Maybe(str),
    "question": By(object),
    "decision": By(object),
    "inputs": By(str),
    "log": [{"at": str, "who": str, "act": Words(ACTS), "what": str, "why": str}],
    "hash": str,
}


def scenario_bytes(scenario: Scenario) -> bytes:
    """Return a scenario as the bytes of its file: keys in order, one a line."""
    document = _document(scenario)
    document["hash"] = hash_of(document)
    text = json.dumps(document, ensure_ascii=False, allow_nan=False, sort_keys=True, indent=1)
    return f"{text}\n".encode()


def write_scenario(scenario: Scenario, path: Path) -> None:
    """Write a scenario, whole or not at all.

    Raises
    ------
    InputError
        when the file's name does not end in ``.json``.
    WorkspaceError
        when it cannot be written.
    """
    if path.suffix.casefold() != ".json":
        raise InputError(
            say("{file}: a scenario is JSON: let its name end in .json", file=path.name)
        )
    write_bytes(path, scenario_bytes(scenario))


def read_scenario(path: Path) -> Scenario:
    """Read what `write_scenario` wrote.

    Raises
    ------
    FileFormatError
        when it is missing, too large, no JSON, no scenario, of a newer version, changed by hand,
        or holds what cannot be; one line with the place.
    """
    found = parse_json(bytes_of(path), file=path.name, most_bytes=MOST_BYTES)
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise FileFormatError(
            say("{file}: is no scenario: give one of yizhan scenario export", file=path.name)
        )
    version = found.get("version")
    if version != VERSION:
        raise FileFormatError(
            say(
                "{file}: is of version {version} of the format, and this Yizhan knows {known}: "
                "install the newest",
                file=path.name,
                version=str(version)[:20],
                known=VERSION,
            )
        )
    try:
        check_shape(found, _SHAPE, where="scenario")
        return _scenario(_unchanged(found))
    except InputError as error:
        raise FileFormatError(
            say("{file}: {reason}", file=path.name, reason=message_of(error))
        ) from None


def _document(scenario: Scenario) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "version": VERSION,
        "name": scenario.name,
        "form": scenario.form,
        "city": scenario.city,
        "sample": scenario.sample,
        "author": scenario.author,
        "made_at": _written(scenario.made_at),
        "locked_at": None if scenario.locked_at is None else _written(scenario.locked_at),
        "question": dict(scenario.question),
        "decision": dict(scenario.decision),
        "inputs": dict(scenario.inputs),
        "log": [
            {
                "at": _written(line.at),
                "who": line.who,
                "act": line.act,
                "what": line.what,
                "why": line.why,
            }
            for line in scenario.log
        ],
    }


def _unchanged(found: dict[str, Any]) -> dict[str, Any]:
    """Return a document without its hash, and refuse it where that does not fit."""
    rest = {name: value for name, value in found.items() if name != "hash"}
    if found["hash"] != hash_of(rest):
        raise InputError(
            say("was changed after it was written (its hash does not fit): export it again")
        )
    return rest


def _scenario(found: dict[str, Any]) -> Scenario:
    locked = found["locked_at"]
    return Scenario(
        **{name: found[name] for name in _SAME},
        made_at=_read(found["made_at"], "made_at"),
        locked_at=None if locked is None else _read(locked, "locked_at"),
        log=tuple(
            LogLine(_read(line["at"], "log.at"), *(line[part] for part in _LINE))
            for line in found["log"]
        ),
    )


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime(_MOMENT)


def _read(text: str, where: str) -> datetime:
    try:
        return datetime.strptime(text, _MOMENT).replace(tzinfo=UTC)
    except ValueError:
        raise InputError(
            say("{where} must be a moment as 2026-11-30T08:00:00.000000Z", where=where)
        ) from None
