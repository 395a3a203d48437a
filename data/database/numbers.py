"""The numbers that workers are given: of tickets, proposals and sign-ups, none twice."""

from __future__ import annotations

import secrets

import sqlalchemy as sa

from data.database.schema import PROPOSALS, SIGN_UPS, TICKETS
from data.worker_reports import written_number


def new_number(connection: sa.Connection) -> str:
    """Return a number that no ticket, proposal or sign-up has; within a transaction that writes."""
    while True:
        number = written_number(secrets.token_bytes(6))
        numbers = (TICKETS.c.number, PROPOSALS.c.number, SIGN_UPS.c.number)
        taken = sa.union_all(*(sa.select(column).where(column == number) for column in numbers))
        if connection.execute(taken).first() is None:
            return number
