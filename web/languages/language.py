"""A language: how a message, a number of things and the field's terms are said in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from markupsafe import escape

from data.vocabulary import (
    ACCESS_MODES_BY_ID,
    FACILITIES_BY_ID,
    GROUPS_BY_ID,
    KINDS_BY_ID,
    STATUSES_BY_ID,
)
from web.languages.catalogues import catalogue, codes

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from data.vocabulary import Term

# On a page of stations the nine signs of 户外劳动者服务驿站 say no more than 驿站 does.
_SHORT_KINDS: Final = {
    "service_centre": ("服务中心", "Service centre"),
    "base": ("服务基地", "Service base"),
    "station": ("驿站", "Station"),
}
_EVERYBODY: Final = ("全部工友", "All workers")
_PEOPLE: Final = ("工友", "workers")
_WHOLE_CITY: Final = ("全市", "Whole city")
_OUTSIDE: Final = ("区县之外", "Outside the districts")
_ALL: Final = "all"


@dataclass(frozen=True)
class Language:
    """One of the languages; ``code`` names its catalogue, such as "zh", "en" or "vi"."""

    code: str

    @property
    def tag(self) -> str:
        """The language as HTML writes it."""
        return "zh-CN" if self.code == "zh" else self.code

    def __call__(
        self, message: str, en: str | None = None, /, *, context: str = "", **values: object
    ) -> str:
        """Return a message in this language, with values in the places that it names.

        ``t("{n} 个站点", n=3)``. Without values it is not formatted: its places stay for a script
        to fill. Where one word of the source needs two of another language, ``context`` tells them
        apart. A value that is HTML (``Markup``) stays so and everything else is escaped; without
        such a value the answer is plain text, which templates escape.
        """
        if en is not None:  # a pair, as long as there are some
            return message if self.code == "zh" else en
        words = catalogue(self.code)
        return _filled(
            words.pgettext(context, message) if context else words.gettext(message), values
        )

    def plural(
        self, one: str, more: str = "", /, *, n: int, context: str = "", **values: object
    ) -> str:
        """Return a message in the form that so many things ask for; ``n`` is one of its values.

        ``t.plural("{n} 个站点", n=3)``; a source with forms of its own gives both:
        ``t.plural("{n} worker", "{n} workers", n=3)``. To show the number in another way, name a
        further value: ``t.plural("{workers} 人", n=1204, workers="1,204")``.
        """
        words, more = catalogue(self.code), more or one
        said = words.npgettext(context, one, more, n) if context else words.ngettext(one, more, n)
        return _filled(said, {"n": n, **values})

    def kind(self, kind: str) -> str:
        """Name a kind of station, shortly."""
        return self(*_SHORT_KINDS[kind]) if kind in _SHORT_KINDS else self._term(KINDS_BY_ID, kind)

    def kinds(self, kind: str, n: int) -> str:
        """Name so many stations of a kind in a sentence, such as "1 个驿站" or "4 driver homes"."""
        name = self.kind(kind)
        return self(f"{n} 个{name}", f"{n} {name.lower()}{'' if n == 1 else 's'}")

    def people(self, group: str) -> str:
        """Name those of a group in a sentence, such as "工友" (of all groups) or "couriers"."""
        if group == _ALL:
            return self(*_PEOPLE)
        name = self.group(group)
        return self(name, f"{name.lower()}s")

    def group(self, group: str) -> str:
        """Name a group of workers; "all" is everybody."""
        return self(*_EVERYBODY) if group == _ALL else self._term(GROUPS_BY_ID, group)

    def district(self, district: str) -> str:
        """Name a district; "all" is the whole city, "outside" what lies in none."""
        special = {_ALL: _WHOLE_CITY, "outside": _OUTSIDE}
        return self(*special[district]) if district in special else district

    def facility(self, facility: str) -> str:
        """Name what a station offers."""
        return self._term(FACILITIES_BY_ID, facility)

    def access(self, way: str) -> str:
        """Name a way in."""
        return self._term(ACCESS_MODES_BY_ID, way)

    def status(self, status: str) -> str:
        """Name the status of a station."""
        return self._term(STATUSES_BY_ID, status)

    def day(self, day: date) -> str:
        """Write a date."""
        return self(f"{day.year}年{day.month}月{day.day}日", f"{day.day} {day:%B %Y}")

    def term(self, term: Term) -> str:
        """Name a term of the field, as it stands within a sentence."""
        if self.code in {"zh", "en"}:
            return term.zh if self.code == "zh" else term.en
        return self(term.zh, context=term.id)

    def _term(self, terms: Mapping[str, Term], word: str) -> str:
        term = terms.get(word)
        if term is None:
            return word
        name = self.term(term)
        return name[:1].upper() + name[1:]


CHINESE: Final = Language("zh")
ENGLISH: Final = Language("en")


def language_of(word: str | None) -> Language:
    """Return the language that is asked for by its code, Chinese where there is none such."""
    return Language(word) if word in codes() else CHINESE


def message(text: str, *, context: str = "") -> str:  # noqa: ARG001 - for what gathers messages
    """Mark a message that is said elsewhere, such as a value of a table: ``t(TABLE[word])``."""
    return text


def _filled(text: str, values: Mapping[str, object]) -> str:
    if not values:
        return text
    if any(hasattr(value, "__html__") for value in values.values()):
        return escape(text).format(**values)
    return text.format(**values)
