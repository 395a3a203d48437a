"""What the claims of every face share: how words name groups, districts, parts and dates."""

from __future__ import annotations

import math
import re
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Final

import numpy as np

from data.vocabulary import GROUPS_BY_ID, KINDS_BY_ID
from tests.statements.walker import Claim, Holds, OneOf

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from data.settings import ServiceStandard
    from tests.statements.fragments import Fragment
    from tests.statements.recount import Recount, Row
    from tests.statements.walker import Seen, Truth

ALL: Final = "all"
NIGHT: Final = (22, 23, 0, 1, 2, 3, 4, 5)
DAY: Final = tuple(range(6, 22))
DAWN: Final = (4, 5)
_GROUPS: Final = {
    word.casefold(): term.id
    for term in GROUPS_BY_ID.values()
    for word in (term.id, term.zh, term.en, f"{term.en}s")
} | dict.fromkeys(
    (
        *("全部户外劳动者", "户外劳动者", "登记人数", "全部工友", "工友", "全部"),
        *("all workers", "all", "workers"),
    ),
    ALL,
)
_KINDS: Final = {
    word.casefold(): term.id
    for term in KINDS_BY_ID.values()
    for word in (term.id, term.zh, term.en, f"{term.en}s")
} | {
    "服务中心": "service_centre", "service centre": "service_centre", "服务基地": "base",
    "service base": "base", "驿站": "station", "station": "station", "stations": "station",
}  # fmt: skip
_DISTRICTS: Final = {
    "全市": ALL, "Whole city": ALL, "all": ALL, "区县之外": "outside",
    "Outside the districts": "outside",
}  # fmt: skip
_PARTS: Final = {
    "一半": 1 / 2, "half": 1 / 2, "a tenth": 1 / 10, "an eighth": 1 / 8, "a sixth": 1 / 6,
    "a fifth": 1 / 5, "a quarter": 1 / 4, "a third": 1 / 3, "two fifths": 2 / 5,
    "three fifths": 3 / 5, "two thirds": 2 / 3, "three quarters": 3 / 4, "four fifths": 4 / 5,
    "nine tenths": 9 / 10,
}  # fmt: skip
_DIGITS: Final = {word: number for number, word in enumerate("零一二三四五六七八九十")}
_CLOSE: Final = 0.0125
_FAR: Final = 0.06
CHINA: Final = timedelta(hours=8)


def group_of(words: str) -> str:
    """Read the name of a group in either language."""
    return _GROUPS[words.strip().casefold()]


def kind_of(words: str) -> str:
    """Read the name of a kind of station in either language."""
    return _KINDS[words.strip().casefold()]


def district_of(words: str) -> str:
    """Read the name of a district, of the whole city, or of what lies in none."""
    return _DISTRICTS.get(words, words)


def is_group(words: str) -> bool:
    return words.strip().casefold() in _GROUPS


def per_cent(part: float, whole: float) -> float:
    return 100 * part / whole if whole else 0.0


def two_digits(value: float) -> float:
    """Round to the two digits that count."""
    return float(f"{value:.1e}")


def wholes(value: float) -> tuple[int, ...]:
    """The whole numbers that a part of a whole may be rounded to."""
    low, high = math.floor(value + 1e-6), math.ceil(value - 1e-6)
    return tuple(dict.fromkeys((low, high)))


def whole(value: float) -> OneOf:
    """A count that is a part of a whole: rounded up or down, so that the parts add up."""
    return OneOf(tuple(map(float, wholes(value))))


def _pairs(part: float, of: float) -> list[tuple[int, int]]:
    return [(p, w) for p in wholes(part) for w in wholes(of) if w > 0]


def whole_share(part: float, of: float) -> OneOf:
    """A share in per cent of whole numbers, of which each was rounded up or down."""
    return OneOf(tuple(100 * p / w for p, w in _pairs(part, of)) or (0.0,))


def tenths(value: float) -> float:
    """Round half up to tenths, as a share is printed."""
    return math.floor(round(10 * value, 6) + 0.5) / 10


def points(before: float, after: float) -> float:
    """How far two shares in per cent lie apart as they are printed."""
    return round(tenths(after) - tenths(before), 1)


def points_lost(seen: Seen, group: str, district: str) -> dict[str, Truth]:
    """How far effect lies below paper at its two ends, as the shares are printed."""
    told = seen.city.told_hours(group, district)
    paper, most, least = (
        per_cent(told[name], told["present"]) for name in ("nominal", "effective", "possible")
    )
    small, large = points(paper, least), points(paper, most)
    one = seen.said["most"] is None
    alike = small == large or not one
    return {
        "least": small if alike else Holds(true=False, why=f"{small} to {large}"),
        "most": large,
    }


def part_of(words: str) -> float:
    """Read a part in words: 三分之二, two thirds."""
    found = re.fullmatch(r"(.)分之(.)", words)
    return _DIGITS[found[2]] / _DIGITS[found[1]] if found else _PARTS[words]


def ends_as(
    seen: Seen, of: Mapping[tuple[str, str], tuple[float, float]], *, digits: int = 1
) -> dict[str, Truth]:
    """Hold ranges: a single number stands where both ends are printed alike."""
    truths: dict[str, Truth] = {}
    for (first, last), (low, high) in of.items():
        if first not in seen.said.groupdict():
            continue
        alike = f"{low:.{digits}f}" == f"{high:.{digits}f}"
        one = seen.said.groupdict().get(last) is None
        truths[first] = low if alike or not one else Holds(true=False, why=f"{low} to {high}")
        if last in seen.said.groupdict():
            truths[last] = high
    return truths


