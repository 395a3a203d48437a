"""Claims about the way there: as fast as the server's, unbroken, and said street by street."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from playwright.sync_api import expect

from data.osm import read_roads
from geo import travel_times
from geo.network import build_network
from geo.pocket import pack_roads
from tests.web.clocks import china_noon

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from playwright.sync_api import Browser, BrowserContext, Page, Route

    from geo.network import RoadNetwork

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

STATIC = Path(__file__).resolve().parents[2] / "web" / "static"
LON, LAT, STEP = 116.80, 33.96, 0.004
MODES = ("foot", "car")
_FIND = """([packed, pairs, mode]) => {
  const roads = Pocket.unpack(Uint8Array.from(atob(packed), (sign) => sign.charCodeAt(0)).buffer);
  const length = (line) => line.slice(1)
    .reduce((sum, one, i) => sum + ways.metresBetween(line[i], one), 0);
  return pairs.map(([here, there]) => {
    const found = way.find(roads, here, there, mode, 500);
    return found && { ...found, whole: length(found.line) };
  });
}"""


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> RoadNetwork:
    """Nine crossings; three streets go east, three north, of which the middle one is one-way."""
    nodes = "".join(
        f'<node id="{1 + 3 * row + column}" lon="{LON + column * STEP}" lat="{LAT + row * STEP}"/>'
        for row in range(3)
        for column in range(3)
    )
    east = [("一路", (1, 2, 3), ""), ("二路", (4, 5, 6), ""), ("三路", (7, 8, 9), "")]
    north = [("甲街", (1, 4, 7), ""), ("乙街", (2, 5, 8), "yes"), ("丙街", (3, 6, 9), "")]
    ways = "".join(
        f'<way id="{number}">'
        + "".join(f'<nd ref="{ref}"/>' for ref in refs)
        + f'<tag k="highway" v="residential"/><tag k="name" v="{name}"/>'
        + (f'<tag k="oneway" v="{oneway}"/>' if oneway else "")
        + "</way>"
        for number, (name, refs, oneway) in enumerate([*east, *north], start=1)
    )
    file = tmp_path_factory.mktemp("grid") / "roads.osm"
    file.write_text(f'<osm version="0.6">{nodes}{ways}</osm>', encoding="utf-8")
    return build_network(read_roads(file))


def test_what_keeps_a_lorry_off_the_car_s_way_is_named(page: Page, tmp_path: Path) -> None:
    """A square of two ways from one corner to the other: the short one under a bridge of 3 m."""
    places = {1: (0, 0), 2: (1, 0), 3: (0, 1), 4: (2, 1), 5: (1, 1)}
    nodes = "".join(
        f'<node id="{ref}" lon="{LON + x * STEP}" lat="{LAT + y * STEP}"/>'
        for ref, (x, y) in places.items()
    )
    streets = (("桥下路", (1, 2), "maxheight"), ("绕城路", (1, 3, 5, 2), ""), ("新路", (2, 4), ""))
    ways = "".join(
        f'<way id="{number}">'
        + "".join(f'<nd ref="{ref}"/>' for ref in refs)
        + f'<tag k="highway" v="primary"/><tag k="name" v="{name}"/>'
        + (f'<tag k="{limit}" v="3"/>' if limit else "")
        + "</way>"
        for number, (name, refs, limit) in enumerate(streets, start=1)
    )
    file = tmp_path / "roads.osm"
    file.write_text(f'<osm version="0.6">{nodes}{ways}</osm>', encoding="utf-8")
    packed = pack_roads(build_network(read_roads(file)), modes=("car", "truck"))
    ask = """([packed, here, there]) => {
      const bytes = Uint8Array.from(atob(packed), (sign) => sign.charCodeAt(0));
      const roads = Pocket.unpack(bytes.buffer);
      return [way.barred(roads, here, there, 500),
        way.find(roads, here, there, "truck", 500).steps.map(({ name }) => name)];
    }"""
    coded = base64.b64encode(packed).decode()
    start, corner, end = [LON, LAT], [LON + STEP, LAT], [LON + 2 * STEP, LAT + STEP]
    assert page.evaluate(ask, [coded, start, end]) == [["桥下路"], ["绕城路", "新路"]]
    assert page.evaluate(ask, [coded, corner, end])[0] == []


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    opened = browser.new_page()
    for name in ("pocket.js", "ways.js", "way.js"):
        opened.add_script_tag(path=STATIC / name)
    yield opened
    opened.close()


def _find(
    page: Page, network: RoadNetwork, pairs: Sequence[object], mode: str
) -> list[dict[str, Any] | None]:
    packed = base64.b64encode(pack_roads(network, modes=MODES)).decode()
    found: list[dict[str, Any] | None] = page.evaluate(_FIND, [packed, pairs, mode])
    return found


@pytest.mark.parametrize("mode", MODES)
def test_a_way_is_as_fast_as_the_server_s_and_its_line_has_no_gap(
    page: Page, network: RoadNetwork, mode: str
) -> None:
    random = np.random.default_rng(7)
    points = np.round(np.array([LON, LAT]) + random.uniform(0, 2 * STEP, (40, 2, 2)), 6)
    for (here, there), found in zip(
        points, _find(page, network, points.tolist(), mode), strict=True
    ):
        seconds = travel_times(
            network, mode=mode, origins=here[None], destinations=there[None], cutoff_s=1e5
        ).csr.toarray()[0, 0]
        assert found is not None
        assert found["seconds"] == pytest.approx(seconds, abs=1.0)
        assert found["whole"] == pytest.approx(found["metres"], abs=0.5)
        assert sum(step["metres"] for step in found["steps"]) == pytest.approx(found["metres"])


def test_steps_name_the_streets_and_the_turns(page: Page, network: RoadNetwork) -> None:
    """And the one-way street: south on 乙街 a walker goes, and a car must go round."""
    start, end = [LON + 0.5 * STEP, LAT], [LON + 2 * STEP, LAT + 0.5 * STEP]
    down = [LON + STEP, LAT + 1.5 * STEP], [LON + STEP, LAT + 0.5 * STEP]
    east, north = 369.6, 443.6  # metres of a step at this latitude
    (found,) = _find(page, network, [[start, end]], "car")
    assert found is not None
    assert found["steps"] == [
        {"name": "一路", "metres": pytest.approx(1.5 * east, rel=0.01), "turn": ""},
        {"name": "丙街", "metres": pytest.approx(0.5 * north, rel=0.01), "turn": "left"},
    ]
    walked, driven = (_find(page, network, [down], mode)[0] for mode in ("foot", "car"))
    assert walked is not None
    assert driven is not None
    assert walked["steps"] == [
        {"name": "乙街", "metres": pytest.approx(north, rel=0.01), "turn": ""}
    ]
    assert driven["steps"][0]["name"] == "乙街"
    assert driven["metres"] > 3 * walked["metres"]


def test_a_station_s_page_draws_the_way_and_says_it(phone: BrowserContext, address: str) -> None:
    """Also the second time, and the position goes into no request."""
    page = phone.new_page()
    page.clock.set_fixed_time(china_noon())
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{address}/s/S10")
    for _press in range(2):
        page.locator("#way-ask").click()
        expect(page.locator("#way-steps li").first).to_contain_text("沿第")
        expect(page.locator("#way-said")).to_contain_text("步行")
    expect(page.locator("#way-map canvas").first).to_be_visible()
    assert not [url for url in asked if "116.78" in url or "33.96" in url]


def test_a_large_network_is_loaded_only_when_that_is_said_and_asked_again(
    phone: BrowserContext, address: str
) -> None:
    def enlarge(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, json=answer.json() | {"roads_large": True})

    page = phone.new_page()
    page.clock.set_fixed_time(china_noon())
    page.route("**/now.json*", enlarge)
    page.goto(f"{address}/s/S10")
    page.locator("#way-ask").click()
    expect(page.locator("#way-said")).to_contain_text("再按一次就下载")
    expect(page.locator("#way-steps li")).to_have_count(0)
    page.locator("#way-ask").click()
    expect(page.locator("#way-steps li").first).to_contain_text("沿第")
