"""The typefaces of a printed report: those of the standard, what stands in for them, what lacks.

Typst draws a letter that no typeface has as an empty box without a word, so the letters of a text
are looked up first: one that no typeface of this computer has becomes 〓, the printer's sign for a
missing letter, and is named.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import typst
from fontTools.ttLib import TTCollection, TTFont

from geo.errors import InputError
from geo.messages import say

if TYPE_CHECKING:
    from collections.abc import Iterable

TITLE: Final = "方正小标宋简体"
BODY: Final = "仿宋_GB2312"
HEADING: Final = "黑体"
SECOND: Final = "楷体_GB2312"
SONG: Final = "宋体"
FALLBACKS: Final = {
    TITLE: ("FZXiaoBiaoSong-B05S", "华文中宋", "STZhongsong", "Noto Serif CJK SC"),
    BODY: ("仿宋", "FangSong", "华文仿宋", "STFangsong", "Noto Serif CJK SC"),
    HEADING: ("SimHei", "华文黑体", "STHeiti", "Noto Sans CJK SC"),
    SECOND: ("楷体", "KaiTi", "华文楷体", "STKaiti", "Noto Serif CJK SC"),
    SONG: ("SimSun", "华文宋体", "STSong", "Noto Serif CJK SC"),
}
"""The standard's typefaces, each with others that may stand in for it, the nearest first."""

_OTHERS: Final = (
    "Source Han Serif SC",
    "Noto Serif CJK JP",
    "Source Han Sans SC",
    "Noto Sans SC",
    "Noto Sans CJK JP",
    "Microsoft YaHei",
    "WenQuanYi Zen Hei",
    "WenQuanYi Micro Hei",
    "PingFang SC",
)
_GETA: Final = "〓"
_SPACE: Final = frozenset("\t\n\r \u3000\u00a0")


@dataclass(frozen=True)
class Faces:
    """The typefaces that are taken for title, text and headings; what stands in for what.

    ``stand_ins`` are pairs of a typeface that is not installed and the one taken for it;
    ``unknown`` the letters that no typeface has.
    """

    title: str
    body: str
    heading: str
    stand_ins: tuple[tuple[str, str], ...] = ()
    unknown: frozenset[str] = frozenset()

    def readable(self, text: str) -> str:
        """Return a text with 〓 for each letter that no typeface has."""
        if not self.unknown.intersection(text):
            return text
        return "".join(_GETA if letter in self.unknown else letter for letter in text)


def faces_for(text: str) -> Faces:
    """Choose among the typefaces of this computer for a text.

    Raises
    ------
    InputError
        when there are Chinese letters in it and no known typeface that has them.
    """
    installed = _installed()
    taken, stand_ins = {}, []
    for wanted in (TITLE, BODY, HEADING):
        names = (
            wanted,
            *FALLBACKS[wanted],
            *_OTHERS,
            *(x for of in FALLBACKS.values() for x in of),
        )
        found = next((name for name in names if name in installed), None)
        if found is None:
            if not text.isascii():
                raise InputError(
                    say(
                        "no typeface on this computer has Chinese letters: install fonts-noto-cjk "
                        "(or any of {names}), or choose another form",
                        names=", ".join(FALLBACKS[BODY]),
                    )
                )
            found = "Libertinus Serif"  # comes with Typst
        taken[wanted] = found
        if found not in names[:3]:  # the standard's own, by its Chinese and its Latin name
            stand_ins.append((wanted, found))
    letters = frozenset(text) - _SPACE
    return Faces(
        title=taken[TITLE],
        body=taken[BODY],
        heading=taken[HEADING],
        stand_ins=tuple(stand_ins),
        unknown=_unknown(letters, (taken[BODY], taken[HEADING], taken[TITLE])),
    )


@lru_cache(maxsize=1)
def _installed() -> dict[str, tuple[tuple[str, int], ...]]:
    """Return the files of each family that Typst finds."""
    found: dict[str, list[tuple[str, int]]] = {}
    for font in typst.Fonts().fonts():
        found.setdefault(font.family, []).append((font.path or "", font.index))
    return {family: tuple(files) for family, files in found.items()}


def _unknown(letters: frozenset[str], first: Iterable[str]) -> frozenset[str]:
    """Return the letters that no typeface has, those of ``first`` looked up before all others."""
    left = letters
    for family in dict.fromkeys((*first, *_installed())):
        if not left:
            break
        files = _installed().get(family, ())
        left = left.difference(*(_letters(path, index) for path, index in files[:1] if path))
    return left


@lru_cache(maxsize=64)
def _letters(path: str, index: int) -> frozenset[str]:
    """Return the letters that a file of a typeface has; none where it cannot be read."""
    try:
        if path.casefold().endswith((".ttc", ".otc")):
            with TTCollection(path, lazy=True) as collection:
                return frozenset(map(chr, collection.fonts[index].getBestCmap() or ()))
        with TTFont(path, lazy=True) as font:
            return frozenset(map(chr, font.getBestCmap() or ()))
    except OSError:
        return frozenset()
