"""The report of a nation: its figures counted anew from the kept results, in every form."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from data.nation import Nation, StepResults
from data.vocabulary import SAMPLE_NOTICE

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Cli


@pytest.fixture(scope="module")
def reported(sample_nation: Path, tmp_path_factory: pytest.TempPathFactory, cli: Cli) -> Path:
    """The report of the generated nation with a budget."""
    folder = tmp_path_factory.mktemp("report")
    made = cli("nation", "report", "-w", sample_nation, "-o", folder, "--budget", "1000000")
    assert made.code == 0, made.err
    return folder


def bodies(nation: Path, step: str) -> dict[str, dict[str, Any]]:
    """The kept results of a step by city."""
    kept = StepResults(nation / "results")
    found = {city.code: kept.find(city.code, step) for city in Nation.open(nation).cities()}
    return {code: one.body for code, one in found.items() if one is not None}


def tables(folder: Path) -> dict[str, dict[str, Any]]:
    """The tables of the JSON form by their names."""
    said = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    blocks = [block for section in said["sections"] for block in section["blocks"]]
    return {block["id"]: block for block in blocks if block["kind"] == "table"}


def test_every_figure_of_the_cities_is_that_of_their_kept_results(
    reported: Path, sample_nation: Path
) -> None:
    kept, curves = bodies(sample_nation, "figures"), bodies(sample_nation, "curve")
    held = tables(reported)
    rows = {row["code"]: row for row in held["cities"]["rows"]}
    assert rows.keys() == kept.keys()
    unreached = {
        code: round(one["workers"]) - round(one["within_group"]) for code, one in kept.items()
    }
    for code, row in rows.items():
        assert row["workers"]["value"] == round(kept[code]["workers"])
        assert row["stations"]["value"] == kept[code]["stations"]
        assert row["unreached"]["value"] == unreached[code]
        assert row["share_group"]["value"] == pytest.approx(
            1 - unreached[code] / round(kept[code]["workers"]), abs=1e-6
        )
        shares = sorted(one["within_group"] / one["workers"] for one in kept.values())
        place = shares.index(kept[code]["within_group"] / kept[code]["workers"]) + 1
        assert row["place_by_share"]["value"] == place
    order = [row["unreached"]["value"] for row in held["cities"]["rows"]]
    assert order == sorted(order, reverse=True)
    assert held["cities"]["total"]["unreached"]["value"] == sum(unreached.values())
    assert sum(row["of_all_unreached"]["value"] for row in rows.values()) == pytest.approx(
        1, abs=1e-5
    )
    for row in held["ranges"]["rows"]:
        curve = curves[row["code"]]
        assert row["then"]["low"] == round(max(curve["covered"]))
        assert row["then"]["low"] <= row["then"]["high"] <= round(curve["bounds"][-1])
    unknown = {row["code"]: row for row in held["unknown"]["rows"]}
    for code, row in unknown.items():
        # the generated list says hours and equipment, and neither ways in nor checks
        assert (row["unknown_hours"]["value"], row["unknown_facilities"]["value"]) == (0, 0)
        assert row["unknown_access"]["value"] == kept[code]["stations"]


def test_provinces_are_the_sums_of_their_cities_and_a_province_has_its_own_report(
    reported: Path, sample_nation: Path, tmp_path: Path, cli: Cli
) -> None:
    held = tables(reported)
    by_province: dict[str, int] = {}
    for row in held["cities"]["rows"]:
        own = by_province.get(row["province"], 0)
        by_province[row["province"]] = own + row["unreached"]["value"]
    found = {row["province"]: row["unreached"]["value"] for row in held["provinces"]["rows"]}
    assert found == by_province
    assert len(found) == 3

    asked = ("nation", "report", "-w", sample_nation, "-o", tmp_path / "one")
    alone = json.loads(cli(*asked, "--province", "天津市", "--json").out)
    assert (alone["cities"], alone["unreached"]) == (1, by_province["天津市"])
    assert "provinces" not in tables(tmp_path / "one")
    nobody = cli(*asked, "--province", "无名省")
    assert nobody.code == 2
    assert "no city of 无名省 has figures" in nobody.err
    both = cli(*asked, "--province", "天津市", "--budget", "5")
    assert both.code == 2


def test_the_forms_say_the_same_and_are_marked_as_generated(reported: Path) -> None:
    held = tables(reported)
    page = (reported / "report.html").read_text(encoding="utf-8")
    assert SAMPLE_NOTICE in page
    assert not re.search(r"""(?:src|href)=["']?(?:https?:)?//""", page)
    for row in held["cities"]["rows"]:
        assert f'<th scope="row">{row["city"]}</th>' in page
        assert f'<td class="number">{row["unreached"]["written"]}</td>' in page
    text = (reported / "figures.csv").read_text(encoding="utf-8-sig")
    lines = [
        line for line in csv.DictReader(io.StringIO(text))
        if line["table"] == "cities" and line["column"] == "unreached" and line["row"] != "total"
    ]  # fmt: skip
    assert [float(line["low"]) for line in lines] == [
        row["unreached"]["value"] for row in held["cities"]["rows"]
    ]
    assert {line["notice"] for line in lines} == {SAMPLE_NOTICE}
    book = openpyxl.load_workbook(reported / "report.xlsx")
    cells = {cell.value for row in book["各城市"].iter_rows() for cell in row}
    assert {row["unreached"]["value"] for row in held["cities"]["rows"]} <= cells
    division = held["division"]
    assert division["total"]["yuan"]["value"] <= 1_000_000


def test_what_is_missing_is_told_where_it_is_missing(
    sample_nation: Path, tmp_path: Path, cli: Cli
) -> None:
    folder = shutil.copytree(sample_nation, tmp_path / "nation")
    (folder / "cities" / "117100" / "yizhan.db").unlink()
    cli("nation", "run", "-w", folder, "--only", "117100")
    (folder / "results" / "127100" / "curve.json").unlink()
    answer = cli("nation", "report", "-w", folder, "-o", tmp_path / "report", "--english", "--json")
    said = json.loads(answer.out)
    assert (said["cities"], said["open_steps"]) == (2, 3)
    rows = tables(tmp_path / "report")["open_steps"]["rows"]
    whys = {(row["code"], row["step"]): row["why"] for row in rows}
    assert "yizhan.db" in whys["117100", "figures"]
    assert whys["127100", "curve"] == "not done yet, or changed since"
    empty = cli("nation", "init", "-w", tmp_path / "none", "--name", "x")
    assert empty.code == 0
    refused = cli("nation", "report", "-w", tmp_path / "none", "-o", tmp_path / "r")
    assert "no city has figures yet" in refused.err
