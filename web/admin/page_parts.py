"""What the pages behind the sign-in share: doing something and going on, their words, names."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from flask import Response, g, redirect, render_template, request
from werkzeug.exceptions import NotFound

from geo.errors import InputError, NothingYetError
from geo.messages import message_of
from web.labels.worker_reports import (
    activity_kind_words,
    complaint_words,
    offer_words,
    span_words,
    state_words,
)
from web.languages import message
from web.site.city import city_here

if TYPE_CHECKING:
    from collections.abc import Callable

    from werkzeug.wrappers import Response as BaseResponse

    from data.files.spoken_tables import Reader

_TYPES: Final = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_DONE: Final = {
    "answer": message("已答复。"),
    "publish": message("已答复并公开。"),
    "fix": message("已标为解决，站点恢复正常。"),
    "settle": message("已采用工友的说法，手机上马上能看到。"),
    "reject": message("已标为无效。"),
    "adopt": message("已列为候选点。"),
    "accept": message("已采纳，理由会给建议人看。"),
    "review": message("已保存。"),
    "add": message("活动已发布。"),
    "remove": message("活动已撤下。"),
    "attendance": message("到场人数已登记。"),
    "organisation": message("已保存。"),
    "removed": message("已移出名单，历史保留。"),
    "round": message("巡查已安排。"),
    "close": message("巡查已结束。"),
    "visit": message("已保存，登记册已更新。"),
    "report": message("报告已存为草稿。"),
    "reviewed": message("报告已审核。"),
    "issued": message("报告已签发，所有人可看。"),
    "withdrawn": message("报告已撤回。"),
    "account": message("账号已建立。"),
    "role": message("角色已更改，该账号须重新登录。"),
    "disable": message("账号已停用。"),
    "enable": message("账号已重新启用。"),
    "password": message("密码已更改。"),
}
Shown = str | tuple[str, int]


def do(
    act: Callable[[], object], *, then: str, otherwise: Callable[[str], str]
) -> BaseResponse | Shown:
    """Do something and go on, or show the page again with what was wrong."""
    try:
        act()
    except InputError as error:
        return otherwise(g.language.told(message_of(error))), 400
    return redirect(then, 303)


def render(name: str, *, error: str = "", **context: Any) -> str:  # noqa: ANN401 - a template takes what it names
    """Return one of these pages; it says what was done before, or what was wrong."""
    words = {
        "complaint_words": complaint_words,
        "offer_words": offer_words,
        "state_words": state_words,
        "kind_words": activity_kind_words,
        "span_words": span_words,
    }
    done = _DONE.get(request.args.get("done", ""))
    return render_template(
        f"admin_{name}.html", page="admin", tab=name, done=done, error=error, **words, **context
    )


def file_answer(name: str, suffix: str, write: Callable[[Path], object]) -> Response:
    """Answer a table as a file that ``write`` writes; NotFound where it is none of ours."""
    if suffix not in _TYPES:
        raise NotFound
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"{name}.{suffix}"
        write(file)
        body = file.read_bytes()
    answer = Response(body, content_type=_TYPES[suffix])
    answer.headers.set("Content-Disposition", "attachment", filename=f"{name}.{suffix}")
    return answer


def reader_here() -> Reader:
    """Return in whose words workbooks are written: in Chinese, or else in English."""
    return "zh" if g.language.is_chinese else "en"


def station_names() -> dict[str, str]:
    """Return the stations' names by their ids."""
    try:
        frame = city_here().stations().frame
    except NothingYetError:
        return {}
    return dict(zip(frame["id"], frame["name"], strict=True))
