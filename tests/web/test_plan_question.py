"""`yizhan plan --question`: the planner's opening question, asked of the sample city."""

from __future__ import annotations

import csv
import shutil
from typing import TYPE_CHECKING, Any

import highspy
import numpy as np
import pytest
import scipy.sparse as sp

from data.questions import Question
from data.sites import network_grid_sites
from data.workspace import Workspace
from planning import SolveParams
from planning.decisions import Decision, ask

if TYPE_CHECKING:
    from pathlib import Path

    from planning import CoverageProblem
    from tests.conftest import Answer, Cli

OPENING = """
name = "opening"
[years]
first = 2027
count = 3
[money]
yuan_by_year = [600_000, 500_000, 500_000]
[actions]
build = ["station", "driver_home"]
existing = "upgrade"
extend_hours = ["7:00-22:00"]
[[floors]]
name = "nobody under 30 %"
least_share = 0.3
groups = ["truck_driver"]
[[zones]]
name = "freight yard"
around = [116.80, 33.95]
within_m = 2500.0
rule = "require"
kinds = ["driver_home"]
[[money_rules]]
rule = "share"
payer = "市总工会"
share = 0.6
cap_yuan = 100_000
"""


@pytest.fixture(scope="module")
def city(sample_city: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("asked") / "city"
    shutil.copytree(sample_city, folder)
    settings = (folder / "yizhan.toml").read_text("utf-8")
    coarse = settings.replace("spacing_m = 250", "spacing_m = 1000")
    assert coarse != settings
    (folder / "yizhan.toml").write_text(coarse, "utf-8")
    (folder / "question.toml").write_text(OPENING, "utf-8")
    return folder


def rows_of(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8-sig") as opened:
        return list(csv.DictReader(opened))


def asked(cli: Cli, city: Path, *words: str | Path) -> Answer:
    limit = ("--time-limit", "12", "--gap", "0.05")
    return cli("plan", "-w", city, "--question", city / "question.toml", *limit, *words)


@pytest.fixture(scope="module")
def answer(cli: Cli, city: Path) -> dict[str, Any]:
    given = asked(cli, city, "--json", "-o", city / "actions.csv")
    assert given.code == 0, given.err
    return given.json


def test_the_opening_question_is_answered_within_its_limits(answer: dict[str, Any]) -> None:
    assert answer["status"] != "infeasible"
    assert answer["gap"] <= 0.1
    spent = np.zeros(3)
    for line in answer["money"]:
        spent[answer["years"].index(line["year"])] += line["yuan"]
    assert (np.cumsum(spent) <= np.cumsum([600_000, 500_000, 500_000])).all()
    yard = [one for one in answer["actions"] if one["kind"] == "driver_home"]
    metres = [
        np.hypot((one["lon"] - 116.80) * 92_300, (one["lat"] - 33.95) * 110_900) for one in yard
    ]
    assert min(metres) <= 2_510
    last = {line["group"]: line for line in answer["coverage"] if line["year"] == 2029}
    assert last["truck_driver"]["share"] >= 0.3


def test_what_each_action_adds_sums_up_to_what_a_year_gains(answer: dict[str, Any]) -> None:
    whole = [line for line in answer["coverage"] if line["group"] == line["district"] == "all"]
    gained = 0.0
    for line in whole:
        gained += sum(one["adds"] for one in answer["actions"] if one["year"] == line["year"])
        assert line["covered"] - line["before"] == pytest.approx(gained, abs=1e-6)
    assert answer["objective"] == pytest.approx(sum(line["covered"] for line in whole))


def test_nesting_costs_no_year_less_than_nothing(answer: dict[str, Any]) -> None:
    nesting = answer["nesting"]
    whole = [line for line in answer["coverage"] if line["group"] == line["district"] == "all"]
    assert [line["nested"] for line in nesting["years"]] == pytest.approx(
        [line["covered"] for line in whole]
    )
    assert all(0 <= line["price_least"] <= line["price_most"] for line in nesting["years"])
    assert nesting["plan"] == pytest.approx(answer["objective"])


def test_the_subsidy_is_sixty_per_cent_and_the_parts_add_up(answer: dict[str, Any]) -> None:
    for one in answer["actions"]:
        share = one["paid"].get("市总工会", 0)
        assert share == min(one["capital_yuan"] * 6 // 10, 100_000)
    paid = sum(sum(one["paid"].values()) for one in answer["actions"])
    assert paid == answer["cost_yuan"] == sum(line["yuan"] for line in answer["money"])


def test_the_decision_is_kept_with_its_question(answer: dict[str, Any], city: Path) -> None:
    kept = Workspace.open(city).newest_result("decision")
    assert kept is not None
    assert kept.body["question"] == answer["question"]
    read = Decision.from_dict(kept.body)
    assert [one.id for one in read.actions] == [one["id"] for one in answer["actions"]]
    assert read.as_dict()["coverage"] == answer["coverage"]


def test_the_actions_are_written_as_a_table(answer: dict[str, Any], city: Path) -> None:
    rows = rows_of(city / "actions.csv")
    assert [row["id"] for row in rows] == [one["id"] for one in answer["actions"]]
    assert [int(row["paid_yuan"]) for row in rows] == [
        sum(one["paid"].values()) for one in answer["actions"]
    ]


def test_the_accounts_are_written_line_by_line_and_add_up_to_the_answer(
    cli: Cli, city: Path
) -> None:
    given = asked(cli, city, "--json", "--accounts", city / "accounts.csv")
    assert given.code == 0, given.err
    rows = rows_of(city / "accounts.csv")
    yuan: dict[tuple[int, str], int] = {}
    for row in rows:
        key = (int(row["year"]), row["payer"])
        yuan[key] = yuan.get(key, 0) + int(row["yuan"])
    told = {(line["year"], line["payer"]): line["yuan"] for line in given.json["money"]}
    assert yuan == told
    accounts = given.json["accounts"]
    assert accounts["total_yuan"] == sum(told.values()) == given.json["cost_yuan"]
    assert {row["payer"]: row["yuan"] for row in accounts["by"]["payer"]} == {
        payer: sum(of for (_, by), of in told.items() if by == payer) for _, payer in told
    }
    assert all(pot["left_yuan"] >= 0 for pot in accounts["money"])
    assert [pot["yuan"] for pot in accounts["money"]] == [600_000, 1_100_000, 1_600_000]


def test_a_question_in_words_says_what_is_done_who_pays_and_why(
    cli: Cli, city: Path, answer: dict[str, Any]
) -> None:
    words: tuple[str | Path, ...]
    words = ("--runners-up", "--prices", "--alternatives", "2", "--curve", "3", "--explain-s", "2")
    weighed = ("--front", "workers", "money", "--front-table", city / "front.csv")
    own = city / "own.csv"
    homes = [one for one in answer["actions"] if one["kind"] == "driver_home"]
    near = min(homes, key=lambda one: np.hypot(one["lon"] - 116.80, one["lat"] - 33.95))
    own.write_text(f"id,kind\n{near['id']},driver_home\n", "utf-8")
    words = (*words, "--stations", "--draws", "2", "--score", own)
    given = asked(
        cli, city, "--set", "years.count=1", "--set", "money.yuan_by_year=[900000]", *words,
        *weighed,
    )  # fmt: skip
    assert given.code == 0, given.err
    for piece in ("% covered then", "Why here and not there", "What a little more", "市总工会"):
        assert piece in given.out
    assert "assumptions" in given.out
    # the home at the freight yard alone keeps every limit
    assert "Proven: no plan within the limits covers more than" in given.out
    assert "can close without a loss, and no more than" in given.out
    assert "Over 2 draws (other weights of the layers" in given.out
    assert "Slower ways (at rush hour" in given.out
    assert "Prices -20 %" in given.out
    assert "money up to 2027: " in given.out
    assert "nan" not in given.out
    curve = given.out.partition("Money and what it covers")[2].splitlines()
    # each plan of the front has less money than the next one, and covers less
    points = [(float(row["workers"]), float(row["money"])) for row in rows_of(city / "front.csv")]
    assert points == sorted(points)
    assert "front.csv written." in given.out
    # the floor under truck drivers needs a home, and nothing buys none
    assert curve[2].split() == ["0", "no", "plan", "—"]


def test_the_file_that_was_written_is_named(cli: Cli, city: Path) -> None:
    given = asked(cli, city, "-o", city / "told.csv")
    assert given.code == 0, given.err
    assert "told.csv written." in given.out
    none = asked(cli, city, "--set", "money.yuan_by_year=[0,0,0]", "-o", city / "none.csv")
    assert "No plan keeps these limits." in none.out
    assert not (city / "none.csv").exists()


def test_a_question_without_a_plan_is_told_its_conflict(cli: Cli, city: Path) -> None:
    floor = 'floors=[{name="cleaners", least_share=0.9, groups=["sanitation_worker"]}]'
    given = asked(
        cli,
        city,
        "--set",
        floor,
        "--set",
        "new=1",
        "--set",
        "years.count=1",
        "--set",
        "money.yuan_by_year=[900000]",
        "--set",
        'actions.build=["station"]',
        "--set",
        "zones=[]",
    )
    assert given.code == 0
    assert "No plan keeps these limits" in given.out
    assert "cleaners" in given.out


def test_a_conflict_speaks_the_question_s_names_and_not_the_engine_s(cli: Cli, city: Path) -> None:
    floor = 'floors=[{name="everybody", least_share=0.9}]'
    few = ("--set", "years.count=2", "--set", "money.yuan_by_year=[60000, 0]")
    given = asked(cli, city, "--set", floor, *few, "--set", "zones=[]")
    assert "No plan keeps these limits" in given.out
    assert "everybody" in given.out
    assert "money up to 20" in given.out
    assert "required option" not in given.out
    assert "budget" not in given.out


def test_a_bad_question_is_refused_in_one_line(cli: Cli, city: Path) -> None:
    given = asked(cli, city, "--set", "money.yuan_by_yaer=[1]")
    assert given.code == 2
    assert "did you mean yuan_by_year" in given.err
    assert cli("plan", "-w", city).code == 2
    given = asked(cli, city, "--front-table", city / "none.csv")
    assert given.code == 2
    assert "ask for one with --front" in given.err


def test_a_new_question_and_its_schema_are_written_once(cli: Cli, tmp_path: Path) -> None:
    for name in ("new-question", "question-schema"):
        file = tmp_path / f"{name}.file"
        assert cli("plan", name, "-o", file).code == 0
        again = cli("plan", name, "-o", file)
        assert again.code == 2
        assert "is there already" in again.err


def test_the_exported_model_has_the_same_optimum_in_highs(city: Path) -> None:
    """One year and few sites, as a plain programme."""
    workspace = Workspace.open(city)
    question = Question.from_dict(
        {
            "new": 6,
            "actions": {"build": ["station", "driver_home"]},
            "money": {"yuan_by_year": [400_000]},
            "floors": [{"name": "f", "least_share": 0.62, "groups": ["sanitation_worker"]}],
        }
    )
    sites = network_grid_sites(
        workspace.network(),
        spacing_m=4_000.0,
        metric_crs=workspace.settings.metric_crs,
        within=workspace.districts,
    )
    ready = ask(
        question,
        demand=workspace.demand(),
        stations=workspace.stations(),
        sites=sites,
        network=workspace.network(),
        settings=workspace.settings,
    )
    made = ready.decide(params=SolveParams(time_limit_s=120, gap=1e-4))
    assert made.is_plan
    best = highs_optimum(ready.problem.problem)
    assert made.objective <= best * (1 + 1e-6)
    assert made.bound >= best * (1 - 1e-6)
    assert made.objective >= best * (1 - 2e-4)


def highs_optimum(problem: CoverageProblem) -> float:
    """Solve the textbook programme: x opens, z covers."""
    n, m = problem.n_options, problem.n_demand
    covers = sp.csr_array(problem.covers.astype(float))
    rows = [sp.hstack([-covers.T, sp.eye_array(m)])]
    upper = [np.zeros(m)]
    own = [problem.costs, *(problem.costs_of(limit) for limit in problem.limits)]
    most = [problem.budget, *(limit.budget for limit in problem.limits)]
    for costs, budget in zip(own, most, strict=True):
        if budget is not None:
            rows.append(sp.csr_array(np.r_[costs, np.zeros(m)][None]))
            upper.append(np.array([budget]))
    for limit in problem.limits:
        if limit.max_open is not None:
            rows.append(sp.csr_array(np.r_[limit.members.astype(float), np.zeros(m)][None]))
            upper.append(np.array([float(limit.max_open)]))
    sites, at = np.unique(problem.site, return_inverse=True)
    by_site = sp.csr_array((np.ones(n), (at, np.arange(n))), shape=(len(sites), n + m))
    rows.append(by_site)
    upper.append(np.ones(len(sites)))
    for floor in problem.floors:
        weights = problem.weights_of(floor)
        rows.append(sp.csr_array(np.r_[np.zeros(n), -weights][None]))
        upper.append(np.array([-floor.min_share * weights.sum()]))
    model = highspy.Highs()
    model.silent()
    model.setOptionValue("mip_rel_gap", 1e-7)
    matrix = sp.csc_array(sp.vstack(rows, format="csc"))
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = n + m, matrix.shape[0]
    lp.col_cost_ = np.r_[np.zeros(n), -problem.weights]
    lp.col_lower_ = np.r_[problem.required.astype(float), np.zeros(m)]
    lp.col_upper_ = np.r_[np.where(problem.forbidden, 0.0, 1.0), np.ones(m)]
    lp.row_lower_ = np.full(matrix.shape[0], -np.inf)
    lp.row_upper_ = np.concatenate(upper)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_, lp.a_matrix_.index_ = matrix.indptr, matrix.indices
    lp.a_matrix_.value_ = matrix.data
    lp.integrality_ = [highspy.HighsVarType.kInteger] * n + [highspy.HighsVarType.kContinuous] * m
    model.passModel(lp)
    model.run()
    assert model.getModelStatus() == highspy.HighsModelStatus.kOptimal
    return -float(model.getInfo().objective_function_value)
