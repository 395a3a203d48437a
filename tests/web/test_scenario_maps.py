"""Maps of scenarios and of what differs between them: actions, areas, lines, layers."""

from __future__ import annotations

import math
import shutil
from typing import TYPE_CHECKING

import pyogrio
import pytest

from data.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Browser

    from tests.conftest import Answer, Cli


@pytest.fixture
def ask(planned: Path, tmp_path: Path, cli: Cli) -> Callable[..., Answer]:
    """Ask `yizhan scenario` of a copy of the city with its two scenarios."""
    folder = shutil.copytree(planned, tmp_path / "city")
    return lambda *words: cli("scenario", *words, "-w", folder)


@pytest.mark.browser
@pytest.mark.xdist_group("browser")
@pytest.mark.parametrize(("wide", "high"), [(360, 640), (1280, 800)])
def test_the_difference_map_shows_each_action_with_the_letters_of_its_scenarios(
    ask: Callable[..., Answer], tmp_path: Path, browser: Browser, wide: int, high: int
) -> None:
    path = tmp_path / "d.html"
    names = ("基准", "不要第一个", "<img src=x onerror=window.broken=1>")
    assert ask("copy", "基准", names[2]).code == 0
    told = ask("compare", *names, "-o", path, "--json").json
    page = browser.new_page(viewport={"width": wide, "height": high})
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(path.as_uri())
    letters = page.locator(".leaflet-marker-icon .mark-number").all_text_contents()
    expected = []
    for one in told["actions"]:
        held = "".join(letter for letter, order in zip("ABC", one["orders"], strict=True) if order)
        expected.append("=" if held == "ABC" else held)
    assert sorted(letters) == sorted(expected)
    assert page.evaluate("window.broken") is None
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    if wide > 1000:
        choices = page.locator(".covered-choice option").all_text_contents()
        assert any(choice.endswith("：只有 B") for choice in choices)
        assert page.locator("ul[data-choice]").count() == len(choices)
        legend = page.locator(".legend").inner_text()
        for answer in told["answers"]:
            assert answer["name"] in legend
        for row in told["rows"]:
            if (row["group"], row["district"]) == ("all", "all"):
                assert all(f"{math.floor(after + 0.5):,} 人" in legend for after in row["after"])
    page.close()


@pytest.fixture(scope="module")
def drawn(planned: Path, tmp_path_factory: pytest.TempPathFactory, cli: Cli) -> Path:
    """The first scenario as layers and as a map in both languages."""
    folder = tmp_path_factory.mktemp("drawn")
    for name, words in (("a.gpkg", ()), ("a.html", ()), ("en.html", ("--lang", "en"))):
        told = cli("scenario", "map", "基准", "-w", planned, "-o", folder / name, *words)
        assert told.code == 0, told.err
    return folder


def test_the_areas_of_a_difference_make_up_the_areas_of_each_scenario(
    planned: Path, drawn: Path, tmp_path: Path, cli: Cli
) -> None:
    told = cli(
        "scenario", "compare", "基准", "不要第一个", "-w", planned, "-o", tmp_path / "d.gpkg"
    )
    assert told.code == 0, told.err
    actions = pyogrio.read_dataframe(tmp_path / "d.gpkg", layer="differences")
    assert len(actions) >= 4
    metric = "EPSG:32650"
    parts = pyogrio.read_dataframe(tmp_path / "d.gpkg", layer="areas").to_crs(metric)
    assert set(parts["held_by"]) >= {"基准", "基准、不要第一个"}
    assert set(parts["n_held_by"]) == {1, 2}
    whole = pyogrio.read_dataframe(drawn / "a.gpkg", layer="areas").to_crs(metric)
    n_apart = 0
    for _, row in whole[whole["group"].isin(parts["group"])].iterrows():
        of_group = parts[parts["group"] == row["group"]]
        assert {(one.mode, one.minutes) for one in of_group.itertuples()} == {
            (row["mode"], row["minutes"])
        }
        own = of_group[of_group["held_by"].str.contains("基准")]
        n_apart += len(own) - 1
        # what one scenario alone has and what both have are its area, slivers aside
        missed = row.geometry.symmetric_difference(own.union_all())
        assert all(part.area < 10_001 for part in getattr(missed, "geoms", [missed]))
        alone = of_group[of_group["n_held_by"] == 1]
        assert alone.union_all().area == pytest.approx(alone.area.sum())
    assert n_apart >= 1


def test_the_layers_of_a_scenario_send_as_many_to_a_place_as_the_plan_covers(
    planned: Path, drawn: Path
) -> None:
    lines, areas, places = (
        pyogrio.read_dataframe(drawn / "a.gpkg", layer=layer)
        for layer in ("assignment", "areas", "places")
    )
    plan = Workspace.open(planned).scenarios().scenario("基准").decision
    for row in plan["after"]["rows"]:
        if row["district"] == "all" and row["group"] != "all":
            mine = lines[lines["group"] == row["group"]]
            assert mine["workers"].sum() == pytest.approx(row["within_one"])
    assert set(places[places["order"] > 0]["id"]) == {site["site_id"] for site in plan["sites"]}
    settings = Workspace.open(planned).settings
    for _, area in areas.iterrows():
        held = settings.group(area["group"])
        assert (area["mode"], area["minutes"]) == (held.standard.mode, held.standard.cutoff_s / 60)
        assert set(area["kinds"].split("、")) == set(held.kinds)
    home = areas.set_index("group").geometry
    foot = settings.national.mode
    assert settings.group("truck_driver").standard.mode != foot
    assert not home["truck_driver"].equals(home["sanitation_worker"])


def test_a_map_of_a_scenario_refuses_another_ending_before_it_begins(
    ask: Callable[..., Answer],
) -> None:
    refused = ask("map", "基准", "-o", "a.pdf")
    assert refused.code == 2
    assert "a.pdf: the ending must be one of .gpkg, .geojson, .html" in refused.err


@pytest.mark.browser
@pytest.mark.xdist_group("browser")
def test_the_map_of_a_scenario_shows_one_groups_area_and_lines_at_a_time(
    drawn: Path, browser: Browser
) -> None:
    for name, (wide, high) in (("a.html", (360, 640)), ("en.html", (1280, 800))):
        page = browser.new_page(viewport={"width": wide, "height": high})
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))  # noqa: B023 - read in turn
        page.goto((drawn / name).as_uri())
        assert page.evaluate("window.broken") is None
        assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
        shown = """() => [...yizhan.shared.covered].filter(([, kept]) =>
            kept.some(({ layer }) => Object.values(layer._layers || { layer })
                .some((one) => one.options.stroke))).map(([choice]) => choice)"""
        assert page.evaluate(shown) == [0]
        choices = page.locator(".covered-choice option").count()
        assert choices > 1
        page.locator(".covered-choice select").select_option("1")
        assert page.evaluate(shown) == [1]
        if wide > 720:
            said = page.locator(".legend ul[data-choice]:not([hidden])").inner_text()
            chosen = page.locator(".covered-choice option").nth(1).inner_text()
            assert chosen.lower()[:6] in said.lower()
            scale = page.locator(".leaflet-control-scale")
            assert scale.is_visible()
        page.close()
