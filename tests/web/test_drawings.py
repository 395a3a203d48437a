"""Claims about drawn pages: nobody waits for them, the last ones stay, strangers cost little."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from data.drawings import FILE, Drawing, DrawnPart, last_drawing, write_drawing
from data.runs import DRAWING, NewRun
from data.stations import Stations
from data.workspace import Workspace
from web.app import create_app
from web.maps import drawn_pages
from web.services import drawings, processes
from web.services.drawings import DrawnOf, ask_for_drawing, draw_once, drawn_of, is_due
from web.services.runs import run_of, runs_of
from web.site.city import City

if TYPE_CHECKING:
    from pathlib import Path

NOON = datetime(2026, 11, 30, 4, 0, tzinfo=UTC)
NEVER = threading.Event()


@pytest.fixture
def workspace(city_folder: Path, tmp_path: Path) -> Workspace:
    return Workspace.open(shutil.copytree(city_folder, tmp_path / "city"))


@pytest.fixture(autouse=True)
def _hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "NICENESS", 0)
    monkeypatch.setattr(processes, "WORKER_WAIT_S", 3600.0)


def drawing(workspace: Workspace, **more: object) -> Drawing:
    """Return a drawing of the present state that says little."""
    of = drawn_of(workspace)
    parts = {f"{page}.zh.html": DrawnPart.of(f"<p>{page} 旧图</p>") for page in ("plan", "report")}
    parts["map.zh.js"] = DrawnPart.of("// 地图" * 400)
    made = Drawing(key=of.key, asked=of.asked, began_at=NOON, took_s=4.0, parts=parts)
    return replace(made, **more)  # type: ignore[arg-type] - its own fields


def add_station(workspace: Workspace) -> None:
    frame = workspace.stations().frame.iloc[1:].copy()
    workspace.replace_stations(Stations(frame))


@pytest.mark.parametrize(
    ("last", "of", "later_s", "due"),
    [
        (None, DrawnOf("a", "x"), 0, True),
        (("a", "x", 4.0), DrawnOf("a", "x"), 9999, False),
        (("a", "x", 4.0), DrawnOf("b", "y"), 0, True),  # a planner's change
        (("a", "x", 4.0), DrawnOf("b", "x"), 59, False),  # a stranger's
        (("a", "x", 4.0), DrawnOf("b", "x"), 61, True),
        (("a", "x", 30.0), DrawnOf("b", "x"), 299, False),
        (("a", "x", 30.0), DrawnOf("b", "x"), 301, True),
        (("a", "x", 4.0), DrawnOf("b", "x"), -60, True),  # the clock was set back
    ],
)
def test_a_planners_change_is_drawn_at_once_and_a_strangers_after_a_pause(
    last: tuple[str, str, float] | None, of: DrawnOf, later_s: float, due: object
) -> None:
    drawn = None
    if last is not None:
        key, asked, took_s = last
        drawn = Drawing(key=key, asked=asked, began_at=NOON, took_s=took_s, parts={})
    ended = NOON if drawn is None else drawn.ended_at
    assert is_due(of, drawn, moment=ended + timedelta(seconds=later_s)) is due


def test_many_changes_put_one_drawing_into_the_queue(workspace: Workspace) -> None:
    for _ in range(3):
        add_station(workspace)
        ask_for_drawing(workspace)
    runs = workspace.database.runs()
    run = runs.take("w1", kind=DRAWING)
    assert run is not None
    assert runs.take("w2", kind=DRAWING) is None
    ask_for_drawing(workspace)  # while one is at work no other waits
    assert runs.take("w2", kind=DRAWING) is None
    now = datetime.now(UTC)
    write_drawing(workspace.folder, drawing(workspace, began_at=now - timedelta(seconds=4)))
    assert runs.end(run.id, "w1", "done", content_hash=run.content_hash)
    add_station(workspace)  # anybody's reports may change what stations say
    ask_for_drawing(workspace)
    assert runs.take("w2", kind=DRAWING) is None


def test_drawings_are_no_questions(workspace: Workspace) -> None:
    runs = workspace.database.runs()
    assert runs.put_drawing("k", author="yizhan")
    number = runs.put(NewRun(kind="decision", question={}, content_hash="q", author="li")).id
    assert [run.id for run in runs_of(workspace)] == [number]
    waiting = runs.last_drawing()
    assert waiting is not None
    assert run_of(workspace, waiting.id) is None
    assert runs.ahead(number) == 0
    taken = runs.take("w")
    assert taken is not None
    assert taken.id == number


def test_before_the_first_drawing_the_pages_say_so_and_come_again(workspace: Workspace) -> None:
    client = create_app(workspace.folder).test_client()
    for path in ("/plan", "/report"):
        answer = client.get(path)
        assert answer.status_code == 200
        assert "正在绘制" in answer.text
        assert 'http-equiv="refresh"' in answer.text
    for path in ("/plan/map.js", "/report/coverage.csv"):
        assert client.get(path).status_code == 503
    waiting = workspace.database.runs().last_drawing()
    assert waiting is not None
    assert waiting.state == "queued"


def test_a_drawing_made_apart_is_what_a_request_would_draw(workspace: Workspace) -> None:
    ask_for_drawing(workspace)
    assert draw_once(workspace, "w", leave=NEVER) == "done"
    assert draw_once(workspace, "w", leave=NEVER) is None
    served = create_app(workspace.folder).test_client()
    at_once = create_app(workspace.folder, testing=True).test_client()
    paths = ("/plan", "/plan?lang=en", "/report", "/plan/map.js", "/report/plan.csv")
    for path in (*paths, "/report/longer_hours.csv?lang=en"):
        assert served.get(path).text == at_once.get(path).text
    ask_for_drawing(workspace)
    assert draw_once(workspace, "w", leave=NEVER) is None


def test_the_last_drawing_stays_with_its_date_until_the_next(workspace: Workspace) -> None:
    write_drawing(workspace.folder, drawing(workspace))
    client = create_app(workspace.folder).test_client()
    assert "outdated-band" not in client.get("/plan").text
    workspace.save_result("coverage", inputs={}, body={})
    for page in ("plan", "report"):
        text = client.get(f"/{page}").text
        assert f"{page} 旧图" in text
        assert "本页画于 2026-11-30 12:00" in text
        assert 'http-equiv="refresh"' not in text


def test_a_map_is_sent_as_it_was_packed_and_not_twice(workspace: Workspace) -> None:
    write_drawing(workspace.folder, drawing(workspace))
    client = create_app(workspace.folder).test_client()
    asks = {"Accept-Encoding": "gzip"}
    packed = client.get("/plan/map.js", headers=asks)
    assert packed.data == drawing(workspace).parts["map.zh.js"].packed
    assert client.get("/plan/map.js").text == "// 地图" * 400
    again = client.get("/plan/map.js", headers={**asks, "If-None-Match": packed.headers["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize("at", [3, 70, 400, -1])
def test_a_damaged_drawing_is_not_shown_and_drawn_anew(workspace: Workspace, at: int) -> None:
    path = write_drawing(workspace.folder, drawing(workspace))
    assert last_drawing(workspace.folder) is not None
    body = bytearray(path.read_bytes())
    body[at] ^= 1
    path.write_bytes(bytes(body[: None if at < 0 else len(body)]))
    assert last_drawing(workspace.folder) is None
    assert "正在绘制" in create_app(workspace.folder).test_client().get("/plan").text
    waiting = workspace.database.runs().last_drawing()
    assert waiting is not None
    assert waiting.state == "queued"


def test_what_cannot_be_drawn_is_said_and_not_tried_again_at_once(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drawings, "DRAWS", "web.planner.no_such_module")
    ask_for_drawing(workspace)
    assert draw_once(workspace, "w", leave=NEVER) == "failed"
    ask_for_drawing(workspace)
    assert draw_once(workspace, "w", leave=NEVER) is None
    client = create_app(workspace.folder).test_client()
    page = client.get("/plan")
    assert page.status_code == 200
    assert "这一页没有画成" in page.text
    assert str(workspace.folder) not in page.text
    workspace.save_result("coverage", inputs={}, body={})
    ask_for_drawing(workspace)  # something else: it is tried
    assert draw_once(workspace, "w", leave=NEVER) == "failed"


def test_what_draws_ends_with_the_process_that_began_it(workspace: Workspace) -> None:
    words = [sys.executable, "-m", drawings.DRAWS, str(workspace.folder), "0"]
    ended = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    assert ended.returncode == 1
    assert not (workspace.folder / "cache" / FILE).exists()


def test_a_drawing_is_given_back_by_a_worker_that_leaves(workspace: Workspace) -> None:
    ask_for_drawing(workspace)
    leave = threading.Event()
    leave.set()
    assert draw_once(workspace, "w1", leave=leave) == ""
    run = workspace.database.runs().take("w2", kind=DRAWING)
    assert run is not None
    assert run.attempts == 1


def test_without_a_worker_the_server_has_it_drawn_by_another_process(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "WORKER_WAIT_S", -1.0)
    taken = threading.Event()
    monkeypatch.setattr(drawn_pages, "draw_once", lambda *_, **__: taken.set())
    create_app(workspace.folder).test_client().get("/plan")
    assert taken.wait(30)


def test_what_takes_long_to_make_holds_up_nobody_else(city_folder: Path) -> None:
    city = City(city_folder)
    begun, done = threading.Event(), threading.Event()

    def slow() -> int:
        begun.set()
        assert done.wait(60)
        return 1

    making = threading.Thread(target=lambda: city.keep("slow", 0, slow))
    making.start()
    assert begun.wait(60)
    assert city.keep("quick", 0, lambda: 2) == 2
    assert city.stations().ids
    assert making.is_alive()
    done.set()
    making.join(60)
