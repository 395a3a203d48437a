"""What a reader sees, in pieces: the texts of a page, of a drawing, of a command's answer.

A fragment is one block of text (a paragraph, a heading, a cell, a label of a drawing) with where it
stands: the headings of a table's cell tell what its figure is of.
"""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matplotlib.figure import Figure

_BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "body",
        "button",
        "caption",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "head",
        "header",
        "html",
        "label",
        "legend",
        "li",
        "main",
        "nav",
        "ol",
        "option",
        "p",
        "section",
        "select",
        "summary",
        "svg",
        "table",
        "tbody",
        "td",
        "text",
        "th",
        "thead",
        "title",
        "tr",
        "ul",
    ]
)
_UNSEEN = frozenset(("script", "style", "template"))
_VOID = frozenset(("br", "hr", "img", "input", "link", "meta", "wbr", "rect", "path", "use"))
_SPOKEN = ("aria-label", "alt", "title", "placeholder", "data-word")
#: What an element is of: a station's id, what a filter asks for.
_OF = ("data-id", "data-station", "data-facility", "data-filter")
_GAP = re.compile(r" {2,}")
#: A column may be called by a year.
_YEAR = re.compile(r"20\d\d$")
_FIGURE = re.compile(r"[\d,.]+$")
#: What the tables of the command line call their first column: a line that begins so heads a table.
_FIRST = frozenset(
    [
        "group",
        "district",
        "order",
        "site",
        "kind",
        "layer",
        "field",
        "mode",
        "database",
        "id",
        "station",
        "row",
        "figure",
        "action",
        "Scenario",
        "At (China)",
        "covered",
        "two within reach",
        "one within reach",
        "yuan",
        "limit",
        "plan",
        "workers",
        "minutes",
        "year",
        "does",
        "what",
    ]
)


@dataclass(frozen=True)
class Fragment:
    """A piece of text and where it stands.

    ``face`` is the page or command, ``place`` the way to the piece inside it; ``heading`` the last
    heading above; ``table``, ``column``, ``row`` and ``cells`` (the whole row) where it is a cell,
    ``number`` counts rows of a table, items of a list or like texts of a
    drawing from 1; in a drawing ``row`` is the label of its group,
    and on the card or the page of a station its id.
    """

    face: str
    place: str
    text: str
    heading: str = ""
    table: str = ""
    column: str = ""
    row: str = ""
    number: int = 0
    cells: tuple[str, ...] = ()

    @property
    def where(self) -> str:
        """All of it in a line, for claims to be told apart by and for messages."""
        cell = f" [{self.table}|{self.row}|{self.column}]" if self.table else ""
        row = f" [{self.row}]" if self.row and not self.table else ""
        return f"{self.face} {self.place}{cell}{row}"


@dataclass
class _Open:
    """An element that is open: its name for people, the count of its items, its table's parts."""

    tag: str
    name: str
    items: int = 0
    table: str = ""
    columns: tuple[str, ...] = ()
    label: str = ""
    of: str = ""
    seen: dict[str, int] = field(default_factory=dict)


