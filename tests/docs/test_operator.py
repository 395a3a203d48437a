"""Claims that keep docs/operator.md true, and its Chinese twin."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.workspace import Workspace
from geo.measure import Box
from web.app import create_app

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("page", ["operator.md", "zh/operator.md"])
def test_every_route_is_documented(page: str, tmp_path: Path) -> None:
    Workspace.create(tmp_path / "city", name="示例", box=Box(116.7, 33.9, 116.9, 34.0))
    app = create_app(tmp_path / "city", testing=True)
    routes = {rule.rule for rule in app.url_map.iter_rules() if "static" not in rule.endpoint}
    text = (DOCS / page).read_text(encoding="utf-8")
    assert sorted(route for route in routes if f"`{route}`" not in text) == []
