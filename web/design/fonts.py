"""A typeface with Chinese letters for pictures; matplotlib draws empty boxes without a word."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from matplotlib import font_manager
from matplotlib.ft2font import FT2Font

from geo.errors import InputError
from geo.messages import say

if TYPE_CHECKING:
    from collections.abc import Iterable

    from matplotlib.text import Text

_NAMES: Final = (
    "PingFang SC",
    "HarmonyOS Sans SC",
    "Microsoft YaHei",
    "Noto Sans CJK SC",
    "Noto Sans CJK JP",
    "Noto Sans SC",
    "Source Han Sans SC",
    "WenQuanYi Zen Hei",
    "WenQuanYi Micro Hei",
    "SimHei",
    "Noto Serif CJK SC",
    "Noto Serif CJK JP",
)
_ASKED: Final = "驿站密度外卖骑手"


def typeface(text: str) -> str:
    """Return the name of an installed typeface that has the letters of ``text``.

    Raises
    ------
    InputError
        when there are Chinese letters in it and no typeface has them.
    """
    if text.isascii():
        return "DejaVu Sans"
    found = _chinese()
    if found is None:
        raise InputError(
            say(
                "no typeface on this computer has Chinese letters: install fonts-noto-cjk (or any "
                "of {names}), or write an .html map",
                names=", ".join(_NAMES[:4]),
            )
        )
    return found


def fit(texts: Iterable[Text], *, wide_in: float) -> None:
    """Make the letters of each text that is wider than ``wide_in`` inches so small that it fits."""
    for text in texts:
        figure = text.get_figure(root=True)
        most = wide_in * (72.0 if figure is None else figure.dpi)
        # Letters are drawn at whole pixels: a line shrinks a little less than its letters.
        while (wide := text.get_window_extent().width) > most:
            text.set_fontsize(0.995 * float(text.get_fontsize()) * most / wide)


@lru_cache(maxsize=1)
def _chinese() -> str | None:
    """Look for a typeface in the list that matplotlib keeps, then in the folders themselves."""
    name = _listed()
    if name is None:
        # The kept list may be older than the typefaces.
        for path in font_manager.findSystemFonts():
            if any(word in path.lower() for word in ("cjk", "wqy", "han", "yahei", "pingfang")):
                font_manager.fontManager.addfont(path)
        name = _listed()
    return name


def _listed() -> str | None:
    by_name = {entry.name: entry.fname for entry in font_manager.fontManager.ttflist}
    for name in _NAMES:
        if name in by_name:
            letters = FT2Font(by_name[name]).get_charmap()
            if all(ord(letter) in letters for letter in _ASKED):
                return name
    return None
