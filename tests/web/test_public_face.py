"""Claims about what `web` offers to others."""

from __future__ import annotations

import subprocess
import sys

import pytest

import web


def test_the_public_face_is_pinned() -> None:
    assert web.__all__ == ["create_app", "map_of_workspace", "report_of", "write_report"]
    assert all(callable(getattr(web, name)) for name in web.__all__)


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute nothing"):
        _ = web.nothing


def test_the_package_loads_neither_flask_nor_folium_before_it_must() -> None:
    code = "import sys, web; print({'flask', 'folium'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