class _Reader(HTMLParser):
    """Cut a page into fragments."""

    def __init__(self, face: str) -> None:
        super().__init__(convert_charrefs=True)
        self.face = face
        self.made: list[Fragment] = []
        self._open: list[_Open] = []
        self._text = ""
        self._heading = ""
        self._row_from: int | None = None
        self._row_header = ""
        self._cells: list[str] = []
        self._column = -1

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in _BLOCKS:
            self._flush()
        elif tag in {"br", "wbr"}:
            self._text += " " if tag == "br" else ""
        if tag in {"ol", "ul", "tbody", "thead", "dl"} or tag not in _VOID:
            self._enter(tag, given)
        for name in _SPOKEN:
            if given.get(name):
                self._tell(given[name], place=f"@{name}")

    def _enter(self, tag: str, given: dict[str, str]) -> None:
        for above in reversed(self._open):
            if tag in {"li", "tr"} and above.tag in {"ol", "ul", "table"}:
                above.items += 1
                break
        kinds = "".join(f".{word}" for word in given.get("class", "").split())
        name = f"{tag}{'#' + given['id'] if 'id' in given else ''}{kinds}"
        made = _Open(tag, name, of=next((given[one] for one in _OF if given.get(one)), ""))
        if tag == "table":
            label = given.get("aria-labelledby", "").removeprefix("caption-")
            made.table = label or given.get("class", "") or "table"
        self._open.append(made)
        if tag == "tr":
            self._row_from, self._row_header, self._cells = len(self.made), "", []
            self._column = -1
        elif tag in {"td", "th"}:
            self._column += 1
            self._cells.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID:
            return
        if tag in _BLOCKS:
            self._flush()
        if tag in {"h1", "h2", "h3"} and self.made:
            self._heading = self.made[-1].text
        if tag == "tr":
            self._end_row()
        while self._open:
            if self._open.pop().tag == tag:
                break

    def handle_data(self, data: str) -> None:
        if not any(element.tag in _UNSEEN for element in self._open):
            self._text += data

    def close(self) -> None:
        super().close()
        self._flush()

    def _flush(self) -> None:
        text, self._text = self._text, ""
        self._tell(text)

    def _tell(self, text: str, *, place: str = "") -> None:
        words = " ".join(text.split())
        if not words or any(element.tag in _UNSEEN for element in self._open):
            return
        table = next((one for one in reversed(self._open) if one.tag == "table"), None)
        lists = next((one for one in reversed(self._open) if one.tag in {"ol", "ul"}), None)
        inner = [element.name for element in self._open if element.tag not in {"html", "body"}]
        fragment = Fragment(
            self.face, "/".join(inner) + place, words, heading=self._heading,
            number=(table or lists or _Open("", "")).items,
        )  # fmt: skip
        if table is not None and self._row_from is not None and self._cells:
            in_head = any(element.tag == "thead" for element in self._open)
            if in_head:
                table.columns = (*table.columns[: self._column], words)
            elif not place:
                self._cells[-1] = self._cells[-1] or words
                self._row_header = self._row_header or (
                    words if self._open[-1].tag == "th" or self._in("th") else ""
                )
            column = "" if in_head else dict(enumerate(table.columns)).get(self._column, "")
            fragment = replace(fragment, table=table.table, column=column)
        elif (drawing := self._drawing()) is not None and not place:
            kind = self._open[-1].name
            if "group" in kind:
                drawing.label = words
            drawing.seen[kind] = drawing.seen.get(kind, 0) + 1
            fragment = replace(fragment, row=drawing.label, number=drawing.seen[kind])
        elif self._in("dl") and not place:
            holder = next(one for one in reversed(self._open) if one.tag == "dl")
            if self._in("dt"):
                holder.label = words
            fragment = replace(fragment, row=holder.label)
        elif station := next((one.of for one in reversed(self._open) if one.of), ""):
            fragment = replace(fragment, row=station)
        self.made.append(fragment)

    def _drawing(self) -> _Open | None:
        return next((one for one in reversed(self._open) if one.tag == "svg"), None)

    def _in(self, tag: str) -> bool:
        return any(element.tag == tag for element in self._open)

    def _end_row(self) -> None:
        if self._row_from is None:
            return
        for at in range(self._row_from, len(self.made)):
            self.made[at] = replace(self.made[at], row=self._row_header, cells=tuple(self._cells))
        self._row_from, self._cells = None, []


_PER_CENT: Final = re.compile(r"(\d)%")


def of_page(face: str, page: str) -> list[Fragment]:
    """Return what is seen of a page, and what a screen reader says of it.

    A report in Chinese writes per cents as an office does; they are read as other pages write them.
    """
    reader = _Reader(face)
    is_report = face.startswith("page zh /report")
    reader.feed(_PER_CENT.sub(r"\1 %", page.replace("%～", "–")) if is_report else page)
    reader.close()
    return reader.made


