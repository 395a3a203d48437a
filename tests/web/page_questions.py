"""Random questions about a small city, as a planner could type them: of a test and of a bench."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np
from werkzeug.datastructures import MultiDict

from data.questions import Question
from web.admin.plans.question_fields import beside_words, fields_of, lists_of

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from data.runs import Run
    from data.workspace import Workspace

KINDS = ("station", "courier_home", "driver_home", "rider_home")


def random_question(seed: int, groups: tuple[str, ...]) -> dict[str, Any]:
    """Return the tables of a question with its default figures left out.

    It is about most workers, which the engine proves or stops at its gap in a small city: an answer
    that its time cut short is another on every machine.
    """
    chance = np.random.default_rng(seed)
    years = int(chance.integers(1, 3))
    tables: dict[str, Any] = {
        "years": {"first": 2027, "count": years},
        "actions": {"build": sorted(set(chance.choice(KINDS, 2).tolist()))},
        "spacing_m": float(chance.choice([0, 0, 400])),
    }
    if chance.random() < 0.6:
        sums = chance.integers(4, 30, years) * 10_000
        tables["money"] = {"yuan_by_year": sums.tolist()}
    else:
        tables["new"] = int(chance.integers(1, 4))
    if chance.random() < 0.3:
        share, group = round(float(chance.random()) * 0.3, 2), str(chance.choice(groups))
        tables["floors"] = [{"name": "底线 1", "least_share": share, "groups": [group]}]
    return Question.from_dict(tables).as_dict()


def typed_form(tables: dict[str, Any], *, name: str) -> MultiDict[str, str]:
    """Return the form that a browser would send of a question that was typed into it."""
    form = MultiDict({**fields_of(tables), "name": name, "beside": beside_words({})})
    for key, values in lists_of(tables).items():
        for value in sorted(values):
            form.add(key, value)
    form.update({"time_limit_s": "60", "gap": "1", "rules": "none"})
    return form


def ask_by_page(client: FlaskClient, workspace: Workspace, form: MultiDict[str, str]) -> Run:
    """Type a question into the page, and return its run as the queue has it."""
    page = client.get("/admin/plans/ask").text
    token = re.search(r'name="token" value="([0-9a-f]{64})"', page)
    assert token is not None
    form["token"] = token[1]
    answer = client.post("/admin/plans/ask", data=form)
    assert answer.status_code == 303, re.findall(r'class="fault"[^<]*<', answer.text)
    run = workspace.database.runs().run(int(answer.headers["Location"].rpartition("/")[2]))
    assert run is not None
    return run


def told(answer: dict[str, Any]) -> dict[str, Any]:
    """Return what two answers to one question have in common where they are the same."""
    parts = ("status", "objective", "bound", "cost_yuan", "coverage", "money", "actions")
    return {part: answer.get(part) for part in parts}
