"""Scenarios in the database: kept, changed with a line in their log, locked, deleted.

A locked scenario cannot be changed or deleted: what is asked of it here is refused in words, and
triggers of the database refuse every other way.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from data.database import clock
from data.database.audit import note
from data.database.schema import SCENARIO_LOG, SCENARIOS, WITH_SCENARIOS
from data.scenarios import MOST_LINES, LogLine, Scenario, checked_name, hash_of, json_text
from data.vocabulary import nearest_word, quote
from geo.errors import InputError
from geo.messages import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from data.database.backend import Backend

_S: Final = SCENARIOS.c
_L: Final = SCENARIO_LOG.c


class Scenarios:
    """The scenarios of one workspace, the same on SQLite and PostgreSQL."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def all(self) -> tuple[Scenario, ...]:
        """Return every scenario, the one that was saved first first."""
        return self._find(sa.true())

    def scenario(self, name: str) -> Scenario:
        """Return one by its name (InputError when there is none)."""
        found = self._find(_S.name == checked_name(name))
        if not found:
            raise self._unknown(name)
        return found[0]

    def names(self) -> tuple[str, ...]:
        """Return the names, the one that was saved first first."""
        with self._backend.transaction() as connection:
            if not self._has_table(connection):
                return ()
            return tuple(connection.execute(sa.select(_S.name).order_by(_S.id)).scalars())

    def version(self) -> str:
        """Return a short text that changes with any scenario and any line of a log."""
        query = sa.select(_S.id, _S.name, _S.made_at, _S.locked_at).order_by(_S.id)
        with self._backend.transaction() as connection:
            if not self._has_table(connection):
                return ""
            rows = [tuple(row) for row in connection.execute(query)]
            last = connection.execute(sa.select(sa.func.max(_L.id))).scalar_one()
        return hash_of([[list(row) for row in rows], last])[:16]

    def add(self, scenario: Scenario, *, by: str, action: str = "save scenario") -> None:
        """Keep a scenario with its log (InputError when the name is taken)."""
        with self._backend.transaction(write=True) as connection:
            if _number(connection, scenario.name) is not None:
                raise InputError(
                    say(
                        "there is a scenario {name} already: choose another name, or say --replace",
                        name=quote(scenario.name),
                    )
                )
            key = connection.execute(
                sa.insert(SCENARIOS).values(name=scenario.name, locked_at="", **_values(scenario))
            ).inserted_primary_key
            number = 0 if key is None else int(key[0])
            _add_lines(connection, number, scenario.log)
            if scenario.locked_at is not None:
                _lock(connection, number, clock.moment_text(scenario.locked_at))
            detail = scenario.content_hash
            note(connection, who=by, action=action, subject=scenario.name, detail=detail)

    def replace(self, scenario: Scenario, *, by: str) -> None:
        """Put another answer under the name of one that is there; its log goes on.

        ``scenario.log`` holds the new lines only.

        Raises
        ------
        InputError
            when there is none of this name, or it is locked.
        """
        with self._backend.transaction(write=True) as connection:
            number = self._open(connection, scenario.name)
            change = sa.update(SCENARIOS).where(_S.id == number)
            connection.execute(change.values(**_values(scenario)))
            _add_lines(connection, number, scenario.log)
            detail = scenario.content_hash
            name = scenario.name
            note(connection, who=by, action="replace scenario", subject=name, detail=detail)

    def note(self, name: str, line: LogLine, *, by: str) -> None:
        """Add a line to a decision log (InputError when there is none, or it is locked)."""
        with self._backend.transaction(write=True) as connection:
            number = self._open(connection, name)
            _add_lines(connection, number, [line])
            note(connection, who=by, action="note in scenario", subject=name, detail=_words(line))

    def rename(self, name: str, new: str, line: LogLine, *, by: str) -> None:
        """Give a scenario another name (InputError: none there, locked, or the name is taken)."""
        with self._backend.transaction(write=True) as connection:
            number = self._open(connection, name)
            if _number(connection, checked_name(new)) is not None:
                raise InputError(
                    say("there is a scenario {name} already: choose another", name=quote(new))
                )
            change = sa.update(SCENARIOS).where(_S.id == number)
            connection.execute(change.values(name=checked_name(new)))
            _add_lines(connection, number, [line])
            detail = checked_name(new)
            note(connection, who=by, action="rename scenario", subject=name, detail=detail)

    def lock(self, name: str, line: LogLine, *, by: str) -> None:
        """Lock a scenario for good (InputError when there is none, or it is locked)."""
        with self._backend.transaction(write=True) as connection:
            number = self._open(connection, name)
            _add_lines(connection, number, [line])
            _lock(connection, number, clock.moment_text(line.at))
            note(connection, who=by, action="lock scenario", subject=name, detail=_words(line))

    def delete(self, name: str, *, by: str) -> None:
        """Delete a scenario with its log (InputError when there is none, or it is locked)."""
        with self._backend.transaction(write=True) as connection:
            number = self._open(connection, name)
            connection.execute(sa.delete(SCENARIO_LOG).where(_L.scenario_id == number))
            connection.execute(sa.delete(SCENARIOS).where(_S.id == number))
            note(connection, who=by, action="delete scenario", subject=name)

    def _open(self, connection: sa.Connection, name: str) -> int:
        """Return the number of a scenario that may be changed."""
        found = _number(connection, name)
        if found is None:
            raise self._unknown(name)
        number, is_locked = found
        if is_locked:
            raise InputError(
                say(
                    "the scenario {name} is locked and never changed again: copy it and change "
                    "the copy",
                    name=quote(name),
                )
            )
        return number

    def _unknown(self, name: str) -> InputError:
        names = self.names()
        near = nearest_word(name, names)
        if not names:
            return InputError(say("there is no scenario yet: run yizhan scenario save NAME"))
        if near is None:
            known = ", ".join(names)
            return InputError(
                say("there is no scenario {name}: there are {known}", name=quote(name), known=known)
            )
        return InputError(
            say("there is no scenario {name}: do you mean {near}?", name=quote(name), near=near)
        )

    def _has_table(self, connection: sa.Connection) -> bool:
        return self._backend.known(self._backend.read_revision(connection)) >= WITH_SCENARIOS

    def _find(self, condition: sa.ColumnElement[bool]) -> tuple[Scenario, ...]:
        query = sa.select(SCENARIOS).where(condition).order_by(_S.id)
        with self._backend.transaction() as connection:
            if not self._has_table(connection):
                return ()
            rows = connection.execute(query).all()
            lines: dict[int, list[LogLine]] = {row.id: [] for row in rows}
            found = sa.select(SCENARIO_LOG).where(_L.scenario_id.in_(lines)).order_by(_L.id)
            for line in connection.execute(found):
                lines[line.scenario_id].append(_line(line))
        return tuple(_scenario(row, lines[row.id]) for row in rows)


