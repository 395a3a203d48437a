"""Question files: TOML or JSON in, a commented example and the JSON Schema out."""

from __future__ import annotations

import json
import tomllib
from typing import TYPE_CHECKING, Any, Final

from data.atomic import write_text
from data.files.drawn_roads import read_drawn
from data.files.tables import bytes_of
from data.questions.example import example_text
from data.questions.question import Question
from geo.errors import FileFormatError, InputError
from geo.messages import message_of, say

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

MAX_BYTES: Final = 1_000_000


def read_question(path: Path, *, changes: Sequence[str] = ()) -> Question:
    """Read a question of TOML, or of JSON where the name ends in .json.

    ``changes`` are put over it: ``KEY=VALUE`` with a value of TOML, as `changed_question` takes.
    A change of roads may name a GeoJSON file beside the question, whose lines and areas become part
    of it (`data.files.drawn_roads`): the question is the same wherever it is read again.

    Raises
    ------
    FileFormatError
        when it is no such file; the message names the line.
    InputError
        when a key or value cannot be; the message says where.
    """
    tables = question_tables(bytes_of(path), name=path.name)
    _take_drawn(tables, path.parent)
    try:
        return changed_question(tables, changes)
    except FileFormatError:
        raise
    except InputError as error:
        raise InputError(
            say("{file}: {reason}", file=path.name, reason=message_of(error))
        ) from None


def question_tables(data: bytes, *, name: str) -> Any:  # noqa: ANN401 - as read
    """Read the tables of a question, TOML or JSON by the ending of ``name``, as yet unchecked.

    Raises
    ------
    FileFormatError
        when it is no such file; the message names the line.
    """
    if len(data) > MAX_BYTES:
        raise FileFormatError(say("{file}: is larger than a question can be", file=name))
    try:
        text = data.decode("utf-8-sig")
        return json.loads(text) if name.casefold().endswith(".json") else tomllib.loads(text)
    except UnicodeDecodeError:
        raise FileFormatError(say("{file}: is not UTF-8 text", file=name)) from None
    except RecursionError:
        raise FileFormatError(say("{file}: is nested too deep", file=name)) from None
    except ValueError as error:
        raise FileFormatError(say("{file}: {reason}", file=name, reason=str(error))) from None


def _take_drawn(tables: Any, folder: Path) -> None:  # noqa: ANN401 - as read
    """Put the lines and rings of a GeoJSON file in the place of its name."""
    world = tables.get("world") if isinstance(tables, dict) else None
    roads = world.get("roads") if isinstance(world, dict) else None
    for change in roads if isinstance(roads, list) else []:
        if isinstance(change, dict) and isinstance(change.get("geojson"), str):
            drawn = read_drawn(folder / change.pop("geojson"))
            change["lines"] = [*change.get("lines", ()), *drawn.lines]
            change["rings"] = [*change.get("rings", ()), *drawn.rings]


def changed_question(tables: Any, changes: Sequence[str]) -> Question:  # noqa: ANN401 - as read
    """Put ``KEY=VALUE`` over the tables of a question: ``money.yuan_by_year=[600000, 500000]``.

    Raises
    ------
    InputError
        when a change has no ``=``, its value is no TOML, or the question cannot be.
    """
    made = json.loads(json.dumps(tables, default=str)) if isinstance(tables, dict) else tables
    for change in changes:
        key, sign, value = change.partition("=")
        if not sign:
            raise InputError(say("--set {change}: write KEY=VALUE", change=change))
        try:
            parsed = tomllib.loads(f"value = {value.strip()}")["value"]
        except tomllib.TOMLDecodeError:
            parsed = value.strip()  # words need no quotes on a command line
        at = made
        *outer, last = key.strip().split(".")
        for part in outer:
            at = at.setdefault(part, {})
            if not isinstance(at, dict):
                raise InputError(
                    say("--set {key}: {part} is no table: set it as a whole", key=key, part=part)
                )
        at[last] = parsed
    return Question.from_dict(made)


def write_example(path: Path) -> None:
    """Write a commented question to begin with (WorkspaceError where it cannot be written)."""
    write_text(path, example_text())


def write_schema(path: Path) -> None:
    """Write the JSON Schema of questions (WorkspaceError where it cannot be written)."""
    schema = Question.model_json_schema()
    write_text(path, json.dumps(schema, ensure_ascii=False, indent=1, sort_keys=True) + "\n")
