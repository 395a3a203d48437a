"""Claims about how much comes over the wire before the worker's page can be used."""

from __future__ import annotations

import gzip
import json
import re
from typing import TYPE_CHECKING

import brotli
import pytest

if TYPE_CHECKING:
    from flask.testing import FlaskClient

BROWSER = {"Accept-Encoding": "gzip, deflate, br, zstd"}
KB = 1000


@pytest.mark.parametrize("path", ["/", "/static/pages.css", "/static/locator.js"])
def test_a_body_is_the_same_however_it_is_packed(client: FlaskClient, path: str) -> None:
    plain = client.get(path, buffered=True)
    assert "Content-Encoding" not in plain.headers
    for asked, encoding, unpack in (
        ("gzip", "gzip", gzip.decompress),
        ("gzip, br;q=0", "gzip", gzip.decompress),
        ("gzip;q=0.5, br", "br", brotli.decompress),
        ("gzip, deflate, br", "br", brotli.decompress),
    ):
        packed = client.get(path, headers={"Accept-Encoding": asked}, buffered=True)
        assert packed.headers["Content-Encoding"] == encoding
        assert "Accept-Encoding" in packed.headers["Vary"]
        assert packed.headers["ETag"] != plain.headers["ETag"] or packed.headers["ETag"][:2] == "W/"
        assert unpack(packed.data) == plain.data


def _weight(client: FlaskClient, path: str) -> int:
    """Return the bytes of an answer over the wire, its headers with it."""
    answer = client.get(path, headers=BROWSER, buffered=True)
    assert answer.status_code == 200
    return len(answer.data) + len(str(answer.headers))


def test_the_list_weighs_40_kb_at_most_and_with_its_map_80(client: FlaskClient) -> None:
    """What is marked as of low priority is the map's: it waits for what the list needs."""
    page = re.sub(r"<link [^>]*fetchpriority=.low[^>]*>", "", client.get("/").text)
    told = re.search(r'id="locator-settings">(.*?)</script>', page, re.DOTALL)
    assert told is not None
    settings = json.loads(told[1])
    named = re.findall(r'"(/bundle/[^"]+)"', page.partition("<template")[0])
    for_list = {"/", *named, settings["stations"]}
    assert len(for_list) == 4
    list_bytes = sum(_weight(client, path) for path in for_list)
    assert list_bytes <= 40 * KB
    for_map = [*settings["assets"]["leaflet"], *settings["assets"]["map"]]
    assert not for_list.intersection(for_map)
    assert list_bytes + sum(_weight(client, path) for path in for_map) <= 80 * KB