def _number(connection: sa.Connection, name: str) -> tuple[int, bool] | None:
    """Return the number of a scenario and whether it is locked; None where there is none."""
    query = sa.select(_S.id, _S.locked_at).where(_S.name == checked_name(name))
    found = connection.execute(query).one_or_none()
    return None if found is None else (int(found.id), bool(found.locked_at))


def _values(scenario: Scenario) -> Mapping[str, Any]:
    return {
        "form": scenario.form,
        "city": scenario.city,
        "sample": int(scenario.sample),
        "author": scenario.author,
        "made_at": clock.moment_text(scenario.made_at),
        "question": json_text(scenario.question, what="question"),
        "decision": json_text(scenario.decision, what="decision"),
        "inputs": json_text(scenario.inputs, what="inputs"),
    }


def _add_lines(connection: sa.Connection, number: int, lines: Iterable[LogLine]) -> None:
    count = sa.select(sa.func.count()).where(_L.scenario_id == number)
    rows = [
        {
            "scenario_id": number,
            "at": clock.moment_text(line.at),
            "who": line.who,
            "act": line.act,
            "what": line.what,
            "why": line.why,
        }
        for line in lines
    ]
    if connection.execute(count).scalar_one() + len(rows) > MOST_LINES:
        raise InputError(say("log must have at most {most} lines", most=MOST_LINES))
    if rows:
        connection.execute(sa.insert(SCENARIO_LOG), rows)


def _lock(connection: sa.Connection, number: int, moment: str) -> None:
    connection.execute(sa.update(SCENARIOS).where(_S.id == number).values(locked_at=moment))


def _words(line: LogLine) -> str:
    return " · ".join(part for part in (line.who, line.what, line.why) if part)


def _line(row: sa.Row[Any]) -> LogLine:
    return LogLine(clock.read_moment(row.at), row.who, row.act, row.what, row.why)


def _scenario(row: sa.Row[Any], lines: Sequence[LogLine]) -> Scenario:
    return Scenario(
        name=row.name,
        form=row.form,
        city=row.city,
        sample=bool(row.sample),
        author=row.author,
        made_at=clock.read_moment(row.made_at),
        question=json.loads(row.question),
        decision=json.loads(row.decision),
        inputs=json.loads(row.inputs),
        log=tuple(lines),
        locked_at=clock.read_moment(row.locked_at) if row.locked_at else None,
    )
