"""Pages and pictures set by Typst, which needs neither a browser nor libraries of the system.

What is set comes to Typst as data (``sys.inputs``), never as its source: a name from a register is
text whatever signs it has. No file is read but the template, and nothing is fetched.
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Final, Literal

import typst

from web.reports.forms.faces import faces_for

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from web.reports.forms.faces import Faces

PageForm = Literal["pdf", "png", "svg"]

_PICTURE: Final = b"""
#set page(width: 156mm, height: auto, margin: 0pt, fill: white)
#image(bytes(sys.inputs.svg), format: "svg", width: 100%)
"""
_LATIN: Final = "Libertinus Serif"  # comes with Typst
_PIXELS_PER_INCH: Final = 220.0
_SHEET_PIXELS_PER_INCH: Final = 150.0
_ONE_AT_A_TIME: Final = Lock()


@lru_cache(maxsize=16)
def picture_png(svg: str) -> bytes:
    """Draw an SVG that stands alone as a PNG, as wide as the text of an A4 page."""
    return _first(_set(_PICTURE, {"svg": svg}, form="png"))


def set_pages(template: str, data: Mapping[str, Any], *, form: PageForm) -> bytes:
    """Set data by a template beside this module; of PNG and SVG the first page is returned.

    Raises
    ------
    InputError
        when no typeface of this computer has Chinese letters.
    """
    faces = faces_of(data)
    first = [] if data["lang"] == "zh" else [_LATIN]  # Chinese typefaces set ’ as wide as a sign
    named = {
        "title": [*first, faces.title],
        "body": [*first, faces.body],
        "heading": [*first, faces.heading],
    }
    words = json.dumps({**_readable(data, faces), "faces": named}, ensure_ascii=False)
    source = (Path(__file__).parent / template).read_bytes()
    return _first(_set(source, {"data": words}, form=form, ppi=_SHEET_PIXELS_PER_INCH))


def faces_of(data: Mapping[str, Any]) -> Faces:
    """Choose the typefaces for all that is said in data."""
    return faces_for("".join(sorted(set("".join(_words(data))))))


def _set(
    source: bytes, inputs: dict[str, str], *, form: PageForm, ppi: float = _PIXELS_PER_INCH
) -> Any:  # noqa: ANN401 - Typst's own
    with _ONE_AT_A_TIME:
        return _compiler().compile(
            source,
            format=form,
            ppi=ppi,
            sys_inputs=inputs,
            pdf_standards=["ua-1"] if form == "pdf" else [],
        )


@lru_cache(maxsize=1)
def _compiler() -> typst.Compiler:
    """Return what has the typefaces of this computer once: a third of the memory of one each."""
    return typst.Compiler()


def _first(made: Any) -> bytes:  # noqa: ANN401 - Typst gives one page as itself, several as a list
    return bytes(made[0]) if isinstance(made, list) else bytes(made)


def _words(value: Any) -> Iterator[str]:  # noqa: ANN401 - plain data of JSON
    """Yield every text in plain data, pictures aside: their letters are those of the rest."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, held in value.items():
            if name != "svg":
                yield from _words(held)
    elif isinstance(value, list):
        for held in value:
            yield from _words(held)


def _readable(value: Any, faces: Faces) -> Any:  # noqa: ANN401 - as above
    if isinstance(value, str):
        return faces.readable(value)
    if isinstance(value, dict):
        return {name: _readable(held, faces) for name, held in value.items()}
    if isinstance(value, list):
        return [_readable(held, faces) for held in value]
    return value
