"""A class of hours of a plain week in words: weekdays and weekends, from when to when."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from web.languages import Language

_HOURS_A_DAY = 24
_WEEKDAYS = 5
_MOST_SPANS = 3


def hour_class_words(hours: npt.NDArray[np.bool_], t: Language) -> str:
    """Say when a class of hours is, bool[168] from Monday; how many hours where it is ragged."""
    week = np.asarray(hours, dtype=np.bool_).reshape(-1, _HOURS_A_DAY)
    weekdays, weekend = week[:_WEEKDAYS], week[_WEEKDAYS:]
    alike = (weekdays == weekdays[0]).all() and (weekend == weekend[0]).all()
    days = [_spans(weekdays[0]), _spans(weekend[0])]
    if not alike or max(map(len, days)) > _MOST_SPANS:
        return t.plural("一周中的 {n} 小时", n=int(week.sum()))
    words = [", ".join(f"{first}–{last}" for first, last in of) for of in days]
    if days[0] == days[1]:
        return t("每天 {clock} 时", clock=words[0])
    said = []
    if days[0]:
        said.append(t("工作日 {clock} 时", clock=words[0]))
    if days[1]:
        said.append(t("周末 {clock} 时", clock=words[1]))
    return t("；").join(said)


def _spans(day: npt.NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Return the spans of a day in which its hours are set, each from its first to after it."""
    edges = np.flatnonzero(np.diff(np.r_[False, day, False].astype(np.int8)))
    return [(int(first), int(last)) for first, last in edges.reshape(-1, 2)]
