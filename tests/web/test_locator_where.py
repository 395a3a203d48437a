"""Claims about the line that says what is near: of whom it speaks, and within how far."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

import pytest

from tests.web.serving import served
from web.app import create_app

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.mark.parametrize(("radius_m", "said"), [(1000, "1 公里内"), (1500, "1.5 公里内")])
def test_far_from_all_the_line_says_within_which_radius_and_of_which_stations(
    browser: Browser, city_folder: Path, tmp_path: Path, radius_m: int, said: str
) -> None:
    folder = tmp_path / "city"
    shutil.copytree(city_folder, folder)
    settings = folder / "yizhan.toml"
    text = settings.read_text(encoding="utf-8")
    changed = re.sub(r"radius_m = 1000(\.0)?", f"radius_m = {radius_m}", text)
    settings.write_text(changed, encoding="utf-8")
    context = browser.new_context(
        viewport={"width": 360, "height": 640},
        locale="zh-CN",
        geolocation={"longitude": 116.784, "latitude": 33.9745},  # 1.9 km north of every station
        permissions=["geolocation"],
        service_workers="block",
    )
    with served(create_app(folder, testing=True)) as address:
        page = context.new_page()
        page.goto(f"{address}/")
        page.locator("#locate").click()
        where = page.locator("#where")
        page.wait_for_function("document.querySelector('#where').textContent.includes('公里内')")
        assert where.inner_text().startswith(f"{said}没有")
        page.select_option("#kind", "driver_home")
        page.wait_for_function("document.querySelector('#where').textContent.includes('符合')")
        assert where.inner_text().startswith(f"符合条件的站点中，{said}没有")
    context.close()
