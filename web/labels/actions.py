"""What a plan does, in a word."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from web.languages import message

if TYPE_CHECKING:
    from web.languages import Language

_WORDS: Final = {
    "build": message("新建", context="an action"),
    "upgrade": message("升级", context="an action"),
    "extend": message("延长开放", context="an action"),
    "close": message("关闭", context="an action"),
    "relocate": message("迁址", context="an action"),
    "keep": message("保留", context="an action"),
}


def action_words(what: str, t: Language) -> str:
    """Name an action such as "build"."""
    return t(_WORDS[what], context="an action")
