"""Claims that keep Dockerfile and compose.yaml true: to the guide, to the commands, to a linter."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
import tomllib
from itertools import pairwise
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from data.workspace import Workspace
from geo.measure import Box
from web.app import create_app
from web.cli import yizhan

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "operator.md").read_text(encoding="utf-8")
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", "")
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
NGINX: str = COMPOSE["configs"]["nginx"]["content"].replace("$$", "$")
SOCKET = "/run/yizhan/gunicorn.sock"


def _words(instruction: str) -> list[str]:
    """Words of the last ``instruction`` of the Dockerfile, which is written as JSON."""
    found = re.findall(rf"^\s*{instruction} (?:\[)(.+)\]$", DOCKERFILE, re.MULTILINE)
    words = json.loads(f"[{found[-1]}]")
    assert isinstance(words, list)
    return words


def _guides_gunicorn() -> list[str]:
    line = next(line for line in GUIDE.splitlines() if line.startswith("gunicorn "))
    return shlex.split(line)


def _options(words: list[str]) -> dict[str, str]:
    return {a: b for a, b in pairwise(words) if a.startswith("--")}


def test_the_image_serves_as_the_guide_says_but_for_the_socket() -> None:
    ours, guides = _words("CMD"), _guides_gunicorn()
    assert ours[0] == guides[0]
    assert _options(ours)["--bind"] == f"unix:{SOCKET}"
    same = ("--workers", "--threads")
    assert [_options(ours)[name] for name in same] == [_options(guides)[name] for name in same]
    assert re.sub(r"'.*'", "", ours[-1]) == re.sub(r"'.*'", "", guides[-1])


def test_gunicorn_takes_the_options_of_the_image() -> None:
    ran = subprocess.run(
        [str(Path(sys.executable).parent / "gunicorn"), "--check-config", *_words("CMD")[1:-1],
         "web.app:create_app"],
        capture_output=True, text=True, check=False, cwd=ROOT,
    )  # fmt: skip
    assert (ran.returncode, ran.stderr) == (0, "")


def test_the_image_holds_what_the_project_names_and_nothing_of_the_tests() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    extras = re.search(r"'\.\[(.+)\]'", DOCKERFILE)
    assert extras is not None
    assert set(extras[1].split(",")) == set(project["project"]["optional-dependencies"]) - {
        *("bench", "dev", "docs", "test")
    }
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE)
    sources = {word for line in copied for word in line.split()}
    assert all((ROOT / source).exists() for source in sources)
    folders = {
        word.rstrip("*") for word in project["tool"]["setuptools"]["packages"]["find"]["include"]
    }
    assert folders <= sources
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert {line[1:] for line in ignored if line.startswith("!")} == sources


def test_python_of_the_image_is_one_that_the_project_takes() -> None:
    versions = re.findall(r"^FROM python:(\d+)\.(\d+)-", DOCKERFILE, re.MULTILINE)
    assert len(versions) == DOCKERFILE.count("\nFROM ")
    assert {(int(major), int(minor)) for major, minor in versions} == {(3, 11)}


def test_nobody_runs_as_root_and_no_secret_is_written_down() -> None:
    assert re.findall(r"^USER (.+)$", DOCKERFILE, re.MULTILINE) == ["10001"]
    for name, value in (COMPOSE["services"]["database"]["environment"]).items():
        if "PASSWORD" in name:
            assert value.startswith("${POSTGRES_PASSWORD:?")
    assert "${POSTGRES_PASSWORD:?" in COMPOSE["services"]["app"]["environment"]["DATABASE_URL"]


def test_the_services_fit_together() -> None:
    services = COMPOSE["services"]
    assert set(services) == {"app", "worker", "database", "proxy"}
    assert set(services["app"]["networks"]) & set(services["database"]["networks"]) == {"inside"}
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    assert "inside" not in services["proxy"]["networks"]
    for service in ("app", "proxy"):
        targets = [volume.split(":")[1] for volume in services[service]["volumes"]]
        assert str(Path(SOCKET).parent) in targets
    named = {
        volume.split(":")[0]
        for service in services.values()
        for volume in service["volumes"]
        if not volume.startswith(".")
    }
    assert named == set(COMPOSE["volumes"])
    url = services["app"]["environment"]["DATABASE_URL"]
    assert "@database:5432/yizhan" in url
    assert services["database"]["environment"]["POSTGRES_DB"] == "yizhan"
    assert services["worker"]["environment"] == services["app"]["environment"]
    assert set(services["worker"]["volumes"]) < set(services["app"]["volumes"])
    for part in ("read_only", "tmpfs", "cap_drop", "security_opt", "networks", "image"):
        assert services["worker"][part] == services["app"][part]


def test_no_service_runs_a_command_that_is_not_there() -> None:
    services = COMPOSE["services"]
    assert [name for name, service in services.items() if "command" in service] == ["worker"]
    program, name, *words = services["worker"]["command"]
    assert program == "yizhan"
    made = yizhan.get_command(click.Context(yizhan), name)
    assert made is not None
    assert made.make_context(name, list(words)).params["folder"] == Path("/srv/yizhan/city")


def _directives(text: str, name: str) -> set[str]:
    return set(re.findall(rf"^\s*{name}\s+(.+);$", text, re.MULTILINE))


def test_nginx_hands_on_what_the_guide_asks_for_and_keeps_no_log_of_who_reports() -> None:
    assert _directives(GUIDE, "proxy_set_header") == _directives(NGINX, "proxy_set_header")
    assert _directives(GUIDE, "add_header") == _directives(NGINX, "add_header")
    assert any("Strict-Transport-Security" in told for told in _directives(NGINX, "add_header"))
    assert _directives(NGINX, "proxy_pass") == {f"http://unix:{SOCKET}"}
    silent = re.search(r"location ~ (\S+) \{([^}]+)\}", NGINX)
    assert silent is not None
    routes = re.findall(r"`access_log off;` for (.+)\.", GUIDE)[0]
    for route in re.findall(r"`(.+?)`", routes):
        assert re.search(silent[1], route)
    assert not re.search(silent[1], "/api/stations")
    assert "access_log off;" in silent[2]


def test_the_analyser_finds_nothing_in_the_nginx_settings(tmp_path: Path) -> None:
    path = tmp_path / "default.conf"
    path.write_text(NGINX, encoding="utf-8")
    ran = subprocess.run(
        [str(Path(sys.executable).parent / "gixy"), "-f", "json", str(path)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (ran.returncode, json.loads(ran.stdout)) == (0, [])


def test_nginx_keeps_only_what_is_the_same_for_all_who_ask(tmp_path: Path) -> None:
    assert _kept_by(GUIDE) == _kept_by(NGINX)
    kept = re.compile(_kept_by(NGINX)[0])
    Workspace.create(tmp_path / "city", name="市", box=Box(116.7, 33.8, 116.9, 34.0))
    app = create_app(tmp_path / "city", testing=True)
    routes = {rule.rule for rule in app.url_map.iter_rules() if kept.match(rule.rule)}
    assert {"/", "/s/<path:station_id>", "/api/stations", "/api/page/now.json"} <= routes
    private = re.compile(
        r"/(admin|plan|report|feedback|healthz|readyz|sw\.js|api/(tickets|sign_ups))"
    )
    assert not [route for route in routes if private.match(route)]
    client, shown = app.test_client(), ("/", "/api/page/now.json", "/api/collections")
    for path in shown:
        told = client.get(path, headers={"Accept-Encoding": "gzip"})
        assert told.vary.as_set() <= {"accept-encoding", "accept-language", "cookie"}
        assert "Set-Cookie" not in told.headers
    client.set_cookie("yizhan", "of a session")
    assert client.get("/api/collections").data == app.test_client().get("/api/collections").data


def _kept_by(text: str) -> list[str]:
    """Return how answers are kept: for which addresses, by what, how long."""
    place = re.search(r"location ~ (\S+) \{[^}]*proxy_cache yizhan;([^}]+)\}", text)
    assert place is not None
    words = re.findall(r"(proxy_(?:cache|ignore)\S+ .+);", place[2])
    assert "$packed|$cookie_lang|$http_accept_language" in place[2]
    assert re.findall(r" set (.+);", place[0]) == ["$cookies lang=$cookie_lang"]
    assert {"Cookie $cookies", "Accept-Language $http_accept_language"} <= _directives(
        text, "proxy_set_header"
    )
    return [place[1], *words]


@pytest.mark.parametrize("line", ["    proxy_set_header Host $http_host;"])
def test_the_analyser_would_find_a_header_that_a_stranger_sets(tmp_path: Path, line: str) -> None:
    path = tmp_path / "default.conf"
    path.write_text(NGINX.replace("    proxy_set_header Host $host;", line), encoding="utf-8")
    ran = subprocess.run(
        [str(Path(sys.executable).parent / "gixy"), "-f", "json", str(path)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "host_spoofing" in ran.stdout
