"""The language in which the command line speaks.

``--lang`` decides, before or behind the command; else ``YIZHAN_LANG``; else what the system says:
the first of ``LC_ALL``, ``LC_MESSAGES`` and ``LANG`` that is set. A word that begins with zh is
Chinese, every other one English.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from web.languages import Language

LANGUAGES: Final = ("zh", "en")
OPTION: Final = "--lang"
_OWN: Final = "YIZHAN_LANG"
_OF_THE_SYSTEM: Final = ("LC_ALL", "LC_MESSAGES", "LANG")
_SPOKEN: ContextVar[str] = ContextVar("spoken", default="en")
_ASKED: ContextVar[str | None] = ContextVar("asked", default=None)


def asked_code(words: Sequence[str]) -> str | None:
    """Return the language that the words of a command line ask for, the last where there are more.

    It is read before the command line is: what is refused while that is read is told in it too.
    """
    asked = None
    for at, word in enumerate(words):
        name, sign, value = word.partition("=")
        if name == OPTION:
            said = value if sign else "".join(words[at + 1 : at + 2])
            asked = said if said in LANGUAGES else asked
    return asked


def code_of(environ: Mapping[str, str]) -> str:
    """Return the language that the environment names, English where it names none."""
    said = next((environ[name] for name in (_OWN, *_OF_THE_SYSTEM) if environ.get(name)), "")
    return "zh" if said.casefold().startswith("zh") else "en"


@contextmanager
def speaking(words: Sequence[str], environ: Mapping[str, str]) -> Iterator[None]:
    """Speak the language of a command line and its environment while the block runs."""
    asked = asked_code(words)
    kept = _ASKED.set(asked), _SPOKEN.set(asked or code_of(environ))
    try:
        yield
    finally:
        _ASKED.reset(kept[0])
        _SPOKEN.reset(kept[1])


def is_english() -> bool:
    """Whether English is spoken, which needs no catalogue."""
    return _SPOKEN.get() == "en"


def spoken() -> Language:
    """Return the language that is spoken."""
    # The languages know the field's terms, which the help in English does without.
    from web.languages import language_of

    return language_of(_SPOKEN.get())


def asked(*, otherwise: Language) -> Language:
    """Return the language that ``--lang`` asks for, of what is written and not of what is said."""
    return otherwise if _ASKED.get() is None else spoken()


def shown(word: str, name: Callable[[str], str]) -> str:
    """Return a word of the vocabulary for a table: as one types it in English, else by its name."""
    return word if is_english() else name(word)


def reader() -> Literal["zh", "en"]:
    """Return in whose words workbooks are written: in Chinese, or else in English."""
    return "zh" if spoken().is_chinese else "en"


def told(words: str) -> str:
    """Put a message of the lower rooms into the language that is spoken; other text stays."""
    return words if is_english() else spoken().told(words)
