"""Claims about what the service worker keeps, without a browser."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from data.stations import Stations
from data.workspace import Workspace
from geo.measure import Box
from web.app import create_app
from web.site.bundles import BUNDLES

if TYPE_CHECKING:
    from flask.testing import FlaskClient


def _said(client: FlaskClient, name: str) -> Any:  # noqa: ANN401 - JSON
    found = re.search(rf"const {name} = (.*?);", client.get("/sw.js").text)
    assert found is not None
    return json.loads(found[1])


def test_all_that_is_kept_is_there_and_small(client: FlaskClient) -> None:
    """One missing file and the phone keeps nothing at all."""
    pages = [page for of in _said(client, "PAGES").values() for page in of.values()]
    now = json.loads(client.get("/api/page/now.json").data)
    data = [now["stations"], now["details"], now["roads"]]
    weight = 0
    for address in [*_said(client, "ASSETS"), *pages, *data]:
        answer = client.get(address, buffered=True)
        assert answer.status_code == 200, address
        weight += len(answer.data)
    assert weight < 1_000_000


def test_every_script_and_style_of_the_kept_pages_is_kept(client: FlaskClient) -> None:
    assets = set(_said(client, "ASSETS"))
    for of in _said(client, "PAGES").values():
        for page in of.values():
            text = client.get(page).text
            asked = re.findall(r'<script src="([^"]+)"|<link rel="stylesheet" href="([^"]+)"', text)
            assert {one or other for one, other in asked} <= assets
            assert 'class="card" data-id' not in text[: text.find("<template")]


def test_every_bundle_holds_files_that_are_there(client: FlaskClient) -> None:
    for name in BUNDLES:
        stem, _, ending = name.rpartition(".")
        text = client.get(f"/bundle/{stem}-0.{ending}").text
        assert len(text) > 1000
    assert client.get("/bundle/other-0.js").status_code == 404


def _code(text: str) -> list[str]:
    """Return the lines that are no comment, without their indentation."""
    kept, inside = [], False
    for line in map(str.lstrip, text.splitlines()):
        inside = inside or line.startswith("/*")
        if not (inside or not line or line.startswith("//")):
            kept.append(line)
        inside = inside and not line.rstrip().endswith("*/")
    return kept


def test_what_a_bundle_leaves_out_is_no_code_and_no_text(client: FlaskClient) -> None:
    """Indentation matters within a template over several lines: there is none but in its `${}`."""
    static = Path(str(client.application.static_folder))
    for name in (one for one in BUNDLES if one.endswith(".js")):
        texts = [(static / file).read_text(encoding="utf-8") for file in BUNDLES[name]]
        for line in (line for text in texts for line in text.splitlines()):
            rest = line[line.rindex("${") :] if "${" in line else ""
            begun = rest.count("{") > rest.count("}")
            assert line.count("`") % 2 == 0 or begun or line.endswith("`;"), line
        shipped = client.get(f"/bundle/{name.partition('.')[0]}-0.js").text.splitlines()
        assert shipped == [line for text in texts for line in _code(text)]


def test_a_new_register_leaves_the_worker_and_new_settings_do_not(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "city", name="示例", box=Box(116.7, 33.9, 116.9, 34.0))
    record = {"id": "1", "name": "站", "kind": "station", "lon": 116.8, "lat": 33.95}
    workspace.replace_stations(Stations.from_records([record]))
    client = create_app(workspace.folder, testing=True).test_client()
    before = _said(client, "VERSION")
    assert _said(client, "VERSION") == before
    workspace.replace_stations(Stations.from_records([record | {"name": "新名"}]))
    assert _said(client, "VERSION") == before
    settings = workspace.folder / "yizhan.toml"
    text = settings.read_text(encoding="utf-8").replace("示例", "另一个市")
    settings.write_text(text, encoding="utf-8")
    assert _said(client, "VERSION") != before


def test_the_manifest_is_that_of_an_app(client: FlaskClient) -> None:
    answer = client.get("/manifest.webmanifest?lang=en")
    assert answer.mimetype == "application/manifest+json"
    body = json.loads(answer.data)
    assert (body["start_url"], body["scope"], body["display"]) == ("/", "/", "standalone")
    assert body["short_name"] == "Yizhan"
    assert {icon["purpose"] for icon in body["icons"]} == {"any", "maskable"}
    for icon in body["icons"]:
        shown = client.get(icon["src"], buffered=True).data
        assert shown.startswith(b"\x89PNG")
        width = int.from_bytes(shown[16:20], "big")
        assert icon["sizes"] == f"{width}x{width}"
