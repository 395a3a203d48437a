"""Money against coverage, the front and the alternatives as files: pictures and tables are true."""

from __future__ import annotations

import csv
import math
import shutil
from typing import TYPE_CHECKING, Any

import pyogrio
import pytest

from planning.decisions.explain import WeighedPlan, WeighedPlans, WhatIf
from planning.decisions.told_curve import ToldPoint
from web.languages import CHINESE, ENGLISH
from web.reports.trade_off_picture import (
    MOST_OF_IT,
    PictureFrame,
    curve_title,
    draw_curve,
    draw_front,
    front_title,
)

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Cli

QUESTION = """
[money]
yuan_by_year = [400_000]
[actions]
build = ["station", "driver_home"]
"""
FRAME = PictureFrame(
    city="试验市", source="© OpenStreetMap", sample=True, n_years=1, measure="workers"
)


@pytest.fixture(scope="module")
def folder(city_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("traded") / "city"
    shutil.copytree(city_folder, made)
    settings = (made / "yizhan.toml").read_text("utf-8")
    coarse = settings.replace("spacing_m = 250", "spacing_m = 1500")
    assert coarse != settings
    (made / "yizhan.toml").write_text(coarse, "utf-8")
    (made / "question.toml").write_text(QUESTION, "utf-8")
    return made


@pytest.fixture(scope="module")
def answer(cli: Cli, folder: Path) -> dict[str, Any]:
    given = cli(
        "plan", "-w", folder, "--question", folder / "question.toml", "--json", "--explain-s", "5",
        "--curve", "6", "--curve-table", folder / "curve.csv", "--curve-picture", folder / "c.svg",
        "--front", "workers", "money", "--set", "front.points=4",
        "--front-picture", folder / "front.png",
        "--alternatives", "2", "--alternatives-table", folder / "others.gpkg",
    )  # fmt: skip
    assert given.code == 0, given.err
    return given.json


def point(yuan: float, covered: float, bound: float, *enters: str) -> ToldPoint:
    new = tuple(WhatIf("build", name, name, "station", 2027) for name in enters)
    return ToldPoint(yuan, yuan, covered, bound, new, ())


def test_the_table_of_the_curve_says_what_the_answer_says(
    answer: dict[str, Any], folder: Path
) -> None:
    with (folder / "curve.csv").open(encoding="utf-8-sig") as opened:
        rows = list(csv.DictReader(opened))
    curve = answer["explanation"]["curve"]["points"]
    assert [int(row["yuan"]) for row in rows] == [round(one["amount"]) for one in curve]
    standing: set[str] = set()
    for row, one in zip(rows, curve, strict=True):
        assert float(row["covered"]) == pytest.approx(one["covered"], rel=1e-6)
        assert float(row["bound"]) == pytest.approx(one["bound"], rel=1e-6)
        assert int(row["spent"]) <= int(row["yuan"])
        standing -= set(filter(None, row["leaves"].split("; ")))
        standing |= set(filter(None, row["enters"].split("; ")))
        # what stands is always open, and is no action
        assert len(standing) == len(one["chosen"]) - 1
    assert float(rows[0]["covered"]) < float(rows[-1]["covered"])
    here = {f"{one['what']} {one['id']} {one['kind']} {one['year']}" for one in answer["actions"]}
    paid = sum(sum(one["paid"].values()) for one in answer["actions"])
    if standing != here:  # another plan that is as good
        assert float(rows[-1]["covered"]) == pytest.approx(answer["objective"], rel=5e-3)
    assert int(rows[-1]["spent"]) <= 400_000
    assert paid <= 400_000


def test_the_pictures_are_whole_files(answer: dict[str, Any], folder: Path) -> None:
    assert answer["status"]
    assert (folder / "c.svg").read_bytes().startswith(b"<?xml")
    assert b"generated sample" in (folder / "c.svg").read_bytes()
    assert (folder / "front.png").read_bytes().startswith(b"\x89PNG")


def test_the_alternatives_are_a_layer_with_what_all_of_them_have(
    answer: dict[str, Any], folder: Path
) -> None:
    frame = pyogrio.read_dataframe(folder / "others.gpkg", layer="alternatives")
    why = answer["explanation"]
    assert set(frame["plan"]) == set(range(len(why["alternatives"]) + 1))
    own = frame[frame["plan"] == 0]
    assert sorted(own["id"]) == sorted(one["id"] for one in answer["actions"])
    assert own["cost_yuan"].unique().tolist() == [answer["cost_yuan"]]
    for number, other in enumerate(why["alternatives"], start=1):
        rows = frame[frame["plan"] == number]
        assert sorted(rows["id"]) == sorted(one["id"] for one in other["places"])
        assert rows["cost_yuan"].unique().tolist() == [other["cost_yuan"]]
    for site, rows in frame.groupby("id"):
        # counted over the rows themselves
        share = rows["plan"].nunique() / (len(why["alternatives"]) + 1)
        assert rows["in_plans"].iloc[0] == pytest.approx(share, abs=1e-4)
        assert set(rows["no_regret"]) == {"yes" if share == 1.0 else "no"}
        assert (site in why["no_regret"]) == (share == 1.0)
    where = {one["id"]: (one["lon"], one["lat"]) for one in answer["actions"]}
    for site, at in zip(own["id"], own.geometry, strict=True):
        assert (at.x, at.y) == pytest.approx(where[site])
    assert frame["notice"].str.contains("generated sample").all()


def test_the_title_of_the_curve_names_the_least_money_that_brings_most_of_it() -> None:
    points = [point(0, 100, 100), point(200_000, 150, 180, "A"), point(400_000, 182, 200, "B")]
    points.append(point(1_000_000, 200, 210, "C", "D"))
    # 182 is 82 of the 100 that are added, 150 is half
    assert MOST_OF_IT == 0.8
    assert curve_title(points, 100.0, CHINESE) == "40 万元已带来全部 100 万元新增覆盖的 82.0 %"
    assert "400 thousand yuan bring 82.0 %" in curve_title(points, 100.0, ENGLISH)
    assert curve_title(points[:1], 100.0, CHINESE) == "加钱不增加覆盖"


def test_the_title_of_a_front_tells_its_ends() -> None:
    here = (WhatIf("build", "A", "A", "station", 2027),)
    points = (
        WeighedPlan(900.0, 300_000.0, 900.0, True, here),  # noqa: FBT003 - as it is read
        WeighedPlan(1200.0, 550_000.0, 1250.0, False, here),  # noqa: FBT003 - the same
    )
    front = WeighedPlans("workers", "money", "workers", False, points)  # noqa: FBT003 - the same
    said = "覆盖的户外劳动者 900 → 1,200，资金 30 万元 → 55 万元"
    assert front_title(front, CHINESE) == said
    one = WeighedPlans("mean_time", "workers", "workers", True, points[:1])  # noqa: FBT003 - the same
    assert front_title(one, CHINESE) == "平均用时与覆盖的户外劳动者不冲突：同一个方案两项都最好"


@pytest.mark.parametrize("language", [CHINESE, ENGLISH])
def test_a_curve_is_drawn_whatever_is_known_of_its_points(language: Any, tmp_path: Path) -> None:  # noqa: ANN401 - a language
    names = {"A": "$x^2$ <b>一处名字很长的地方，长得写不下</b>", "B": "西口"}
    points = [
        point(0, math.nan, math.nan),
        point(100_000, math.nan, 400.0),
        point(200_000, 150, 380.0, "A"),
        point(300_000, 200, 300.0, "B", "A"),
    ]
    file = tmp_path / "curve.pdf"
    draw_curve(points, file, names=names, frame=FRAME, before=120.0, language=language)
    assert file.read_bytes().startswith(b"%PDF")
    plans = (WeighedPlan(0.4, 600.0, 0.5, False, ()),)  # noqa: FBT003 - as it is read
    front = WeighedPlans("worst_group", "mean_time", "worst_group", False, plans)  # noqa: FBT003 - the same
    draw_front(front, tmp_path / "front.svg", frame=FRAME, language=language)
    assert (tmp_path / "front.svg").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--curve-picture", "c.svg"), "ask for its points with --curve 30"),
        (("--curve-table", "c.csv"), "ask for its points with --curve 30"),
        (("--curve", "3", "--curve-picture", "c.bmp"), "c.bmp: the ending must be one of .svg"),
        (("--front-picture", "f.svg"), "ask for one with --front"),
        (("--alternatives-table", "a.csv"), "ask for some with --alternatives 5"),
    ],
)
def test_a_file_of_what_was_not_asked_for_is_refused_before_any_work(
    cli: Cli, folder: Path, words: tuple[str, ...], said: str
) -> None:
    refused = cli("plan", "-w", folder, "--question", folder / "question.toml", *words)
    assert refused.code == 2
    assert said in refused.err
