"""A language: how a message, a number of things and the field's terms are said in it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING, Final

from markupsafe import escape

from data.vocabulary import (
    ACCESS_MODES_BY_ID,
    ACTIONS_BY_ID,
    FACILITIES_BY_ID,
    GROUPS_BY_ID,
    KINDS_BY_ID,
    ORGANISATION_KINDS_BY_ID,
    STATUSES_BY_ID,
)
from geo.messages import Message
from web.languages.catalogues import catalogue, codes
from web.languages.messages import Marked, message
from web.languages.terms import SHORT_KINDS, counted_kind, month_of, people_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from data.vocabulary import Term

_ALL: Final = "all"
_EVERYBODY: Final = message("全部户外劳动者", context="a group")
_PEOPLE: Final = message("工友", context="those of all groups")
_DISTRICTS: Final = {_ALL: message("全市"), "outside": message("区县之外")}
_TAGS: Final = {"zh": "zh-CN"}
# A number of each category of CLDR's plural rules, in any language that has the category.
_OF_CATEGORY: Final = {"zero": 0, "one": 1, "two": 2, "few": 3, "many": 11, "other": 100}


@dataclass(frozen=True)
class Language:
    """One of the languages; ``code`` names its catalogue, such as "zh", "en" or "vi"."""

    code: str

    @property
    def tag(self) -> str:
        """The language as HTML writes it."""
        return _TAGS.get(self.code, self.code)

    @property
    def is_chinese(self) -> bool:
        """Whether it is the language of the pages' sources, of names and of what registers say."""
        return self.code == "zh"

    @property
    def own_name(self) -> str:
        """The name that the language gives itself, such as "English"."""
        return self("中文", context="the name of this language in itself")

    def __call__(self, message: str, /, *, context: str = "", **values: object) -> str:
        """Return a message in this language, with values in the places that it names.

        ``t("{n} 个站点", n=3)``. Without values it is not formatted: its places stay for a script
        to fill. Where one word of the source needs two of another language, ``context`` tells them
        apart. A value that is HTML (``Markup``) stays so and everything else is escaped; without
        such a value the answer is plain text, which templates escape.
        """
        if not message:
            return ""
        words, context = catalogue(self.code), context or _context(message)
        said = words.pgettext(context, message) if context else words.gettext(message)
        return _filled(said, values)

    def told(self, words: str) -> str:
        """Return what the lower rooms say (`geo.messages`) in this language; other text stays."""
        return words.put(self) if isinstance(words, Message) else words

    def plural(
        self, one: str, more: str = "", /, *, n: int, context: str = "", **values: object
    ) -> str:
        """Return a message in the form that so many things ask for; ``n`` is one of its values.

        ``t.plural("{n} 个站点", n=3)``; a source with forms of its own gives both:
        ``t.plural("{n} worker", "{n} workers", n=3)``. To show the number in another way, name a
        further value: ``t.plural("{workers} 人", n=1204, workers="1,204")``.
        """
        words, more, context = catalogue(self.code), more or one, context or _context(one)
        said = words.npgettext(context, one, more, n) if context else words.ngettext(one, more, n)
        return _filled(said, {"n": n, **values})

    def forms(self, text: str, /, *, context: str = "") -> str | dict[str, str]:
        """Return the forms of a message with ``{n}``, its places kept for a script to fill.

        They stand under the names by which ``Intl.PluralRules`` tells numbers apart ("one",
        "other"); a form that is the same as "other" is left out, and where all are, the message
        itself is returned.
        """
        words, context = catalogue(self.code), context or _context(text)
        said = {
            category: words.npgettext(context, text, text, n)
            if context
            else words.ngettext(text, text, n)
            for category, n in _OF_CATEGORY.items()
        }
        other = said["other"]
        own = {category: form for category, form in said.items() if form != other}
        return {**own, "other": other} if own else other

    def term(self, term: Term) -> str:
        """Name a term of the field, as it stands within a sentence."""
        return self.either(term.zh, term.en, context=term.id)

    def either(self, zh: str, en: str, *, context: str) -> str:
        """Say what a lower room names in Chinese and English; `terms` lists such messages."""
        return {"zh": zh, "en": en}.get(self.code) or self(zh, context=context)

    def listed(self, parts: Iterable[str]) -> str:
        """Write parts as a list: 甲、乙."""
        return self("、").join(parts)

    def all_of(self, parts: Sequence[str]) -> str:
        """Write parts as a list that a sentence goes on from: "a, b and c"."""
        if len(parts) < 2:  # noqa: PLR2004 - one part is no list
            return self.listed(parts)
        return self("{parts}、{last}", parts=self.listed(parts[:-1]), last=parts[-1])

    def any_of(self, parts: Sequence[str]) -> str:
        """Write parts as a list of which one will do: "a, b or c"."""
        if len(parts) < 2:  # noqa: PLR2004 - one part is no list
            return self.listed(parts)
        return self("{parts}或{last}", parts=self.listed(parts[:-1]), last=parts[-1])

    def sentences(self, parts: Iterable[str]) -> str:
        """Write sentences one after the other."""
        said = [part for part in parts if part]
        return (
            reduce(lambda one, next_: self("{one}{next}", one=one, next=next_), said)
            if said
            else ""
        )

    def kind(self, kind: str) -> str:
        """Name a kind of station, shortly."""
        return capital(self.kind_within(kind))

    def kind_within(self, kind: str) -> str:
        """Name a kind of station, shortly, as it stands within a sentence."""
        short = SHORT_KINDS.get(kind)
        return self(short) if short is not None else self._term(KINDS_BY_ID, kind)

    def kinds(self, kind: str, n: int) -> str:
        """Name so many stations of a kind in a sentence, such as "1 个驿站" or "4 driver homes"."""
        return self.plural(counted_kind(KINDS_BY_ID[kind]), n=n)

    def people(self, group: str) -> str:
        """Name those of a group in a sentence, such as "工友" (of all groups) or "couriers"."""
        if group == _ALL:
            return self(_PEOPLE)
        return self(people_of(GROUPS_BY_ID[group])) if group in GROUPS_BY_ID else group

    def group(self, group: str) -> str:
        """Name a group of workers; "all" is everybody."""
        return capital(self.group_within(group))

    def group_within(self, group: str) -> str:
        """Name a group of workers as it stands within a sentence."""
        return self(_EVERYBODY) if group == _ALL else self._term(GROUPS_BY_ID, group)

    def district(self, district: str) -> str:
        """Name a district; "all" is the whole city, "outside" what lies in none."""
        return self(_DISTRICTS[district]) if district in _DISTRICTS else district

    def organisation_kind(self, kind: str) -> str:
        """Name a kind of organisation: union, federation or firm."""
        return capital(self._term(ORGANISATION_KINDS_BY_ID, kind))

    def facility(self, facility: str) -> str:
        """Name what a station offers."""
        return capital(self._term(FACILITIES_BY_ID, facility))

    def access(self, way: str) -> str:
        """Name a way in."""
        return capital(self._term(ACCESS_MODES_BY_ID, way))

    def action(self, what: str) -> str:
        """Name what a plan does at a place, as it stands within a sentence."""
        return self._term(ACTIONS_BY_ID, what)

    def status(self, status: str) -> str:
        """Name the status of a station."""
        return capital(self._term(STATUSES_BY_ID, status))

    def month(self, number: int, *, short: bool = False) -> str:
        """Name a month beside a day: 3, "March" or "Mar"."""
        return self(month_of(number, short=short))

    def day(self, day: date) -> str:
        """Write a date."""
        return self(
            "{year}年{month}月{day}日", year=day.year, month=self.month(day.month), day=day.day
        )

    def _term(self, terms: Mapping[str, Term], word: str) -> str:
        term = terms.get(word)
        return word if term is None else self.term(term)


CHINESE: Final = Language("zh")
ENGLISH: Final = Language("en")


def language_of(word: str | None) -> Language:
    """Return the language that is asked for by its code, Chinese where there is none such."""
    return Language(word) if word in codes() else CHINESE


def capital(text: str) -> str:
    """Begin a text with a capital letter, where its script has them."""
    return text[:1].upper() + text[1:]


def _context(text: str) -> str:
    return text.context if isinstance(text, Marked) else ""


def _filled(text: str, values: Mapping[str, object]) -> str:
    if not values:
        return text
    if any(hasattr(value, "__html__") for value in values.values()):
        return escape(text).format(**values)
    return text.format(**values)
