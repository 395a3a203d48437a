"""Photos at the desk and on the worker's page: sent, seen, taken away, put back."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from data.accounts import Account
from data.database.audit import read_audit
from tests.data.photos.drawn import WHERE, drawn, png_head, saved, with_everything
from tests.web.admin.visits import HOSTILE, ON_BOTH, PASSWORD_HASH, logged_in, token_of

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from data.database.photos import Photo
    from data.report_book import ReportBook
    from data.workspace import Workspace

FORM = "/admin/register/s/c"


@pytest.fixture
def keeper(app: Flask, book: ReportBook) -> FlaskClient:
    book.accounts.add(Account("sun", PASSWORD_HASH, "register_keeper"), by="test")
    return logged_in(app, "sun")


def _send(client: FlaskClient, *photos: bytes, station: str = "c", **form: str) -> TestResponse:
    files = [(io.BytesIO(photo), f"../{HOSTILE[:30]}.php") for photo in photos]
    data = {"token": token_of(client, "/admin/password"), **form, "photo": files}
    return client.post(f"/admin/photos/of/{station}", data=data)


def _photo(workspace: Workspace) -> Photo:
    (found,) = workspace.photos().of_station("c", removed=True)
    return found


@ON_BOTH
def test_a_photo_is_sent_seen_at_the_desk_and_by_workers_and_its_words_are_text(
    keeper: FlaskClient, stranger: FlaskClient, workspace: Workspace
) -> None:
    assert _send(keeper, with_everything(drawn()), caption=HOSTILE, public="yes").status_code == 303
    photo = _photo(workspace)
    page = keeper.get(FORM).text
    assert f'src="/admin/photos/{photo.id}.jpg?size=small" width="320" height="240"' in page
    assert "<script>window" not in page
    public = stranger.get("/s/c").text
    address = f"/photos/{photo.content_hash}-small.jpg"
    assert f'<img src="{address}" width="320" height="240" alt="&lt;script&gt;' in public
    assert "<script>window" not in public
    for path in (address, address.replace("-small", "")):
        answer = stranger.get(path)
        assert (answer.status_code, answer.content_type) == (200, "image/jpeg")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert WHERE not in answer.data
        assert Image.open(io.BytesIO(answer.data)).format == "JPEG"
        again = stranger.get(path, headers={"If-None-Match": answer.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")
    (one,) = stranger.get("/api/collections/stations/items/c").json["properties"]["photos"]  # type: ignore[index]
    assert (one["href"], one["width"], one["caption"]) == (
        address.replace("-small", ""),
        640,
        HOSTILE,
    )
    now = stranger.get("/api/page/now.json").json
    assert stranger.get(now["details"]).json["photos"] == {"c": [one]}  # type: ignore[index]


@ON_BOTH
def test_what_is_taken_away_is_gone_for_workers_at_once_and_comes_back(
    keeper: FlaskClient, stranger: FlaskClient, workspace: Workspace
) -> None:
    _send(keeper, saved(drawn(), "PNG"), public="yes")
    photo = _photo(workspace)
    address = f"/photos/{photo.content_hash}.jpg"
    tag = {"If-None-Match": stranger.get(address).headers["ETag"]}
    details = stranger.get("/api/page/now.json").json["details"]  # type: ignore[index]

    def act(what: str, **form: str) -> int:
        form["token"] = token_of(keeper, "/admin/password")
        return keeper.post(f"/admin/photos/{photo.id}/{what}", data=form).status_code

    assert act("remove") == 303
    assert stranger.get(address, headers=tag).status_code == 404
    assert address not in stranger.get("/s/c").text
    assert stranger.get("/api/page/now.json").json["details"] != details  # type: ignore[index]
    assert keeper.get(f"/admin/photos/{photo.id}.jpg").status_code == 200
    assert "已撤下 1 张" in keeper.get(FORM).text
    assert act("restore") == 303
    assert stranger.get(address).status_code == 200
    assert act("change", caption="大门") == 303
    assert stranger.get(address).status_code == 404
    assert "只有后台看得到" in keeper.get(FORM).text
    assert act("change", caption="长" * 121, public="yes") == 400
    actions = [line.action for line in read_audit(workspace.database.backend) if line.who == "sun"]
    assert actions[:4] == ["change photo", "put back photo", "take away photo", "add photo"]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (png_head(10_000, 10_000), "100 百万像素"),
        (b"<?php", "不是 JPEG、PNG 或 WebP"),
    ],
)
def test_what_is_no_photo_is_refused_in_a_line(
    keeper: FlaskClient, workspace: Workspace, content: bytes, why: str
) -> None:
    answer = _send(keeper, content)
    assert (answer.status_code, why in answer.text) == (400, True)
    assert workspace.photos().of_station("c") == ()
    assert workspace.photo_store().names() == []


def test_a_form_that_is_too_heavy_is_refused_before_it_is_read(keeper: FlaskClient) -> None:
    says = {"CONTENT_LENGTH": str(25 << 20)}
    answer = keeper.post("/admin/photos/of/c", data={"token": "x"}, environ_overrides=says)
    assert (answer.status_code, "照片太大：一次最多 24 MB" in answer.text) == (413, True)


def test_nobody_sends_or_sees_photos_of_stations_that_are_not_theirs(
    keeper: FlaskClient, operator: FlaskClient, app: Flask, book: ReportBook, workspace: Workspace
) -> None:
    book.accounts.add(Account("wu", PASSWORD_HASH, "moderator"), by="test")
    moderator, stranger = logged_in(app, "wu"), app.test_client()
    good = saved(drawn(), "WEBP")
    assert _send(operator, good, station="b").status_code == 303
    assert _send(operator, good).status_code == 404
    assert _send(moderator, good).status_code == 404
    assert _send(keeper, good).status_code == 303
    photo = _photo(workspace)
    assert operator.get(f"/admin/photos/{photo.id}.jpg").status_code == 404
    assert moderator.get(f"/admin/photos/{photo.id}.jpg").status_code == 200
    assert stranger.get(f"/admin/photos/{photo.id}.jpg").status_code == 303
    assert stranger.get(f"/photos/{photo.content_hash}.jpg").status_code == 404
    token = {"token": token_of(operator, "/admin/password")}
    assert operator.post(f"/admin/photos/{photo.id}/remove", data=token).status_code == 404
    assert keeper.get("/admin/photos/..%2Fyizhan.jpg").status_code == 404
    assert _send(keeper, good, good, good, good, good).status_code == 400