def of_map(face: str, page: str) -> list[Fragment]:
    """Return what is seen of a map: its page, the names and popups of its marks, its controls."""
    made = of_page(face, page)
    for feature in _features(page):
        held = feature["properties"]
        row = str(feature.get("id", ""))
        made.append(Fragment(face, "mark/name", held["name"], row=row))
        made += [
            Fragment(face, "mark/line", line, row=row, number=number)
            for number, line in enumerate(held.get("lines", ()), start=1)
        ]
        if "number" in held:
            made.append(Fragment(face, "mark/number", str(held["number"]), row=row))
    return made


def _features(page: str) -> Iterator[dict[str, Any]]:
    """Yield the points of every GeoJSON collection in a page's scripts."""
    decoder = json.JSONDecoder()
    for found in re.finditer(r'\{\s*"(?:features|type)"\s*:\s*(?:\[|"FeatureCollection")', page):
        try:
            body, _ = decoder.raw_decode(page, found.start())
        except ValueError:
            continue
        for feature in body.get("features", ()):
            if feature["geometry"]["type"] == "Point":
                yield feature


def of_figure(face: str, figure: Figure) -> list[Fragment]:
    """Return the texts of a chart: its own, and by panel the title, the labels and the ticks.

    ``row`` is the panel's title.
    """
    made = [
        Fragment(face, "text", text.get_text(), number=number)
        for number, text in enumerate(figure.texts, start=1)
    ]
    title = ""
    for panel in figure.axes:
        title = panel.get_title(loc="left") or panel.get_title() or title
        texts = {
            "title": [title] if title in {panel.get_title(loc="left"), panel.get_title()} else [],
            "label": [text.get_text() for text in panel.texts],
            "across": [text.get_text() for text in panel.get_xticklabels()],
            "up": [text.get_text() for text in panel.get_yticklabels()],
        }
        made += [
            Fragment(face, f"panel/{place}", text, row=title, number=number)
            for place, said in texts.items()
            for number, text in enumerate(said, start=1)
            if text
        ]
    return made


def of_answer(face: str, out: str) -> list[Fragment]:
    """Return a command's answer in lines, and the cells of its tables.

    Columns are two spaces apart; what does not fit into its cell goes on below it.
    """
    made: list[Fragment] = []
    table: list[tuple[int, str]] = []
    number = 0
    for line in out.splitlines():
        cells = _GAP.split(line.strip())
        names = cells[0] in _FIRST and not any(
            cell.isdecimal() and not _YEAR.match(cell) for cell in cells
        )
        if names and (len(cells) > 1 or cells == ["database"]):
            table, number = [(line.index(f"{cell}"), cell) for cell in cells], 0
            made += [
                Fragment(face, "heading", cell, table=cells[0], number=at)
                for at, cell in enumerate(cells, start=1)
            ]
        elif (
            table
            and line.startswith(" ")
            and line.strip()
            and not (
                len(cells) == len(table) and _FIGURE.match(cells[0])  # a figure of the first column
            )
        ):
            below = max(
                (at for at in range(len(table)) if table[at][0] <= len(line) - len(line.lstrip())),
                default=0,
            )
            at = min(len(made) - 1, len(made) - (len(made[-1].cells) or len(table)) + below)
            made[at] = replace(made[at], text=f"{made[at].text} {line.strip()}")
        elif table and len(cells) > 1:
            number += 1
            named = [heading for _, heading in table] + [""] * (len(cells) - len(table))
            made += [
                Fragment(
                    face, "cell", cell, table=table[0][1], column=heading, row=cells[0],
                    number=number, cells=tuple(cells),
                )
                for heading, cell in zip(named, cells, strict=False)
            ]  # fmt: skip
        elif line.strip():
            table, number = [], number + 1 if not table else 1
            made.append(Fragment(face, "line", " ".join(line.split()), number=number))
    return made


def of_csv(face: str, text: str) -> list[Fragment]:
    """Return the cells of a CSV file."""
    table = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    if not table:
        return []
    headings = table[0]
    return [
        Fragment(
            face, "cell", cell, table=headings[0], column=heading, row=cells[0], number=number,
            cells=tuple(cells),
        )
        for number, cells in enumerate(table[1:], start=1)
        for heading, cell in zip(headings, cells, strict=True)
        if cell
    ]  # fmt: skip
