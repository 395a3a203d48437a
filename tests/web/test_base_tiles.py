"""Claims about the base map: our own roads, or a configured provider and its hosts only."""

from __future__ import annotations

from typing import TYPE_CHECKING

import eviltransform
import pytest

from data.settings import read_settings
from data.stations import Stations
from data.workspace import Workspace
from geo.errors import InputError
from geo.measure import Box
from tests.web.serving import served
from web.app import create_app
from web.maps.base_tiles import HOSTS

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

OWN = "default-src 'self'"


def _city(folder: Path, *, base_map: str = "") -> Path:
    workspace = Workspace.create(folder, name="示例", box=Box(116.7, 33.9, 116.9, 34.0))
    record = {"id": "1", "name": "站", "kind": "station", "lon": 116.8, "lat": 33.95}
    workspace.replace_stations(Stations.from_records([record]))
    settings = folder / "yizhan.toml"
    text = settings.read_text(encoding="utf-8")
    for line in filter(None, base_map.splitlines()):
        key = line.split(" = ")[0]
        text = "\n".join(line if old.startswith(f"{key} = ") else old for old in text.splitlines())
    settings.write_text(text, encoding="utf-8")
    return folder


def test_by_default_no_other_host_is_let_in(tmp_path: Path) -> None:
    client = create_app(_city(tmp_path / "city"), testing=True).test_client()
    for path in ("/", "/feedback", "/s/1"):
        policy = client.get(path).headers["Content-Security-Policy"]
        assert "http" not in policy
        assert "img-src" not in policy


@pytest.mark.parametrize("provider", ["tianditu", "amap"])
def test_a_provider_opens_the_policy_for_its_pictures_only(tmp_path: Path, provider: str) -> None:
    folder = _city(tmp_path / "city", base_map=f'provider = "{provider}"\nkey = "abc123"')
    client = create_app(folder, testing=True).test_client()
    policy = client.get("/").headers["Content-Security-Policy"]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'self'"
    assert rules["img-src"].split() == ["'self'", *HOSTS[provider]]
    assert "http" not in client.get("/plan").headers["Content-Security-Policy"]


def test_the_review_number_is_told_to_the_map(tmp_path: Path) -> None:
    folder = _city(tmp_path / "city", base_map='review_number = "GS(2026)1234号"')
    assert "GS(2026)1234" in create_app(folder, testing=True).test_client().get("/").text


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ('provider = "google"', "roads, tianditu, amap"),
        ('provider = "tianditu"', "key is needed"),
        ('key = "a b<script>"', "letters and digits"),
    ],
)
def test_a_base_map_that_cannot_be_is_refused(tmp_path: Path, written: str, words: str) -> None:
    folder = _city(tmp_path / "city", base_map=written)
    with pytest.raises(InputError, match=words):
        read_settings(folder / "yizhan.toml")


@pytest.mark.parametrize("address", ["yizhan.example.cn", "https://a/b", "javascript:alert(1)"])
def test_a_public_address_that_is_none_is_refused(tmp_path: Path, address: str) -> None:
    folder = _city(tmp_path / "city", base_map=f'public_address = "{address}"')
    with pytest.raises(InputError, match="public_address"):
        read_settings(folder / "yizhan.toml")


@pytest.mark.browser
@pytest.mark.xdist_group("browser")
@pytest.mark.parametrize("provider", ["tianditu", "amap"])
def test_marks_lie_where_the_tiles_have_them(
    tmp_path: Path, browser: Browser, provider: str
) -> None:
    folder = _city(tmp_path / "city", base_map=f'provider = "{provider}"\nkey = "abc123"')
    with served(create_app(folder, testing=True)) as own:
        context = browser.new_context(service_workers="block")
        page = context.new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.route(lambda url: not url.startswith(own), lambda route: route.abort())
        page.goto(own)
        page.wait_for_selector(".leaflet-marker-icon")
        at = page.evaluate(
            """() => { let found; yizhan.shared.map.eachLayer((layer) => {
                 if (layer.getLatLng) found = layer.getLatLng(); });
               return [found.lng, found.lat]; }"""
        )
        lat, lon = eviltransform.wgs2gcj(33.95, 116.8) if provider == "amap" else (33.95, 116.8)
        assert at == pytest.approx([lon, lat], abs=2e-6)
        hosts = {url.split("/")[2] for url in asked if not url.startswith(own)}
        assert hosts
        assert {f"https://{host}" for host in hosts} <= set(HOSTS[provider])
        context.close()
