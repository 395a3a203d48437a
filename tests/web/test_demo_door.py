"""Claims about the link that `yizhan demo` prints: one planner, once, from this machine alone."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import pytest

from data.report_book import ReportBook
from data.settings import SETTINGS_FILE
from data.workspace import Workspace
from web.admin.demo_door import NAME, is_loopback, make_door
from web.app import create_app

if TYPE_CHECKING:
    from pathlib import Path

    from flask import Flask


@pytest.fixture
def folder(city_folder: Path, tmp_path: Path) -> Path:
    """The small city, which is marked as generated."""
    return shutil.copytree(city_folder, tmp_path / "city")


@pytest.fixture
def app(folder: Path) -> Flask:
    return create_app(folder, testing=True)


def test_the_link_signs_a_planner_in_once(app: Flask, folder: Path) -> None:
    door = make_door(app, host="127.0.0.1")
    client = app.test_client()
    opened = client.get(door)
    assert (opened.status_code, opened.location) == (303, "/admin/plans")
    assert client.get("/admin/plans").status_code == 200
    assert client.get("/plan/runs?f=json").json["may_ask"] is True  # type: ignore[index] - an object
    assert client.get("/admin/accounts").status_code == 404  # a planner, and no more
    assert app.test_client().get(door).status_code == 404
    account = ReportBook(Workspace.open(folder)).accounts.account(NAME)
    assert account is not None
    assert account.role == "planner"


def test_a_second_demo_signs_the_same_account_in(app: Flask, folder: Path) -> None:
    assert app.test_client().get(make_door(app, host="127.0.0.1")).status_code == 303
    again = create_app(folder, testing=True)
    assert again.test_client().get(make_door(again, host="localhost")).status_code == 303


@pytest.mark.parametrize(
    "asked",
    [
        {"environ_base": {"REMOTE_ADDR": "192.168.1.7"}},
        {"headers": {"Host": "evil.example:8000"}},
        {"headers": {"Host": "192.168.1.5:8000"}},
        {"headers": {"X-Forwarded-For": "203.0.113.9"}},
        {"headers": {"Forwarded": "for=203.0.113.9"}},
    ],
)
def test_from_elsewhere_there_is_no_door_and_it_stays_shut(
    app: Flask, asked: dict[str, Any]
) -> None:
    door = make_door(app, host="127.0.0.1")
    assert app.test_client().get(door, **asked).status_code == 404
    assert app.test_client().get(door[:-1] + "!").status_code == 404
    assert app.test_client().get(door).status_code == 303


def test_a_server_that_others_can_reach_has_no_door(app: Flask) -> None:
    for host in ("0.0.0.0", "192.168.1.5", "::", "yizhan.example.cn", ""):  # noqa: S104 - what is refused
        assert make_door(app, host=host) == ""
        assert not is_loopback(host)
    assert app.test_client().get("/admin/demo/").status_code == 404
    assert app.test_client().get("/admin/demo/x").status_code == 404


def test_a_real_city_has_no_door(folder: Path) -> None:
    file = folder / SETTINGS_FILE
    text = file.read_text("utf-8")
    assert "sample = true" in text
    file.write_text(text.replace("sample = true", "sample = false"), "utf-8")
    app = create_app(folder, testing=True)
    assert app.test_client().get(make_door(app, host="127.0.0.1")).status_code == 404
