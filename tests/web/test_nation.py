"""A nation of two tiny cities: run, resumed, told, divided; by one process and by Dask."""

from __future__ import annotations

import csv
import json
import shutil
from typing import TYPE_CHECKING, Any

import distributed
import pytest

from data.nation import Nation, StepResults
from geo.errors import InputError
from geo.messages import message_from
from web.services.nation_cluster import DaskRunner
from web.services.nation_run import run_nation, standing_of, task_of
from web.services.nation_steps import StepTask, do_step

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from tests.conftest import Cli

MOST_YUAN = 400_000


@pytest.fixture(scope="module")
def two_cities(planned_city: Path, tmp_path_factory: pytest.TempPathFactory, cli: Cli) -> Path:
    """A nation of the tiny city twice, and a folder beside them that lost its database."""
    folder = tmp_path_factory.mktemp("nation") / "nation"
    assert cli("nation", "init", "-w", folder, "--name", "Two cities").code == 0
    for code in ("340600", "310000"):
        added = cli("nation", "add", code, "--from", planned_city, "-w", folder)
        assert added.code == 0, added.err
    file = folder / "nation.toml"
    text = file.read_text(encoding="utf-8")
    text = text.replace("3_000_000", str(MOST_YUAN)).replace("points = 10", "points = 5")
    file.write_text(text.replace("seconds = 60", "seconds = 5"), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def done(two_cities: Path, cli: Cli) -> Path:
    """The nation with every step done."""
    ran = cli("nation", "run", "-w", two_cities, "--json")
    assert ran.code == 0, ran.err
    assert {one["state"] for one in json.loads(ran.out)["cities"]} == {"done"}
    return two_cities


def body_of(folder: Path, code: str, step: str) -> dict[str, Any]:
    found = StepResults(folder / "results").find(code, step)
    assert found is not None
    return found.body


def refuse(_tasks: Sequence[StepTask]) -> Iterator[Any]:
    """Stand for a runner that may be asked for nothing."""
    assert not _tasks
    return iter(())


def test_the_figures_of_a_city_are_those_of_its_own_commands(
    done: Path, planned_city: Path, cli: Cli
) -> None:
    own = json.loads(cli("coverage", "-w", planned_city, "--json").out)
    kept = body_of(done, "340600", "figures")
    whole = next(row for row in own["rows"] if row["group"] == row["district"] == "all")
    assert kept["workers"] == pytest.approx(whole["workers"])
    assert kept["within_group"] == pytest.approx(whole["within_one"])
    curve = body_of(done, "340600", "curve")
    assert curve["covered"][0] == pytest.approx(kept["within_group"])
    assert curve["amounts"][-1] == MOST_YUAN
    assert sorted(curve["covered"]) == curve["covered"]


def test_an_unchanged_city_is_not_opened_and_a_changed_one_alone_is_done_again(
    done: Path, tmp_path: Path
) -> None:
    folder = shutil.copytree(done, tmp_path / "copy")
    nation = Nation.open(folder)
    # copied files are younger: one look at what is in them settles that
    assert {one.state for one in run_nation(nation)} == {"unchanged"}
    assert {one.state for one in run_nation(nation, runner=refuse)} == {"unchanged"}

    settings = folder / "cities" / "340600" / "yizhan.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace("snap_limit_m = 500", "snap_limit_m = 400"), encoding="utf-8")
    assert [one.state for one in standing_of(nation)] == ["done", "done", "open", "open"]
    states = {(one.city.code, one.state) for one in run_nation(nation)}
    assert states == {("310000", "unchanged"), ("340600", "done")}


def test_a_run_that_was_killed_goes_on_where_it_stood(done: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(done, tmp_path / "copy")
    shutil.rmtree(folder / "results")
    nation = Nation.open(folder)

    def killed(tasks: Sequence[StepTask]) -> Iterator[Any]:
        yield tasks[0], do_step(tasks[0])
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_nation(nation, runner=killed)
    assert [one.state for one in run_nation(nation)] == ["unchanged", "done", "done", "done"]
    # a file that a kill has cut counts as not there
    torn = folder / "results" / "340600" / "curve.json"
    torn.write_text(torn.read_text(encoding="utf-8")[:40], encoding="utf-8")
    assert [one.state for one in run_nation(nation)][-1] == "done"
    assert (
        body_of(folder, "340600", "curve")["covered"] == body_of(done, "340600", "curve")["covered"]
    )


def test_a_city_on_its_way_in_is_none_yet(done: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(done, tmp_path / "copy")
    shutil.copytree(folder / "cities" / "340600", folder / "cities" / ".new-320100")
    assert [city.code for city in Nation.open(folder).cities()] == ["310000", "340600"]
    shutil.move(folder / "cities" / ".new-320100", folder / "cities" / "spare copy")
    with pytest.raises(InputError, match="spare copy is no code of a city"):
        Nation.open(folder).cities()


def test_what_changes_while_a_step_is_done_is_done_again(done: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(done, tmp_path / "copy")
    nation = Nation.open(folder)
    shutil.rmtree(folder / "results")
    settings = folder / "cities" / "340600" / "yizhan.toml"

    def changed(tasks: Sequence[StepTask]) -> Iterator[Any]:
        for task in tasks:
            outcome = do_step(task)
            if task.city == "340600":
                text = settings.read_text(encoding="utf-8")
                settings.write_text(text + "\n# changed meanwhile\n", encoding="utf-8")
            yield task, outcome

    run_nation(nation, only=["340600"], runner=changed)
    assert [one.state for one in standing_of(nation)][2:] == ["open", "open"]


def test_a_city_that_fails_stops_no_other_and_says_why(
    two_cities: Path, tmp_path: Path, cli: Cli
) -> None:
    folder = shutil.copytree(two_cities, tmp_path / "copy")
    (folder / "cities" / "310000" / "yizhan.db").unlink()
    shutil.rmtree(folder / "results", ignore_errors=True)
    ran = cli("nation", "run", "-w", folder)
    assert ran.code == 1
    assert "310000, curve: " in ran.out
    assert "has no yizhan.db" in ran.out
    states = {(one.city.code, one.state) for one in standing_of(Nation.open(folder))}
    assert states == {("310000", "failed"), ("340600", "done")}
    # the reason is kept as a sentence that each reader's language has
    assert "中没有 yizhan.db" in cli("--lang", "zh", "nation", "status", "-w", folder).out


def test_dask_does_the_same_and_tells_a_worker_of_another_version(
    done: Path, tmp_path: Path
) -> None:
    folder = shutil.copytree(done, tmp_path / "copy")
    shutil.rmtree(folder / "results")
    nation = Nation.open(folder)
    with distributed.Client(processes=False, n_workers=1, dashboard_address=None) as client:
        states = run_nation(nation, runner=DaskRunner(client))
        assert {one.state for one in states} == {"done"}
        old = StepTask(
            **{**vars(task_of(nation, nation.city("340600"), "curve")), "version": "0.1"}
        )
        ((_, outcome),) = DaskRunner(client)([old])
    assert "version 0.1 asks" in message_from(outcome.failed)
    for step in ("figures", "curve"):
        assert body_of(folder, "310000", step) == body_of(done, "310000", step)


def test_a_budget_is_divided_with_its_proof_and_written(
    done: Path, tmp_path: Path, cli: Cli
) -> None:
    file = tmp_path / "division.csv"
    asked = ("nation", "allocate", "-w", done, "--budget", MOST_YUAN)
    said = json.loads(cli(*asked, "-o", file, "--json").out)
    curve = body_of(done, "340600", "curve")
    # both cities are the same one: the best pair of its points, counted by hand
    pairs = [
        a + b
        for x, a in zip(curve["amounts"], curve["covered"], strict=True)
        for y, b in zip(curve["amounts"], curve["covered"], strict=True)
        if x + y <= MOST_YUAN
    ]
    assert said["total"] == pytest.approx(max(pairs))
    assert said["bound"] >= said["total"]
    rows = list(csv.DictReader(file.read_text(encoding="utf-8-sig").splitlines()))
    assert sum(float(row["yuan"]) for row in rows) == pytest.approx(said["spent"])
    assert [row["province"] for row in rows] == ["上海市", "安徽省"]

    words = cli(*asked).out
    assert f"{said['total']:,.0f} in all" in words
    assert f"more than {said['bound']:,.0f}:" in words
    none = cli(*asked, "--province-floor", "安徽省=1")
    assert none.code == 1
    assert "province 安徽省: the floor is" in none.out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["add", "../x", "--from", "{city}"], "is no code of a city"),
        (["add", "340600", "--from", "{city}"], "is there already"),
        (["run", "--only", "999999"], "has no city 999999"),
        (["run", "--workers", "2", "--scheduler", "tcp://a:1"], "exclude each other"),
        (["allocate", "--budget", "5", "--province-floor", "x"], "write PROVINCE=NUMBER"),
        (["allocate", "--budget", "5", "--province-floor", "x=0.5"], "has a floor and no city"),
    ],
)
def test_what_cannot_be_is_refused(
    words: list[str], said: str, done: Path, planned_city: Path, cli: Cli
) -> None:
    given = [word.format(city=planned_city) for word in words]
    refused = cli("nation", given[0], "-w", done, *given[1:])
    assert refused.code == 2
    assert said in refused.err


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("points = 10", "points = 1"), "curve.points"),
        (("[curve]", "[curves]"), "curves"),
        (("name = ", "name = 3 #"), "name"),
        (("[question]", "[question.goal]\nwhat = 'x'"), "question.goal"),
        (("[question]", "[question.years]\ncount = 3"), "question.years.count"),
        (("[question]", "[question"), "nation.toml"),
    ],
)
def test_a_settings_file_that_cannot_be_names_its_key(
    change: tuple[str, str], said: str, tmp_path: Path, cli: Cli
) -> None:
    cli("nation", "init", "-w", tmp_path / "n", "--name", "x")
    file = tmp_path / "n" / "nation.toml"
    file.write_text(file.read_text(encoding="utf-8").replace(*change), encoding="utf-8")
    refused = cli("nation", "status", "-w", tmp_path / "n")
    assert refused.code == 2
    assert said in refused.err
    missing = cli("nation", "status", "-w", tmp_path)
    assert missing.code == 2
    assert "make one with yizhan nation init" in missing.err