def is_part(words: str, value: float, *, about: bool) -> Holds:
    """Tell whether a share may be called such a part; "about" is farther."""
    off = abs(part_of(words) - value)
    return Holds(off <= (_FAR if about else _CLOSE), f"{value:.3f}")


def today() -> date:
    """The day on China's clocks."""
    return (datetime.now(UTC) + CHINA).date()


def day_words(day: date, language: str) -> str:
    """Write a date as the pages do."""
    if language == "zh":
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} {day:%B} {day.year}"


MODE_ZH: Final = "(?P<mode>步行|电动车|驾车|货车)"
MODE_EN: Final = "(?P<mode>on foot|by e-bike|by car|by truck)"
_MODES: Final = {
    "步行": "foot", "电动车": "ebike", "驾车": "car", "货车": "truck", "on foot": "foot",
    "by e-bike": "ebike", "by car": "car", "by truck": "truck",
}  # fmt: skip


def is_standard(seen: Seen, standards: Iterable[ServiceStandard]) -> dict[str, Truth]:
    """Tell whether the mode, the minutes and the kilometres said are those of every standard."""
    held = set(standards)
    one = next(iter(held))
    return {
        "mode": Holds(len(held) == 1 and _MODES[seen.said["mode"]] == one.mode, str(held)),
        "min": one.cutoff_s / 60,
        "km": -1.0 if one.radius_m is None else one.radius_m / 1000,
    }


def standard_of_named(seen: Seen) -> dict[str, Truth]:
    """The standard of the groups that are named before it."""
    names = [name for name in re.split("[、,]", seen.said["who"]) if name.strip(" 。")]
    groups = [group_of(name) for name in names]
    held = is_standard(seen, [seen.of.of(group).standard for group in groups])
    return {"who": Holds(bool(groups), str(groups)), **held}


def words_of(seen: Seen) -> list[str]:
    """The words of the command that was asked."""
    return seen.at.face.split(" ")


def option(seen: Seen, name: str, default: str = "") -> str:
    """The value of an option of the command that was asked."""
    words = words_of(seen)
    return words[words.index(name) + 1] if name in words else default


def coverage_of(row: Row) -> dict[str, Truth]:
    """The figures of a row of coverage under the names that pages and commands give them."""
    shares = {
        name: whole_share(getattr(row, field), row.workers)
        for name, field in (("share", "one"), ("two", "two"), ("straight", "straight_one"))
    }
    return {"workers": whole(row.workers), "one": whole(row.one), **shares}


def adds_up(seen: Seen, to: float) -> bool:
    """Tell whether a column's parts add up to its total, with the number as it is said.

    The total is the row of that class in a page, the row "all" on the command line; a column
    without one adds up to ``to``, rounded.
    """
    at = seen.at

    def number(text: str) -> float:
        found = re.match(r"[\d,]+", text)
        return float(found[0].replace(",", "")) if found else 0.0

    def is_whole(piece: Fragment) -> bool:
        return "tr.total" in piece.place or piece.row == "all"

    def kind(piece: Fragment) -> str:
        return piece.place.replace(".total", "")

    column = [
        seen.at if (piece.number, piece.row) == (at.number, at.row) else piece
        for piece in seen.city.pieces(at.face)
        if (piece.table, piece.column, kind(piece)) == (at.table, at.column, kind(at))
        and re.match(r"\d", piece.text)
    ]
    totals = [number(piece.text) for piece in column if is_whole(piece)] or [float(round(to))]
    parts = sum(number(piece.text) for piece in column if not is_whole(piece))
    return len(totals) == 1 and totals[0] == parts


def evidence(of: Recount) -> dict[str, int]:
    """Count what the register knows of the stations that serve somebody."""
    serving = np.any([of.serves(group) for group in of.groups], axis=0)
    frame = of.frame[serving]
    since = (today() - timedelta(days=180)).isoformat()
    equipment = [
        of.serves(group)
        & np.array(
            [
                bool(missing) and not missing & {*lacks, *broken}
                for has, lacks, broken in zip(
                    of.frame["facilities"],
                    of.frame["facilities_absent"],
                    of.frame["facilities_broken"],
                    strict=True,
                )
                for missing in [of.of(group).needs - set(has)]
            ]
        )
        for group in of.groups
    ]
    return {
        "equipment": int(np.any(equipment, axis=0).sum()),
        "open": int(serving.sum()),
        "unknown_hours": int((serving & ~of.open_hours[1]).sum()),
        "checked": sum(bool(day) and day >= since for day in frame["checked_at"]),
        "never": sum(not day for day in frame["checked_at"]),
        "unknown_access": sum(not ways for ways in frame["access"]),
    }


def fixed(where: str, *says: str) -> Claim:
    """Allow words whose number is no figure of a city; ``says`` are patterns without places."""
    return Claim(where, says, lambda _seen: {}, allowed=True)


def most_of(by_group: Mapping[str, float]) -> str:
    return max(by_group, key=by_group.__getitem__)


def all_true(truths: Iterable[tuple[str, Truth]]) -> dict[str, Truth]:
    return dict(truths)


def evidence_truths(seen: Seen, ends: tuple[Truth, Truth]) -> dict[str, Truth]:
    """Tell what a sentence on the evidence may name; ``ends`` are those of the effective share."""
    told = evidence(seen.of)
    truths: dict[str, Truth] = {
        "open": told["open"], "hours": told["unknown_hours"], "access": told["unknown_access"],
        "equipment": told["equipment"], "low": ends[0], "high": ends[1],
        "checked": told["checked"], "share": per_cent(told["checked"], told["open"]), "days": 180,
        "never": told["never"],
    }  # fmt: skip
    return {name: truths[name] for name in seen.said.groupdict()}
