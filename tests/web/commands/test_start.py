"""`yizhan start`: questions, each answer shown as its command, run when all is answered."""

from __future__ import annotations

import io
import json
import shlex
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from data.workspace import Workspace
from tests.data.osm.provinces import huaibei
from web.cli import yizhan
from web.services import cities

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Cli

STATIONS = "id,name,kind,lon,lat\nS1,站,station,116.5,33.5\n"
TOTALS = "zone,courier\n相山区,60\n杜集区,30\n濉溪县,10\n"


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder, the current one, with an extract, a station list and totals."""
    huaibei().write(tmp_path / "anhui.osm.pbf")
    (tmp_path / "stations.csv").write_text(STATIONS, encoding="utf-8")
    (tmp_path / "totals.csv").write_text(TOTALS, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def lines(*answers: str) -> str:
    return "".join(f"{answer}\n" for answer in answers)


ALL = ("anhui.osm.pbf", "淮北市", "", "stations.csv", "wgs84", "", "totals.csv", "2", "y")
COMMANDS = [
    "init --osm anhui.osm.pbf --city 淮北市 -w 淮北市",
    "stations import stations.csv --datum wgs84 -w 淮北市",
    "demand build --totals totals.csv -w 淮北市",
    "coverage -w 淮北市",
    "plan --new 2 -w 淮北市",
]


def typed(line: str) -> str:
    return shlex.join(["yizhan", *line.split()])


def listing(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_answers_become_commands_and_the_commands_a_city(files: Path) -> None:
    done = CliRunner().invoke(yizhan, ["start"], input=lines(*ALL))
    assert done.exit_code == 0, done.output
    for command in COMMANDS:
        assert done.output.count(typed(command)) == 3  # after its answer, in the list, at its run
    workspace = Workspace.open(files / "淮北市")
    assert workspace.has_network()
    assert len(workspace.stations()) == 1
    assert workspace.demand().weights.sum() == pytest.approx(100)
    assert workspace.newest_result("plan") is not None


def test_the_commands_that_are_shown_do_the_same(files: Path, cli: Cli) -> None:
    asked = CliRunner().invoke(yizhan, ["start"], input=lines(*ALL))
    assert asked.exit_code == 0
    by_questions = Workspace.open(files / "淮北市")
    (files / "淮北市").rename(files / "asked")
    for command in COMMANDS:
        assert cli(*command.split()).code == 0
    by_hand = Workspace.open(files / "淮北市")
    asked_now = Workspace.open(files / "asked")
    assert by_hand.demand().content_hash == asked_now.demand().content_hash
    assert by_hand.network().content_hash == asked_now.network().content_hash
    assert by_hand.settings.box == by_questions.settings.box


def test_no_at_the_last_question_changes_nothing(files: Path) -> None:
    before = listing(files)
    done = CliRunner().invoke(yizhan, ["start"], input=lines(*ALL[:-1], "n"))
    assert done.exit_code == 0
    assert "Nothing was run and nothing was changed" in done.output
    assert listing(files) == before


@pytest.mark.parametrize("n", range(len(ALL)))
def test_answers_that_end_early_end_with_one_line_and_change_nothing(
    files: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch, n: int
) -> None:
    before = listing(files)
    monkeypatch.setattr("sys.stdin", io.StringIO(lines(*ALL[:n])))
    done = cli("start")
    assert done.code == 2
    assert done.err.count("\n") == 1
    assert done.err.startswith("error: the answers ended at the question “")
    assert listing(files) == before


def test_ctrl_c_at_a_question_leaves_everything_as_it_was(
    files: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, given = listing(files), iter(ALL[:-1])

    def typed_until_the_last() -> str:
        for answer in given:
            return answer
        raise KeyboardInterrupt

    monkeypatch.setattr("builtins.input", typed_until_the_last)
    done = cli("start")
    assert (done.code, done.err.strip()) == (130, "stopped")
    assert listing(files) == before


def test_ctrl_c_while_a_command_runs_leaves_what_was_there_before_it(
    files: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    before = listing(files)
    monkeypatch.setattr(cities, "read_layers", stopped)
    monkeypatch.setattr("sys.stdin", io.StringIO(lines(*ALL)))
    done = cli("start")
    assert (done.code, done.err.splitlines()[-1]) == (130, "stopped")
    assert typed(COMMANDS[-1]) in done.out.split("Not done, to be run again")[1]
    assert listing(files) == before


def test_a_command_that_is_refused_leaves_the_rest_on_the_screen(files: Path) -> None:
    answers = ("anhui.osm.pbf", "准北市", "city", "stations.csv", "wgs84", "", "", "y")
    done = CliRunner().invoke(yizhan, ["start"], input=lines(*answers))
    assert "did you mean 淮北市" in str(done.exception)
    behind = done.output.split("Not done, to be run again once that is mended:")[1]
    assert "yizhan init" in behind
    assert "yizhan stations import stations.csv --datum wgs84 -w city" in behind
    assert not (files / "city").exists()


def test_an_answer_that_cannot_be_is_asked_again(files: Path) -> None:
    answers = ("none.pbf", "'anhui.osm.pbf'", "淮北市", "", "stations.csv", "mars", "", "gcj02")
    done = CliRunner().invoke(yizhan, ["start"], input=lines(*answers, "", "", "maybe", "n"))
    assert done.exit_code == 0, done.output
    assert "none.pbf: no such file" in done.output
    assert "answer y or n" in done.output
    assert "--datum gcj02" in done.output
    assert len(listing(files)) == 3


def test_a_city_without_borders_in_the_file_goes_by_a_box(files: Path) -> None:
    answers = ("anhui.osm.pbf", "", "某市", "116.4,33.4,117,33.8", "", "", "", "", "y")
    done = CliRunner().invoke(yizhan, ["start"], input=lines(*answers))
    assert done.exit_code == 0, done.output
    workspace = Workspace.open(files / "某市")
    assert len(workspace.districts) == 0
    assert workspace.has_network()


@pytest.mark.usefixtures("files")
def test_a_workspace_is_asked_only_for_what_it_lacks(cli: Cli) -> None:
    assert cli("init", "--osm", "anhui.osm.pbf", "--city", "淮北市", "city").code == 0
    done = CliRunner().invoke(yizhan, ["start", "-w", "city"], input=lines("", "", ""))
    assert done.exit_code == 0, done.output
    assert "city is the workspace of 淮北市." in done.output
    assert ".osm.pbf" not in done.output
    assert "Nothing is left to ask, or all was left for later." in done.output


def test_questions_are_chinese_where_chinese_is_spoken(
    files: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(lines(*ALL[:-1], "否")))
    done = cli("--lang", "zh", "start")
    assert done.code == 0
    for words in ("站点名单文件", "坐标系", "各区县各工种人数", "现在运行这 5 条命令吗"):
        assert words in done.out
    assert listing(files) == {"anhui.osm.pbf", "stations.csv", "totals.csv"}


def test_json_stands_alone_on_standard_output(
    files: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(lines(*ALL)))
    done = cli("start", "--json")
    assert done.code == 0, done.err
    told = json.loads(done.out)
    assert told["run"] == 5
    assert told["commands"] == [typed(command) for command in COMMANDS]
    assert Workspace.open(files / "淮北市").has_network()
