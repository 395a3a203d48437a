"""Claims about the green on the maps: whom it is about, recomputed by travel times."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely

from geo.snapping import snap
from planning.coverage.nominal import Places, measure_coverage, reach_by_standard
from planning.siting.plan import SitingPlan
from web.languages import CHINESE, ENGLISH
from web.maps.city_map import city_map, contents_of
from web.maps.city_picture import picture_of
from web.maps.covered_areas import covered_areas
from web.reports.pages import report_of
from web.site.number_words import standard_words

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

    from data.workspace import Workspace
    from web.maps.city_map import CityContents
    from web.maps.covered_areas import CoveredArea


@pytest.fixture(scope="module")
def contents(city: Workspace) -> CityContents:
    return contents_of(city)


def single(contents: CityContents, group: str) -> CoveredArea:
    return next(one for one in contents.covered if set(one.standards) == {group})


def reached(contents: CityContents, group: str, lonlat: np.ndarray) -> np.ndarray:
    """Which points have an open station that serves the group within its own standard."""
    assert contents.stations is not None
    assert contents.network is not None
    held = contents.settings.group(group)
    serving = contents.stations.serves(held)
    ends = lonlat, contents.stations.lonlat[serving]
    ((_, within),) = reach_by_standard((held,), contents.network, contents.settings, ends=ends)
    return np.asarray(within.sum(axis=0)).ravel() > 0


def on_roads(contents: CityContents, group: str) -> np.ndarray:
    """The junctions on roads of the group's mode: green is drawn along them."""
    assert contents.network is not None
    mode, nodes = contents.settings.group(group).standard.mode, contents.network.node_lonlat
    return nodes[snap(contents.network, nodes, mode=mode, limit_m=1.0).found]


def peopled(contents: CityContents) -> list[str]:
    assert contents.demand is not None
    columns = zip(contents.demand.groups, contents.demand.weights.T, strict=True)
    return [group for group, column in columns if column.any()]


def test_a_groups_green_is_where_it_has_a_station_within_its_own_standard(
    contents: CityContents,
) -> None:
    for group in peopled(contents):
        nodes = on_roads(contents, group)
        inside = shapely.contains_xy(single(contents, group).area, nodes)
        has = reached(contents, group, nodes)
        assert inside[has].all()
        # beyond the standard it goes as far as the width with which a street is drawn, no farther
        assert (inside & ~has).sum() <= 0.1 * len(nodes)
    everywhere = on_roads(contents, "truck_driver")
    truckers, couriers = (
        reached(contents, group, everywhere) for group in ("truck_driver", "courier")
    )
    assert not np.array_equal(truckers, couriers)


def test_a_station_that_does_not_serve_a_group_makes_no_green_for_it(
    contents: CityContents,
) -> None:
    assert contents.stations is not None
    assert contents.network is not None
    frame = contents.stations.frame
    homes = replace(contents.stations, frame=frame[frame["kind"] == "driver_home"])
    areas = covered_areas(
        contents.network, homes, contents.settings, demand=contents.demand, plan=None
    )
    empty = {group for one in areas for group in one.standards if one.area.is_empty}
    served = {held.id for held in contents.settings.groups if "driver_home" in held.kinds}
    assert empty >= set(peopled(contents)) - served
    assert not next(one for one in areas if set(one.standards) == {"truck_driver"}).area.is_empty


def test_first_comes_where_all_groups_of_the_plan_are_covered_at_once(
    contents: CityContents,
) -> None:
    assert contents.plan is not None
    assert contents.network is not None
    gains = {
        group for site in contents.plan.sites for group, n in site.adds_by_group.items() if n > 0
    }
    first, *others = contents.covered
    assert set(first.standards) == gains
    assert first.of_plan
    assert {group for one in others for group in one.standards} == set(peopled(contents))
    nodes = np.array(
        sorted(set.intersection(*(set(map(tuple, on_roads(contents, one))) for one in gains)))
    )
    has = np.all([reached(contents, group, nodes) for group in sorted(gains)], axis=0)
    inside = shapely.contains_xy(first.area, nodes)
    assert inside[has].all()
    assert (inside & ~has).sum() <= 0.1 * len(nodes)


