"""Claims about the still picture of the city: every new site is on it, inside its frame."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from web.languages import CHINESE
from web.maps.city_map import CityContents, contents_of, focus_box
from web.maps.city_picture import picture_of, shows_a_part
from web.reports.pages import report_of

if TYPE_CHECKING:
    from data.workspace import Workspace

_NUMBERS = re.compile(r'class="(?:mark-number[^"]*|inset-number)"[^>]*>(\d+)<')


def _rect(picture: str, name: str) -> tuple[float, ...]:
    """Return left, top, right and bottom of a named rectangle."""
    text = re.search(
        rf'<rect class="{name}" x="(\S+)" y="(\S+)" width="(\S+)" height="(\S+)"', picture
    )
    assert text is not None
    left, top, wide, high = map(float, text.groups())
    return left, top, left + wide, top + high


@pytest.fixture
def scattered(city: Workspace) -> CityContents:
    """The small city with two of its new sites far from its stations."""
    contents = contents_of(city)
    assert contents.plan is not None
    box = contents.districts.box
    far = [(box.left + 0.001, box.top - 0.001), (box.right - 0.001, box.top - 0.001)]
    moved = [
        replace(site, lon=lon, lat=lat)
        for site, (lon, lat) in zip(contents.plan.sites[:2], far, strict=True)
    ]
    return replace(contents, plan=replace(contents.plan, sites=(*moved, *contents.plan.sites[2:])))


def test_every_new_site_has_its_number_in_the_picture_or_beside_its_dot_in_the_inset(
    scattered: CityContents,
) -> None:
    assert shows_a_part(scattered)
    assert scattered.plan is not None
    picture = str(picture_of(scattered, CHINESE))
    assert sorted(map(int, _NUMBERS.findall(picture))) == [s.order for s in scattered.plan.sites]
    assert picture.count('class="inset-number"') == 2


def test_the_frame_of_the_inset_stays_inside_it(scattered: CityContents) -> None:
    picture = str(picture_of(scattered, CHINESE))
    left, top, right, bottom = _rect(picture, "inset")
    inner = _rect(picture, "inset-frame")
    assert left <= inner[0] < inner[2] <= right
    assert top <= inner[1] < inner[3] <= bottom


def test_new_sites_alone_are_seen_all(city: Workspace) -> None:
    contents = replace(contents_of(city), stations=None)
    assert contents.plan is not None
    box = focus_box(contents, aspect=1.8)
    for site in contents.plan.sites:
        assert box.left < site.lon < box.right
        assert box.bottom < site.lat < box.top


def test_the_key_names_the_covered_area_only_where_it_is_drawn(city: Workspace) -> None:
    report = report_of(city)
    assert "legend-area" in report.body
    bare = replace(report.contents, covered=())
    assert "legend-area" not in replace(report, contents=bare).body
