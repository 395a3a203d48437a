"""A Chinese text of hours cut into its words: days, spans, seasons, doors, notes, signs."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from data.hours.clock_words import match_all_day, match_closing_time, match_other_end, match_span
from data.hours.day_words import DayPhrase, match_days, names_weekdays
from data.hours.door_words import DoorKind, match_door, match_fill
from data.hours.note_words import Note, match_note
from data.hours.rules import DAY_MIN, UP_TO_MIDNIGHT
from data.hours.season_words import match_rest_of_year, match_seasons, season_label

if TYPE_CHECKING:
    from data.hours.rules import Season, Span

Sign = Literal["gap", "comma", "hard", "(", ")"]

_HYPHENS: Final = re.compile(r"[‐-―−─━~〜～﹣－﹏]+|-{2,}|——+")
_COLONS: Final = str.maketrans({"︰": ":", "∶": ":", "：": ":", "﹕": ":", "ː": ":"})
#: Traditional signs of the words that are read, as maps of Hong Kong and Taiwan have them.
_SIMPLE: Final = str.maketrans(
    "週國閉館開營業時間點節門關後禮與暫務員網預約夾個勞動壹連無費對這寫慶除療門號從為當",
    "周国闭馆开营业时间点节门关后礼与暂务员网预约夹个劳动一连无费对这写庆除疗门号从为当",
)
_DASH_ONE: Final = re.compile(
    r"(?<=[\d点时分])\s*一\s*(?=(?:次日|上午|下午|晚)?\s*\d{1,2}\s*[:点时.])"
    r"|(?<=[周期拜][一二三四五六日天])\s*一\s*(?=周|星期|礼拜)"
)
_TWO_COLONS: Final = re.compile(r"(?<=\d)::(?=\d)")  # 9::00
_BULLET: Final = re.compile(r"\n\s*[-*•·]\s+(?=\D)")
_ONE_DASH: Final = re.compile(r"(?<=[周期拜])-(?=[闭休至到不关]|馆休)")
_NUMERAL: Final = re.compile(
    r"(?<![周期拜])(二?十[一二三四五六七八九]?|[一二两三四五六七八九])(?=[点月日号]|时(?!间)|小时|个小时)"
)
_DIGITS: Final = {sign: number for number, sign in enumerate("零一二三四五六七八九")} | {"两": 2}
_SIGNS: Final[tuple[tuple[Sign, re.Pattern[str]], ...]] = (
    ("hard", re.compile(r"\s*[;。\n\r|!][\s;。|!]*")),
    ("comma", re.compile(r"[ \t]*(?:[,、]|和|以及|及|并|且)[ \t]*")),
    ("(", re.compile(r"[ \t]*[(\[【][ \t]*")),
    (")", re.compile(r"[ \t]*[)\]】][ \t]*")),
    ("gap", re.compile(r"[ \t]+-[ \t]+|[ \t:/·•]+")),
)


@dataclass(frozen=True)
class DayWords:
    """Days, as `DayPhrase` has them."""

    phrase: DayPhrase


@dataclass(frozen=True)
class SpanWords:
    """A span of a day, or round the clock."""

    span: Span


@dataclass(frozen=True)
class SeasonWords:
    """Times of the year; none: all the year. ``rest``: 其他月份, or 淡季 and the like by itself."""

    seasons: tuple[Season, ...]
    label: str = ""
    rest: bool = False


@dataclass(frozen=True)
class ClosingTime:
    """A minute of the day at which the place is said to shut (17:00闭馆)."""

    minute: int


@dataclass(frozen=True)
class Mark:
    """A sign between words, or a word for what a door does."""

    kind: DoorKind | Sign


@dataclass(frozen=True)
class OtherEnd:
    """The minute at which the hours of some days end instead (周五至20:00)."""

    minute: int


Word = DayWords | SpanWords | SeasonWords | ClosingTime | OtherEnd | Mark | Note


def tidy(text: str) -> str:
    """Fold full width to half, dashes to one, Chinese numerals of hours and months to digits."""
    plain = unicodedata.normalize("NFKC", text.translate(_COLONS)).casefold()
    plain = _TWO_COLONS.sub(":", _BULLET.sub("\n", plain))
    plain = _HYPHENS.sub("-", plain.translate(_COLONS).translate(_SIMPLE))
    plain = _ONE_DASH.sub("一", _DASH_ONE.sub("-", plain))
    return _NUMERAL.sub(lambda found: str(_number(found[1])), plain).strip(" \t,;。、\n\r")


def _number(numeral: str) -> int:
    """Read 八, 十, 十二 or 二十二."""
    if "十" not in numeral:
        return _DIGITS[numeral]
    tens, _, ones = numeral.partition("十")
    return 10 * (_DIGITS[tens] if tens else 1) + (_DIGITS[ones] if ones else 0)


def words_of(plain: str) -> list[Word] | None:
    """Cut a tidy text into words; None when any of it is no word that is known."""
    literal = names_weekdays(plain)
    words: list[Word] = []
    at = 0
    while at < len(plain):
        found = _word(plain, at, literal=literal)
        if found is None:
            return None
        word, at = found
        if word is not None:
            words.append(word)
    return words


def _word(  # noqa: C901, PLR0911 - one line for each kind of word
    text: str, at: int, *, literal: bool
) -> tuple[Word | None, int] | None:
    """Read the next word and where it ends; the word is None where it says nothing."""
    for sign, pattern in _SIGNS:
        if (found := pattern.match(text, at)) is not None:
            return Mark(sign), found.end()
    if (note := match_note(text, at)) is not None:
        return note
    if (season := match_seasons(text, at)) is not None:
        return SeasonWords(season[0], season_label(text[at : season[1]])), season[1]
    if (rest := match_rest_of_year(text, at)) is not None:
        return SeasonWords((), season_label(text[at:rest]), rest=True), rest
    if (filled := match_fill(text, at)) is not None:
        return None, filled
    door = match_door(text, at)
    if door is not None and door[0] in {"off_head", "pause", "pause_end", "off"}:
        return Mark(door[0]), door[1]
    if (span := match_span(text, at)) is not None:
        whole = (0, DAY_MIN) if span[0] == UP_TO_MIDNIGHT else span[0]
        return SpanWords(whole), span[1]
    if (after := match_all_day(text, at)) is not None:
        return SpanWords((0, DAY_MIN)), after
    if (other := match_other_end(text, at)) is not None:
        return OtherEnd(other[0]), other[1]
    if (closing := match_closing_time(text, at)) is not None:
        return ClosingTime(closing[0]), closing[1]
    if (days := match_days(text, at, literal=literal)) is not None:
        return DayWords(days[0]), days[1]
    return None if door is None else (Mark(door[0]), door[1])
