"""The engine's options of a question: actions begun in a year, and what each costs whom when."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from data.questions.money_rules import OWN
from geo.errors import ProblemError
from geo.messages import say
from planning.decisions.money import GrossCosts, split_costs

if TYPE_CHECKING:
    from data.questions.question import Question
    from planning.decisions.actions import Action, ActionTable
    from planning.decisions.money import PayerCosts

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


class Options(NamedTuple):
    """int64[n] each: the action, the year (from 0) in which it begins, and before which it ends."""

    action: Ints
    begins: Ints
    ends: Ints


def options_of(table: ActionTable, n_years: int) -> Options:
    """Pair actions with years: begun in any of them; a station is kept until any of them."""
    rows = []
    for number, action in enumerate(table.actions):
        if action.what == "keep":
            rows += [(number, 0, last) for last in range(n_years, 0, -1)]
        else:
            rows += [(number, first, n_years) for first in range(n_years)]
    return Options(*(np.array(column, dtype=np.int64) for column in zip(*rows, strict=True)))


def state_in_year(table: ActionTable, options: Options, year: int) -> Ints:
    """int64[n_options]: the state that stands by each option in a year (from 0), -1 for none."""
    state = np.array([one.state for one in table.actions], dtype=np.int64)[options.action]
    old = np.array([one.before for one in table.actions], dtype=np.int64)[options.action]
    now = np.where((options.begins <= year) & (year < options.ends), state, -1)
    return np.asarray(np.where(year < options.begins, old, now), dtype=np.int64)


def places_of(table: ActionTable, options: Options) -> Ints:
    """int64[n_options]: the place of each, of which one option at most is open."""
    return np.array([table.actions[number].place for number in options.action], dtype=np.int64)


def spending(
    question: Question, table: ActionTable, options: Options
) -> tuple[Ints, tuple[PayerCosts, PayerCosts]]:
    """Return yuan by option and year, and by payer: of the new states, and of the old before them.

    What stands anyway costs nothing here; a free station that is kept costs what it costs to run.
    """
    years = question.years_meant
    actions = [table.actions[number] for number in options.action]
    runs = int(question.money.running)
    after = split_costs(
        GrossCosts(
            capital_yuan=np.array([one.capital_yuan for one in actions]),
            running_yuan_a_year=np.array([runs * one.running_yuan_a_year for one in actions]),
            kind=np.array([one.kind for one in actions]),
            district=np.array([one.district for one in actions]),
            action=np.array([one.what for one in actions]),
            year=np.array(years)[options.begins],
        ),
        question.money_rules,
        years=years,
    )
    ended = np.arange(len(years))[None, :] >= options.ends[:, None]
    after = replace(after, yuan=np.where(ended[None], 0, after.yuan))
    before = split_costs(
        GrossCosts(
            capital_yuan=np.zeros(len(actions), dtype=np.int64),
            running_yuan_a_year=np.array([runs * one.before_running for one in actions]),
            kind=np.array([table.states[one.before].kind for one in actions]),
            district=np.array([one.district for one in actions]),
            action=np.full(len(actions), "keep"),
            year=np.full(len(actions), years[0]),
        ),
        question.money_rules,
        years=years,
    )
    begun = np.arange(len(years))[None, :] >= options.begins[:, None]
    before = replace(before, yuan=np.where(begun[None], 0, before.yuan))
    return after.gross + before.gross, (after, before)


class PaidToday(NamedTuple):
    """Yuan by year that free stations cost as they are.

    ``kept`` int64[n_free, n_years] a row a station, ``of_options`` int64[n_options, n_years] that
    of the station which an option changes.
    """

    kept: Ints
    of_options: Ints


def paid_today(table: ActionTable, options: Options, costs: Ints) -> PaidToday:
    """Return what free stations cost as they are, of ``costs`` int64[n_options, n_years]."""
    station = np.array([one.station for one in table.actions], dtype=np.int64)[options.action]
    keeps = np.array([one.what == "keep" for one in table.actions])[options.action]
    whole = np.flatnonzero(keeps & (options.ends == costs.shape[1]))
    by_station = np.zeros((len(table.free) + 1, costs.shape[1]), dtype=np.int64)
    by_station[station[whole]] = costs[whole]
    return PaidToday(costs[whole], by_station[station])


def by_payer(split: tuple[PayerCosts, PayerCosts], payer: str) -> Ints:
    """int64[n_options, n_years]: what one payer pays; the operator is `OWN`."""
    known = dict.fromkeys((*split[0].payers, OWN))
    if payer not in known:
        raise ProblemError(
            say(
                "payer {payer} pays nothing: there are {known}", payer=payer, known=", ".join(known)
            )
        )
    parts = [part.by_payer[part.payers.index(payer)] for part in split if payer in part.payers]
    return np.asarray(sum(parts), dtype=np.int64)


def chosen_by(
    table: ActionTable,
    options: Options,
    *,
    what: str | None = None,
    kinds: tuple[str, ...] = (),
    districts: tuple[str, ...] = (),
) -> Mask:
    """bool[n_options]: those of an action (all but keep where none is named), kinds, districts."""

    def counts(action: Action) -> bool:
        return (
            (action.what != "keep" if what is None else action.what == what)
            and (not kinds or action.kind in kinds)
            and (not districts or action.district in districts)
        )

    of_actions = np.array([counts(action) for action in table.actions], dtype=np.bool_)
    return of_actions[options.action]
