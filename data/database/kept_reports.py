"""Kept reports in the database: added, taken a step further, and never changed.

What is asked of them here is refused in words where it cannot be, and triggers of the database
refuse every other way.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, cast

import sqlalchemy as sa

from data.database import clock
from data.database.audit import note
from data.database.schema import REPORT_STEPS, REPORTS, WITH_REPORTS
from data.kept_reports import KeptReport, Period, ReportStep, check_step, checked_number
from data.scenarios import json_text
from data.vocabulary import nearest_word, quote
from geo.errors import InputError, WorkspaceError
from geo.messages import say

if TYPE_CHECKING:
    from data.database.backend import Backend
    from data.kept_reports import StepWord

_R: Final = REPORTS.c
_S: Final = REPORT_STEPS.c


class KeptReports:
    """The kept reports of one workspace, the same on SQLite and PostgreSQL."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def all(self) -> tuple[KeptReport, ...]:
        """Return every report, the newest first."""
        return self._find(sa.true())

    def numbers(self) -> tuple[str, ...]:
        """Return the numbers, the newest first."""
        with self._backend.transaction() as connection:
            if not self._has_table(connection):
                return ()
            query = sa.select(_R.number).order_by(_R.id.desc())
            return tuple(connection.execute(query).scalars())

    def report(self, number: str) -> KeptReport:
        """Return one by its number.

        Raises
        ------
        InputError
            when there is none.
        WorkspaceError
            when it is not what was kept: its sum is another.
        """
        found = self._find(_R.number == checked_number(number))
        if not found:
            raise self._unknown(number)
        return self._as_kept(found[0])

    def last(self) -> KeptReport | None:
        """Return the report that the next one is compared with; None where there is none.

        That is the newest in force, or where none is issued the newest that is not withdrawn.

        Raises
        ------
        WorkspaceError
            when it is not what was kept: its sum is another.
        """
        found = self.all()
        issued = (one for one in found if one.state == "issued")
        drafts = (one for one in found if one.state != "withdrawn")
        last = next(issued, None) or next(drafts, None)
        return None if last is None else self._as_kept(last)

    def add(self, report: KeptReport, *, by: str) -> None:
        """Keep a report with its first step (InputError when the number is taken)."""
        with self._backend.transaction(write=True) as connection:
            query = sa.select(_R.id).where(_R.number == report.number)
            if connection.execute(query).first() is not None:
                raise InputError(
                    say(
                        "there is a report {number} already, and a kept report never changes: "
                        "give this one another number",
                        number=quote(report.number),
                    )
                )
            key = connection.execute(
                sa.insert(REPORTS).values(
                    number=report.number,
                    period=report.period.text,
                    city=report.city,
                    sample=int(report.sample),
                    previous=report.previous,
                    figures=json_text(report.figures, what="figures"),
                    words=json_text(report.words, what="words"),
                    inputs=json_text(report.inputs, what="inputs"),
                    method=json_text(report.method, what="method"),
                    content_hash=report.content_hash,
                )
            ).inserted_primary_key
            row = 0 if key is None else int(key[0])
            for step in report.steps:
                _add_step(connection, row, step)
            subject, detail = report.number, report.content_hash
            note(connection, who=by, action="make report", subject=subject, detail=detail)

    def take_step(self, number: str, step: ReportStep, *, by: str) -> None:
        """Review, issue or withdraw a report.

        Raises
        ------
        InputError
            when there is none of this number, or the step cannot follow those that were taken.
        """
        with self._backend.transaction(write=True) as connection:
            query = sa.select(_R.id).where(_R.number == checked_number(number))
            row = connection.execute(query).scalar_one_or_none()
            if row is None:
                raise self._unknown(number)
            taken = connection.execute(
                sa.select(_S.act).where(_S.report_id == row).order_by(_S.id)
            ).scalars()
            check_step(cast("tuple[StepWord, ...]", tuple(taken)), step.act, number=number)
            _add_step(connection, row, step)
            action = f"{_VERBS[step.act]} report"
            detail = " · ".join(part for part in (step.name, step.why) if part)
            note(connection, who=by, action=action, subject=number, detail=detail)

    def _as_kept(self, report: KeptReport) -> KeptReport:
        """Return a report whose content has the sum that was kept with it."""
        with self._backend.transaction() as connection:
            query = sa.select(_R.content_hash).where(_R.number == report.number)
            kept = connection.execute(query).scalar_one()
        if kept != report.content_hash:
            raise WorkspaceError(
                say(
                    "the report {number} is not what was kept: its content has the sum {found}, "
                    "kept was {kept}; take it from a backup (docs/operator.md)",
                    number=quote(report.number),
                    found=report.content_hash[:16],
                    kept=kept[:16],
                )
            )
        return report

    def _unknown(self, number: str) -> InputError:
        numbers = self.numbers()
        named = quote(number)
        if not numbers:
            return InputError(
                say("there is no kept report yet: run yizhan report make --period 2026-Q3")
            )
        near = nearest_word(number, numbers)
        if near is None:
            known = ", ".join(numbers[:20])
            return InputError(
                say("there is no report {number}: there are {known}", number=named, known=known)
            )
        return InputError(
            say("there is no report {number}: do you mean {near}?", number=named, near=near)
        )

    def _has_table(self, connection: sa.Connection) -> bool:
        return self._backend.known(self._backend.read_revision(connection)) >= WITH_REPORTS

    def _find(self, condition: sa.ColumnElement[bool]) -> tuple[KeptReport, ...]:
        with self._backend.transaction() as connection:
            if not self._has_table(connection):
                return ()
            query = sa.select(REPORTS).where(condition).order_by(_R.id.desc())
            rows = connection.execute(query).all()
            steps: dict[int, list[ReportStep]] = {row.id: [] for row in rows}
            found = sa.select(REPORT_STEPS).where(_S.report_id.in_(steps)).order_by(_S.id)
            for step in connection.execute(found):
                at = clock.read_moment(step.at)
                made = ReportStep(at, step.act, step.name, step.by_whom, step.why)
                steps[step.report_id].append(made)
        return tuple(_report(row, tuple(steps[row.id])) for row in rows)


_VERBS: Final = {"reviewed": "review", "issued": "issue", "withdrawn": "withdraw"}


def _add_step(connection: sa.Connection, row: int, step: ReportStep) -> None:
    connection.execute(
        sa.insert(REPORT_STEPS).values(
            report_id=row,
            at=clock.moment_text(step.at),
            act=step.act,
            name=step.name,
            by_whom=step.by,
            why=step.why,
        )
    )


def _report(row: sa.Row[Any], steps: tuple[ReportStep, ...]) -> KeptReport:
    return KeptReport(
        number=row.number,
        period=Period(row.period),
        city=row.city,
        sample=bool(row.sample),
        figures=json.loads(row.figures),
        words=json.loads(row.words),
        inputs=json.loads(row.inputs),
        method=json.loads(row.method),
        steps=steps,
        previous=row.previous,
    )
