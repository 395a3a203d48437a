"""What a page says in Chinese besides the names of the city's own things."""

from __future__ import annotations

import html
import json
import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

from tests.web.conftest import HOSTILE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from data.workspace import Workspace

_CHINESE = re.compile(r"[\u3000-\u9fff\uff00-\uffef]+")
_ROAD = re.compile(r"第\d+路( <b>)?")
_ESCAPE = re.compile(r"\\u([0-9a-f]{4})")
_NOTICE = "示意数据 / generated sample, not the real register"
#: The standard's own words, beside their English.
AIMS = ("看得见", "找得到", "进得来", "用得上")


def names_of(city: Workspace) -> list[str]:
    """Return what a page may say in Chinese in any language: what people called their things."""
    frame = city.stations().frame
    written = [*frame["name"], *frame["address"], *city.districts.names, *HOSTILE]
    names = [_NOTICE, city.settings.name, "中文", *filter(None, map(str, written))]
    escaped = [*names, *map(html.escape, names)]
    in_scripts = [json.dumps(name, ensure_ascii=False)[1:-1] for name in escaped]
    return sorted({*escaped, *in_scripts}, key=len, reverse=True)


def untranslated(text: str, names: Iterable[str]) -> list[str]:
    """Return the Chinese words of a text, without those names."""
    for name in names:
        text = text.replace(name, "")
    return _CHINESE.findall(_ROAD.sub("", text))


class _Pieces(HTMLParser):
    """All that an HTML document says: texts, attributes, and the strings its scripts are told."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []
        self._within = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        held = dict(attrs)
        self.pieces += [value for value in held.values() if value]
        if tag in {"script", "style"}:
            self._within = "json" if held.get("type") == "application/json" else tag

    def handle_endtag(self, tag: str) -> None:
        if tag in {"script", "style"}:
            self._within = ""

    def handle_data(self, data: str) -> None:
        if self._within == "json":
            self.pieces += _strings(json.loads(data))
        elif self._within == "script":
            self.pieces.append(_ESCAPE.sub(lambda found: chr(int(found[1], 16)), data))
        elif not self._within:
            self.pieces.append(data)


def _strings(value: Any) -> Iterator[str]:  # noqa: ANN401 - JSON of any shape
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _strings(one)
    elif isinstance(value, list):
        for one in value:
            yield from _strings(one)


def pieces_of(page: str) -> list[str]:
    """Return all that an HTML document says, piece by piece."""
    parser = _Pieces()
    parser.feed(page)
    parser.close()
    return parser.pieces