def test_where_a_site_adds_workers_some_of_them_stand_outside_of_the_green(
    contents: CityContents,
) -> None:
    """The green counts as the plan counts: the cells that a site wins were not covered."""
    assert contents.plan is not None
    assert contents.demand is not None
    assert contents.network is not None
    assert contents.stations is not None
    site = contents.plan.sites[0]
    parts = contents.demand, contents.stations, contents.network, contents.settings
    before = measure_coverage(*parts).stations_in_reach
    places = Places(np.array([[site.lon, site.lat]]), (site.kind,))
    after = measure_coverage(*parts, extra_places=places).stations_in_reach
    assert before is not None
    assert after is not None
    for number, group in enumerate(contents.demand.groups):
        won = (before[:, number] == 0) & (after[:, number] > 0)
        won &= contents.demand.weights[:, number] > 0
        if won.any():
            green = shapely.contains_xy(single(contents, group).area, contents.demand.lonlat[won])
            assert not green.all()


def test_a_plan_by_the_national_standard_is_drawn_by_it(contents: CityContents) -> None:
    assert contents.plan is not None
    assert contents.network is not None
    assert contents.stations is not None
    plan = replace(contents.plan, before=replace(contents.plan.before, standard="national"))
    areas = covered_areas(
        contents.network,
        contents.stations,
        contents.settings,
        demand=contents.demand,
        plan=SitingPlan.from_dict(plan.as_dict()),
    )
    national = contents.settings.national
    assert {standard for one in areas for standard in one.standards.values()} == {national}
    assert standard_words(national, CHINESE) in areas[0].words(CHINESE)


@pytest.mark.parametrize("language", [CHINESE, ENGLISH])
def test_map_legend_and_report_say_which_groups_and_which_standard(
    city: Workspace, contents: CityContents, language: object
) -> None:
    t = CHINESE if language is CHINESE else ENGLISH
    legend = city_map(contents, language=t).legend
    for one, words in zip(contents.covered, legend.covered, strict=True):
        for group, standard in one.standards.items():
            assert t.people(group) in words
            assert standard_words(standard, t) in words
    body = re.sub(r"<[^>]+>", "", str(report_of(city, language=t).body))
    assert contents.covered[0].words(t) in body.replace("&#39;", "'")


def test_the_reports_picture_is_of_the_first_area(contents: CityContents) -> None:
    whole = str(picture_of(contents, CHINESE))
    only = str(picture_of(replace(contents, covered=contents.covered[:1]), CHINESE))
    other = str(picture_of(replace(contents, covered=contents.covered[1:]), CHINESE))
    assert whole == only
    assert whole != other


@pytest.mark.browser
@pytest.mark.xdist_group("browser")
def test_the_choice_on_the_map_shows_one_area_and_the_legend_says_the_same(
    browser: Browser, contents: CityContents, tmp_path: Path
) -> None:
    city_map(contents, language=ENGLISH).save(tmp_path / "map.html")
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.goto((tmp_path / "map.html").as_uri())
    select = page.locator(".covered-choice select")
    assert select.locator("option").all_text_contents() == [
        one.name(ENGLISH) for one in contents.covered
    ]
    for number in (0, len(contents.covered) - 1):
        select.select_option(str(number))
        shown = page.evaluate(
            "[...yizhan.shared.covered]"
            ".filter(([, kept]) => kept.some((one) => one.layer.options.fill))"
            ".map(([number]) => number)"
        )
        assert shown == ([] if contents.covered[number].area.is_empty else [number])
        told = page.locator(".legend [data-choice]:not([hidden])").all_inner_texts()
        assert [text.strip() for text in told] == [contents.covered[number].words(ENGLISH)]
    page.close()
