"""What the page of a run and that of a scenario say of an answer: one table, one set of reasons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import g

from planning.scenarios.explanation_document import read_explanation
from web.labels.answers import AnswerWords
from web.labels.goal_ends import is_sum
from web.labels.places import names_of, option_names
from web.labels.reasons import other_words, price_words, why_words
from web.services.nothing_yet import or_none
from web.services.plan_pages import lonlat_by_id

if TYPE_CHECKING:
    from collections.abc import Mapping

    from data.workspace import Workspace
    from geo.network import RoadNetwork
    from planning.scenarios.figures import ScenarioFigures
    from web.services.plan_pages import Card


def words_of(card: Card) -> AnswerWords:
    """Return the words of an answer in the reader's language."""
    return AnswerWords(card.figures, g.language, card.n_candidates)


def answer_parts(workspace: Workspace, card: Card) -> dict[str, Any]:
    """Return what the templates say of an answer: its places, tables, reasons and other plans."""
    t, network = g.language, or_none(workspace.network)
    places = names_of(card.figures.actions, network, t)
    names = _names(workspace, card, network)
    names |= {one.site_id: name for one, name in zip(card.figures.actions, places, strict=True)}
    told, goal = card.explanation, card.goal
    why = {
        line["order"]: why_words(line, t, goal=goal, names=names) for line in told.get("why", ())
    }
    return {
        "card": card,
        "words": words_of(card),
        "figures": card.figures,
        "places": places,
        "reasons": why,
        "is_sum": is_sum(goal),
        "prices": [price_words(line, t, goal=goal) for line in told.get("prices", ())],
        "others": [other_words(plan, t, names=names) for plan in told.get("alternatives", ())],
        "tables": _tables(card.figures),
    }


def _names(workspace: Workspace, card: Card, network: RoadNetwork | None) -> dict[str, str]:
    """Name the places that the reasons speak of, by their ids."""
    why = read_explanation(card.scenario.decision)
    if why is None:
        return {}
    spoken = [end for line in why.why for end in (line.instead, line.neighbour) if end is not None]
    spoken += [one for line in why.why for one in line.does]
    spoken += [one for plan in why.others for one in (*plan.gained, *plan.dropped)]
    lonlat = lonlat_by_id(workspace, {one.id for one in spoken})
    return option_names(spoken, lonlat, network, g.language)


def _tables(figures: ScenarioFigures) -> Mapping[str, Any]:
    """Lay coverage out by group and district in the last year, and money by year and payer."""
    rows = {(row.group, row.district): row for row in figures.last_rows()}
    money = {(row.year, row.payer): row.yuan for row in figures.money}
    return {
        "rows": rows,
        "groups": list(dict.fromkeys(group for group, _ in rows)),
        "districts": list(dict.fromkeys(district for _, district in rows)),
        "money": money,
        "years": list(dict.fromkeys(year for year, _ in money)),
        "payers": list(dict.fromkeys(payer for _, payer in money)),
        "most_yuan": max(money.values(), default=0),
    }
