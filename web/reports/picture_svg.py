"""A picture of a page made to stand alone: marks put in place, the stylesheet's colours inside.

Pages colour their pictures by a stylesheet with variables and draw marks by reference. DOCX and PDF
know neither, so the rules that a picture needs are taken from the same stylesheet with the light
values of the palette, which are those of print.
"""

from __future__ import annotations

import re
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Final

from web.design.markers import kind_class, sprite
from web.design.palette import KIND_COLOURS, tone

if TYPE_CHECKING:
    from collections.abc import Sequence

PICTURE_FONTS: Final = "Noto Sans CJK SC, Source Han Sans SC, Microsoft YaHei, SimHei, sans-serif"
_RULE: Final = re.compile(
    r"^\s*((?:svg)?\.(?:report-map|week|ramp-\d)[^{@]*)\{([^}]*)\}", re.MULTILINE
)
_SECOND_RULE: Final = re.compile(r"(\.ramp-\d+) \{ (fill: var\(--ramp-\d\);) \}")
_VARIABLE: Final = re.compile(r"var\(--([a-z0-9-]+)\)")
_USE: Final = re.compile(r'<use href="#([a-z-]+)"[^>]*/>')
_SYMBOL: Final = re.compile(r'<symbol id="([a-z-]+)"[^>]*>(.*?)</symbol>', re.DOTALL)
_KEY_COLUMNS, _KEY_GAP, _KEY_LINE = 4, 12.0, 28.0
_NO_PLACE: Final = ("display", "width", "height", "margin", "max-", "grid", "background", "border")


def standing_alone(svg: str) -> str:
    """Return an SVG picture of a page as a file of its own."""
    symbols = _symbols()
    drawn = _USE.sub(lambda use: f"<g>{symbols.get(use[1], '')}</g>", svg)
    return re.sub(
        r"<svg([^>]*)>",
        lambda tag: f'<svg xmlns="http://www.w3.org/2000/svg"{tag[1]}><style>{_style()}</style>',
        drawn,
        count=1,
    )


def with_key(svg: str, key: Sequence[tuple[str, str]]) -> str:
    """Return a picture with a key below it: marks as SVG of 24 by 24, each with its words."""
    size = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg)
    if size is None or not key:
        return svg
    wide, high = float(size[1]), float(size[2])
    column = wide / _KEY_COLUMNS
    parts = []
    for number, (mark, words) in enumerate(key):
        x = number % _KEY_COLUMNS * column
        y = high + _KEY_GAP + number // _KEY_COLUMNS * _KEY_LINE
        drawn = mark.replace("<svg ", f'<svg x="{x:g}" y="{y:g}" width="20" height="20" ', 1)
        place = f'x="{x + 26:g}" y="{y + 15:g}"'
        parts.append(f'{drawn}<text class="key" {place}>{escape(words)}</text>')
    lines = -(-len(key) // _KEY_COLUMNS)
    whole = high + _KEY_GAP + lines * _KEY_LINE
    frame = f'viewBox="0 0 {wide:g} {whole:g}"'
    return svg.replace(size[0], frame, 1).removesuffix("</svg>") + "".join(parts) + "</svg>"


@lru_cache(maxsize=1)
def _symbols() -> dict[str, str]:
    return {found[1]: found[2] for found in _SYMBOL.finditer(str(sprite()))}


@lru_cache(maxsize=1)
def _style() -> str:
    """Return the rules of pictures, each variable replaced by its light value."""
    sheet = (Path(__file__).parents[1] / "static" / "pages.css").read_text(encoding="utf-8")
    rules = [(found[1].strip(), found[2]) for found in _RULE.finditer(sheet)]
    rules += [(found[1], found[2]) for found in _SECOND_RULE.finditer(sheet)]
    plain = [f"{selector}{{{_plain(body)}}}" for selector, body in rules if _plain(body)]
    return "".join([f"text{{font-family:{PICTURE_FONTS}}}", *plain, *_mark_rules()])


def _plain(body: str) -> str:
    """Keep what a drawing knows: no boxes of a page, no variables, no short form of fonts."""
    kept = []
    for one in body.split(";"):
        name, _, value = (part.strip() for part in one.partition(":"))
        if not value or name.startswith(_NO_PLACE):
            continue
        short = re.fullmatch(r"(\d+ )?([\d.]+px)/1 var\(--font\)", value)
        if short is not None:
            kept.append(f"font-size:{short[2]}")
            if short[1]:
                kept.append(f"font-weight:{short[1].strip()}")
            continue
        kept.append(f"{name}:{_VARIABLE.sub(lambda found: tone(found[1]).light, value)}")
    return ";".join(kept)


def _mark_rules() -> list[str]:
    """Return how marks look: what the stylesheet says of them by variables of variables."""
    ink, paper, hollow = tone("mark-line").light, tone("mark-halo").light, tone("mark-hollow").light
    hollow_states = ", ".join(
        f".state-{state} .mark-shape" for state in ("closed", "suspended", "planned", "unknown")
    )
    kinds = [
        f".{kind_class(kind)} .mark-shape{{fill:{colour}}}" for kind, colour in KIND_COLOURS.items()
    ]
    middle = "text-anchor:middle;dominant-baseline:central"
    round_ = "stroke-linejoin:round;fill-rule:evenodd"
    proposed, words = tone("mark-proposed").light, tone("mark-text").light
    return [
        f".key{{font-size:14px;fill:{tone('ink').light}}}",
        f".mark-halo{{fill:{paper};stroke:{paper};stroke-width:4.5;{round_}}}",
        f".mark-shape{{stroke:{ink};stroke-width:1.5;{round_}}}",
        f".mark-bar{{stroke:{ink};stroke-width:2.5;fill:none}}",
        *kinds,
        f"{hollow_states}{{fill:{hollow};stroke:{tone('mark-hollow-line').light};stroke-width:2}}",
        ".state-unknown .mark-shape{stroke-dasharray:3 2.2}",
        f".proposed .mark-shape{{fill:{proposed};stroke:{ink};stroke-width:3.4}}",
        f".mark-number{{font-size:10.5px;font-weight:700;fill:{words};{middle}}}",
        ".mark-number.two{font-size:8.5px}",
    ]
