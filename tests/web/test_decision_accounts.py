"""Claims about the accounts that a workspace keeps of a question, and the file of them."""

from __future__ import annotations

import csv
import json
import tomllib
from typing import TYPE_CHECKING

import openpyxl
import pytest

from data.organisations import Organisations
from data.questions import MoneyRules
from data.questions.money_rules import SHENYANG_RULES
from data.workspace import Workspace
from geo.errors import InputError
from geo.measure import Box
from planning import SolveParams
from planning.decisions import Accounts, ask
from tests.planning.decisions.tiny_cities import tiny_city
from web.services.decision_accounts import keep_decision_accounts, write_accounts

if TYPE_CHECKING:
    from pathlib import Path

    from planning.decisions import AskedQuestion, Decision

CITY = "沈阳市总工会"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace.create(tmp_path / "city", name="市", box=Box(116.70, 33.90, 116.90, 34.00))


@pytest.fixture(scope="module")
def answer() -> tuple[AskedQuestion, Decision]:
    """The first tiny city that answers with a paid action, under Shenyang's rules."""
    rules = MoneyRules.from_dicts(tomllib.loads(SHENYANG_RULES)["money_rules"])
    for seed in range(80):
        city = tiny_city(seed)
        if city.question.money.payer or any(one.payer for one in city.question.money_limits):
            continue
        question = city.question.model_copy(update={"money_rules": rules})
        asked = ask(
            question,
            demand=city.demand,
            stations=city.stations,
            sites=city.sites,
            network=city.network,
            settings=city.settings,
        )
        made = asked.decide(params=SolveParams(time_limit_s=30))
        if made.is_plan and any(line.capital_yuan for line in made.money):
            return asked, made
    raise AssertionError("no tiny city pays for an action")


def test_members_and_posts_are_paid_from_the_organisations_of_the_workspace(
    workspace: Workspace, answer: tuple[AskedQuestion, Decision]
) -> None:
    asked, made = answer
    before = keep_decision_accounts(workspace, asked, made)
    assert before.unpaid == ("running money of a branch", "part-time officers")
    assert before.accounts.total_yuan == made.cost_yuan
    union = {"id": "U", "name": "工会", "kind": "union", "courier": 26, "posts": 1}
    workspace.organisation_register().replace(Organisations.from_records([union]))
    after = keep_decision_accounts(workspace, asked, made)
    n_years = len(asked.question.years_meant)
    assert after.unpaid == ()
    assert after.accounts.total_yuan == made.cost_yuan + n_years * (2_020 + 3_600)
    assert after.accounts.totals("payer")[CITY,] > before.accounts.totals("payer")[CITY,]
    assert after.money == before.money
    assert all(row.left_yuan >= 0 for row in after.money)


@pytest.mark.parametrize("ending", ["csv", "xlsx", "json"])
def test_the_file_has_a_line_for_each_payment_and_adds_up(
    workspace: Workspace, answer: tuple[AskedQuestion, Decision], tmp_path: Path, ending: str
) -> None:
    made = keep_decision_accounts(workspace, *answer).accounts
    file = tmp_path / f"accounts.{ending}"
    write_accounts(made, file, sample=True)
    if ending == "csv":
        with file.open(encoding="utf-8-sig") as opened:
            rows = list(csv.DictReader(opened))
    elif ending == "json":
        rows = json.loads(file.read_text("utf-8"))
    else:
        heading, *cells = openpyxl.load_workbook(file)["accounts"].iter_rows(values_only=True)
        rows = [dict(zip(heading, row, strict=True)) for row in cells]
    assert len(rows) == len(made.lines)
    assert sum(int(row["yuan"]) for row in rows) == made.total_yuan
    assert {row["payer"] for row in rows} == {line.payer for line in made.lines}
    assert all("示意数据" in row["notice"] for row in rows)


def test_accounts_without_a_payment_are_no_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nobody pays anything, so there is no line"):
        write_accounts(Accounts(()), tmp_path / "a.csv", sample=False)
