"""Activities at stations: Shenyang's ten kinds, health visits, water in summer, mutual aid."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from data.china_time import CHINA_TIME
from data.files.tables import read_rows
from data.plain_text import plain_text
from data.vocabulary import quote
from geo.errors import InputError, RowFault, RowsError
from geo.messages import say

if TYPE_CHECKING:
    from pathlib import Path

#: The ten kinds of Shenyang's list (沈阳市总工会, 2024) in its order, then three more and the rest.
KINDS_OF_ACTIVITY: Final = (
    "service_base",
    "sign",
    "promotion",
    "matchmaking",
    "visit",
    "culture_sport",
    "legal_advice",
    "skills_contest",
    "training",
    "most_beautiful",
    "health_visit",
    "summer_water",
    "mutual_aid",
    "other",
)
LONGEST_TITLE: Final = 80
LONGEST_ABOUT: Final = 1000
#: Water in summer is one entry for the whole summer.
LONGEST_DAYS: Final = 200
MOST_PLACES: Final = 100_000
NEEDED: Final = ("station", "title", "kind", "starts_at", "ends_at")
COLUMNS: Final = (*NEEDED, "text", "places")
_HEADINGS: Final = {
    "站点编号": "station",
    "站点": "station",
    "标题": "title",
    "名称": "title",
    "类型": "kind",
    "开始": "starts_at",
    "开始时间": "starts_at",
    "结束": "ends_at",
    "结束时间": "ends_at",
    "说明": "text",
    "名额": "places",
}
_KIND_WORDS: Final = {
    "服务基地": "service_base",
    "标识": "sign",
    "挂牌": "sign",
    "推介会": "promotion",
    "推介": "promotion",
    "联谊交友": "matchmaking",
    "相亲": "matchmaking",
    "走访慰问": "visit",
    "慰问": "visit",
    "文体活动": "culture_sport",
    "文体": "culture_sport",
    "法律和就业咨询": "legal_advice",
    "法律咨询": "legal_advice",
    "就业咨询": "legal_advice",
    "技能竞赛": "skills_contest",
    "技能比赛": "skills_contest",
    "最美选树": "most_beautiful",
    "最美评选": "most_beautiful",
    "互助保障": "mutual_aid",
    "互助保障服务台": "mutual_aid",
    "健康义诊": "health_visit",
    "义诊": "health_visit",
    "技能培训": "training",
    "培训": "training",
    "夏日送清凉": "summer_water",
    "送清凉": "summer_water",
    "其他": "other",
}


@dataclass(frozen=True)
class Activity:
    """What happens at a station, and when; moments carry their zone.

    ``places`` is how many can come; None as many as like.

    Raises
    ------
    InputError
        when a part cannot be.
    """

    station: str
    title: str
    kind: str
    starts_at: datetime
    ends_at: datetime
    text: str = ""
    places: int | None = None

    def __post_init__(self) -> None:
        if not self.station:
            raise InputError(say("station must be the id of a station"))
        if self.kind not in KINDS_OF_ACTIVITY:
            raise InputError(
                say(
                    "kind {kind} is none of {known}",
                    kind=quote(self.kind),
                    known=", ".join(KINDS_OF_ACTIVITY),
                )
            )
        if self.starts_at.tzinfo is None or self.ends_at.tzinfo is None:
            raise InputError(say("starts_at and ends_at must say their zone"))
        if not timedelta(0) < self.ends_at - self.starts_at <= timedelta(days=LONGEST_DAYS):
            raise InputError(
                say("ends_at must lie after starts_at, within {days} days", days=LONGEST_DAYS)
            )
        if self.places is not None and not 1 <= self.places <= MOST_PLACES:
            raise InputError(say("places must be 1 to {most}, or empty", most=MOST_PLACES))
        title = plain_text(
            self.title, what=say("title"), longest=LONGEST_TITLE, least=1, lines=False
        )
        object.__setattr__(self, "title", title)
        object.__setattr__(
            self, "text", plain_text(self.text, what=say("text"), longest=LONGEST_ABOUT)
        )


def read_local(text: str, *, what: str, last: bool = False) -> datetime:
    """Read a moment as people write it, China's time where no zone is said.

    ``2026-12-01 09:00``, ``2026-12-01T09:00`` or a day alone: its beginning, or with ``last`` its
    end.

    Raises
    ------
    InputError
        when it is none.
    """
    words = text.strip().replace("/", "-")
    try:
        day = date.fromisoformat(words)
    except ValueError:
        day = None
    if day is not None:
        start = datetime.combine(day, time(0), tzinfo=CHINA_TIME)
        return start + timedelta(days=1) if last else start
    try:
        moment = datetime.fromisoformat(words)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=CHINA_TIME)
        _ = moment.astimezone(CHINA_TIME)
    except (ValueError, OverflowError):
        raise InputError(
            say("{what} {text}: write it as 2026-12-01 09:00", what=what, text=quote(text))
        ) from None
    return moment


def read_places(text: str) -> int | None:
    """Read how many can come; empty is as many as like (InputError when it is no number)."""
    digits = text.strip()
    if not digits:
        return None
    if not (digits.isascii() and digits.isdigit()) or len(digits) > len(str(MOST_PLACES)):
        raise InputError(say("places must be 1 to {most}, or empty", most=MOST_PLACES))
    return int(digits)


def read_activities(path: Path) -> tuple[Activity, ...]:
    """Read activities from a table: those of `NEEDED`, and perhaps text and places.

    Headings and kinds may be Chinese (站点编号, 标题, 类型, 开始, 结束, 说明, 名额).

    Raises
    ------
    RowsError
        when a row cannot be taken; the file is not taken then.
    FileFormatError
        when it is no table.
    """
    table = read_rows(path)
    names = [_HEADINGS.get(heading.strip(), heading.strip()) for heading in table.headings]
    missing = [name for name in NEEDED if name not in names]
    if missing:
        fault = RowFault(None, None, say("no column {missing}", missing=", ".join(missing)))
        raise RowsError(table.file, (fault,))
    activities, faults = [], []
    for number, row in zip(table.numbers, table.rows, strict=True):
        cells = dict(zip(names, row, strict=True))
        try:
            activities.append(_activity(cells))
        except InputError as error:
            faults.append(RowFault(number, None, str(error)))
    if faults:
        raise RowsError(table.file, tuple(faults))
    return tuple(activities)


def _activity(cells: dict[str, str]) -> Activity:
    return Activity(
        station=cells["station"],
        title=cells["title"],
        kind=_KIND_WORDS.get(cells["kind"], cells["kind"]),
        starts_at=read_local(cells["starts_at"], what="starts_at"),
        ends_at=read_local(cells["ends_at"], what="ends_at", last=True),
        text=cells.get("text", ""),
        places=read_places(cells.get("places", "")),
    )
