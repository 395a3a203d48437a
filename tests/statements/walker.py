"""Claims on what is said, and the walker that holds every number of a text against one of them.

A claim is a pattern with named places, and a rule that says what must stand there, computed from
the data. ``{n}`` in a pattern is a number as it is printed, ``{n:z}`` one in words (三, three),
``{n:w}`` any words, ``{n:i}`` one word, ``{n:c}`` a clock. A printed number is right when it is the
true one rounded to the digits that it shows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from tests.statements.cities import City
    from tests.statements.fragments import Fragment
    from tests.statements.recount import Recount

_WORDS_ZH: Final = dict(zip("一二三四五六七八九十", range(1, 11), strict=True)) | {"两": 2, "七": 7}
_WORDS_EN: Final = {
    word: number
    for number, word in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
        ]
    )
}
_ORDINALS: Final = (
    "half third thirds quarter quarters fifth fifths sixth seventh eighth tenth tenths"
)
_NUMBER: Final = r"[+−-]?\d[\d,]*(?:\.\d+)?"
_NUMERAL: Final = (
    r"(?<![统])[一二两三四五六七八九十]+(?=[个处站种类名天周成项级步年月人]|分之)"
    r"|(?<=分之)[一二两三四五六七八九十]+|一半"
    rf"|(?i:\b(?:{'|'.join(list(_WORDS_EN)[2:])}|{'|'.join(_ORDINALS.split())})\b)"
)
#: What must be held by a claim: each digit, and each number in words.
_HELD: Final = re.compile(rf"\d|{_NUMERAL}")
_PLACE: Final = re.compile(r"\{([a-z]\w*)(?::(\w))?\}")
_EPSILON: Final = 1e-4  # of a digit: sums in another order


class Between(NamedTuple):
    """A value that the test knows only to lie between two others."""

    low: float
    high: float


class Within(NamedTuple):
    """A value that may be printed so much off its rounding (parts that add up to their whole)."""

    value: float
    slack: float


class OneOf(NamedTuple):
    """A value that rounding by largest remainder may print in one of a few ways."""

    values: tuple[float, ...]


class Holds(NamedTuple):
    """Whether words are true that are no number to be rounded, and what is so."""

    true: bool
    why: str


Truth = float | int | str | Between | Within | OneOf | Holds


class Seen(NamedTuple):
    """What a rule is told: the city, the piece of text, and what the pattern found."""

    city: City
    at: Fragment
    said: re.Match[str]

    @property
    def of(self) -> Recount:
        """What the text speaks of, counted anew."""
        return self.city.recount_of(self.at.face)


@dataclass(frozen=True)
class Claim:
    """A sort of statement: where it stands, how it reads in each language, what must be true.

    The rule gives the true value of every named place; None where the pattern means another thing.
    """

    where: str
    says: tuple[str, ...]
    rule: Callable[[Seen], Mapping[str, Truth] | None]
    allowed: bool = False  # words that hold no figure of a city

    @cached_property
    def place(self) -> re.Pattern[str]:
        return re.compile(self.where)

    @cached_property
    def patterns(self) -> tuple[re.Pattern[str], ...]:
        return tuple(re.compile(_PLACE.sub(_group, one)) for one in self.says)


def _group(found: re.Match[str]) -> str:
    name, kind = found.groups()
    body = {
        None: _NUMBER,
        "z": rf"(?:[一二两三四五六七八九十]+|(?i:{'|'.join(_WORDS_EN)}))",
        "w": ".+?",
        "i": r"[\w.-]+",
        "c": r"\d+:\d\d",
    }
    return rf"(?P<{name}>{body[kind]})"


class Fault(NamedTuple):
    """A statement that is not true, or that no claim holds."""

    where: str
    text: str
    why: str

    def __str__(self) -> str:
        return f"{self.where}\n    {self.text}\n    {self.why}"


def held_spans(text: str) -> list[tuple[int, int]]:
    """Return where the numbers of a text stand, digit by digit and word by word."""
    return [found.span() for found in _HELD.finditer(text)]


def faults(fragment: Fragment, city: City, claims: Sequence[Claim]) -> list[Fault]:
    """Return what is wrong with a piece of text: untrue, told by two claims, or by none."""
    spans = held_spans(fragment.text)
    if not spans:
        return []
    holders: dict[tuple[int, int], int] = dict.fromkeys(spans, 0)
    found: list[Fault] = []
    for claim, match in _matches(fragment, claims):
        truths = claim.rule(Seen(city, fragment, match))
        if truths is None:
            continue
        for span in spans:
            holders[span] += match.start() <= span[0] and span[1] <= match.end()
        wrong = [
            f"{name} is said to be {match[name]!r}, it is {truth!r}"
            for name, truth in truths.items()
            if match[name] is not None and not agrees(match[name], truth)
        ]
        untold = set(match.groupdict()) - set(truths)
        wrong += [f"the rule says nothing of {name}" for name in untold]
        found += [Fault(fragment.where, fragment.text, why) for why in wrong]
    for (low, high), times in holders.items():
        if times != 1:
            near = fragment.text[max(0, low - 12) : high + 12]
            why = f"{'no claim holds' if not times else f'{times} claims hold'} {near!r}"
            found.append(Fault(fragment.where, fragment.text, why))
    return list(dict.fromkeys(found))


def _matches(fragment: Fragment, claims: Iterable[Claim]) -> Iterator[tuple[Claim, re.Match[str]]]:
    for claim in claims:
        if claim.place.search(fragment.where):
            for pattern in claim.patterns:
                for match in pattern.finditer(fragment.text):
                    yield claim, match


def agrees(said: str, truth: Truth) -> bool:
    """Tell whether what is printed is the truth, rounded to the digits that are shown."""
    if isinstance(truth, Holds):
        return truth.true
    if isinstance(truth, str):
        return said == truth
    number = in_words(said)
    if isinstance(truth, Between):
        return truth.low <= number <= truth.high
    if isinstance(truth, OneOf):
        return any(agrees(said, value) for value in truth.values)
    value, slack = truth if isinstance(truth, Within) else (float(truth), 0.0)
    digits = said.replace(",", "").replace("−", "-").partition(".")[2]
    unit = float(Decimal(1).scaleb(-len(digits)))
    sign_kept = said[0] not in "+−-" or number == 0 or (said[0] == "+") == (value > 0)
    return sign_kept and abs(number - value) <= unit / 2 + slack + unit * _EPSILON


def in_words(said: str) -> float:
    """Read a number as it is printed, in digits or in words (up to nineteen)."""
    if said.casefold() in _WORDS_EN:
        return _WORDS_EN[said.casefold()]
    if said[-1] in _WORDS_ZH:
        ten = 10 if len(said) > 1 and said[0] == "十" else 0
        return ten + _WORDS_ZH[said[-1]]
    return float(said.replace(",", "").replace("−", "-"))
