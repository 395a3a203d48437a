"""Claims about `yizhan demo`: whole or not at all, marked as generated, quick the second time."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import web.commands.demo
import web.services.demo
from data.vocabulary import SAMPLE_NOTICE
from data.workspace import Workspace

if TYPE_CHECKING:
    from conftest import Cli


@pytest.fixture(scope="module")
def demo(sample_city: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample city, to be written to."""
    return Path(shutil.copytree(sample_city, tmp_path_factory.mktemp("written") / "yizhan-demo"))


def test_the_demo_is_a_workspace_with_a_plan_a_map_and_a_report(demo: Path) -> None:
    workspace = Workspace.open(demo)
    assert workspace.settings.sample
    assert len(workspace.stations()) == 127
    assert workspace.newest_result("plan") is not None
    assert (demo / "exports" / "map.html").stat().st_size < 3_000_000
    assert (demo / "exports" / "report" / "report.html").exists()


def test_every_file_that_people_take_out_says_that_it_is_generated(demo: Path, cli: Cli) -> None:
    for ending in ("csv", "geojson"):
        out = demo / "exports" / f"stations.{ending}"
        assert cli("stations", "export", "-w", demo, "-o", out).code == 0
    files = [path for path in (demo / "exports").rglob("*") if path.is_file()]
    texts = {path.name: path.read_text(encoding="utf-8") for path in files}
    assert len(texts) >= 6
    assert [name for name, text in texts.items() if "示意数据" not in text] == []


def test_readme_and_guide_say_of_the_sample_city_what_it_is(demo: Path) -> None:
    workspace = Workspace.open(demo)
    root = Path(__file__).parents[2]
    readme = (root / "README.md").read_text(encoding="utf-8")
    said = re.search(
        r"\((\w+) districts, ([\d,]+) road junctions, (\d+) stations, ([\d,]+) workers\)", readme
    )
    assert said is not None
    junctions, stations, workers = (int(number.replace(",", "")) for number in said.groups()[1:])
    assert (said[1], len(workspace.districts)) == ("four", 4)
    assert junctions == pytest.approx(workspace.network().n_nodes, rel=0.05)
    assert stations == len(workspace.stations())
    assert workers == pytest.approx(workspace.demand().weights.sum())


def test_the_guides_word_on_longer_hours_holds_in_the_sample_city(demo: Path) -> None:
    workspace = Workspace.open(demo)
    docs = Path(__file__).parents[2] / "docs"
    guide = (docs / "planner.md").read_text(encoding="utf-8")
    chinese = (docs / "zh" / "planner.md").read_text(encoding="utf-8")
    assert "the station that gains most is a driver home, and most of the twelve new" in guide
    assert "增加最多的是一个司机之家；方案里的十二个新站点，大多数" in chinese
    plan, effective = workspace.newest_result("plan"), workspace.newest_result("effective")
    assert plan is not None
    assert effective is not None
    best = max(effective.body["longer_hours"], key=lambda one: float(one["workers"]))
    frame = workspace.stations().frame
    assert list(frame["kind"][frame["id"] == best["station_id"]]) == ["driver_home"]
    adds = [site["adds_workers"] for site in plan.body["sites"]]
    assert len(adds) == 12
    assert sum(one < best["workers"] for one in adds) > 6


@pytest.mark.parametrize("words", [("coverage",), ("plan", "--new", "2", "--gap", "0.05")])
def test_every_answer_about_it_says_so_too(words: tuple[str, ...], demo: Path, cli: Cli) -> None:
    assert SAMPLE_NOTICE in cli(*words, "-w", demo).out
    assert cli(*words, "-w", demo, "--json").json["notice"] == SAMPLE_NOTICE


def test_a_second_start_builds_nothing(
    demo: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_target: Path, **_: object) -> None:
        raise AssertionError("built again")

    monkeypatch.setattr(web.services.demo, "build_demo", refuse)
    answer = cli("demo", "-w", demo, "--no-serve", "--json")
    assert answer.code == 0
    assert answer.json["notice"] == SAMPLE_NOTICE


def test_an_interrupted_build_leaves_no_half_city(
    tmp_path: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(folder: Path, **_: object) -> None:
        folder.mkdir(parents=True)
        raise KeyboardInterrupt

    monkeypatch.setattr(web.services.demo, "write_sample_city", interrupted)
    folder = tmp_path / "yizhan-demo"
    assert cli("demo", "-w", folder, "--no-serve").code == 130
    assert not folder.exists()
