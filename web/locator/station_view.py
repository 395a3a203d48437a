"""All that is known of one station, as its page says it in one language."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

from data.china_time import today_here
from data.hours import parse_hours
from data.vocabulary import FACILITIES, HOST_TYPES_BY_ID, OPERATOR_KINDS_BY_ID
from web.labels.hours import opening_words
from web.languages import message
from web.locator.station_alerts import activities_of, history_of
from web.locator.station_cards import card_of, in_order
from web.locator.week import no_week_words, week_of
from web.site.number_words import count

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from data.vocabulary import Term
    from web.languages import Language
    from web.stations.features import Feature

LABELS: Final = {
    "kind": message("类型"),
    "address": message("地址"),
    "district": message("区县"),
    "hours": message("开放时间"),
    "access": message("怎么进门"),
    "who_may_enter": message("谁能进"),
    "phone": message("电话"),
    "contact": message("联系人"),
    "seats": message("座位"),
    "area_m2": message("面积"),
    "truck_spaces": message("货车位"),
    "host_type": message("设在"),
    "operator": message("管理单位"),
    "sign": message("统一标牌"),
    "status_since": message("现状自"),
}
"""The facts of a station in the order in which its page says them."""


INSIDE: Final = {
    "works": message("能用"),
    "broken": message("坏了"),
    "absent": message("没有", context="facilities"),
    "unknown": message("不知道有没有"),
}
"""What is known of a facility, in the order in which the page says it."""


def station_view(
    feature: Feature,
    record: Mapping[str, Any],
    district: str,
    *,
    standing: Mapping[str, Any],
    moment: datetime,
    t: Language,
) -> dict[str, Any]:
    """Return the parts of a station's page.

    ``record`` is the register's row, ``district`` its name or "". Beside the words of its card:
    ``facts`` (name, label, text), ``facilities_by`` what is known of them, ``week`` as `week_of`
    has it where the station is open, ``no_week`` why it has none, ``history`` (day, sentence),
    ``activities`` and ``photos`` as `features_of` has them.
    """
    card = card_of(feature, moment, t, standing=standing)["properties"]
    first = today_here()
    return {
        **card,
        "facts": _facts(record, card, district, t),
        "facilities_by": _facilities(record, t),
        "history": history_of(standing, record["checked_at"], t),
        "activities": activities_of(standing, t),
        "week": week_of(feature["properties"], first, t)
        if record["status"] == "open" or standing["changes"]
        else [],
        "changes": [one["zh" if t.is_chinese else "en"] for one in standing["changes"]],
        "no_week": no_week_words(record["status"], t),
        "lonlat": feature["geometry"]["coordinates"],
        "photos": feature["properties"].get("photos", []),
    }


def _facts(
    record: Mapping[str, Any], card: Mapping[str, Any], district: str, t: Language
) -> list[tuple[str, str, str]]:
    """Name, label and text of each fact that is known."""
    unit = t("平方米")
    values = {
        "kind": t.kind(record["kind"]),
        "address": record["address"],
        "district": district,
        "hours": opening_words(parse_hours(record["hours"]), t),
        "access": card["way_in"] if card["access"] else t("未知"),
        "who_may_enter": record["who_may_enter"],
        "phone": record["phone"],
        "contact": record["contact"],
        "seats": _number(record["seats"]),
        "area_m2": _number(record["area_m2"], unit),
        "truck_spaces": _number(record["truck_spaces"]),
        "host_type": _joined(record["host_name"], _term(HOST_TYPES_BY_ID, record["host_type"], t)),
        "operator": _joined(
            record["operator"], _term(OPERATOR_KINDS_BY_ID, record["operator_kind"], t)
        ),
        "sign": {"yes": t("有"), "no": t("没有")}.get(record["sign"], ""),
        "status_since": record["status_since"],
    }
    return [(name, t(words), values[name]) for name, words in LABELS.items() if values[name]]


def _joined(*parts: str) -> str:
    return " · ".join(part for part in parts if part)


def _facilities(record: Mapping[str, Any], t: Language) -> list[tuple[str, str, list[str]]]:
    """Sort the facilities: what works, is broken, is not there, is not known."""
    works, broken = record["facilities"], record["facilities_broken"]
    absent = record["facilities_absent"]
    told = {*works, *broken, *absent}
    unknown = [term.id for term in FACILITIES if term.id not in told]
    found = {
        "works": in_order(works),
        "broken": in_order(broken),
        "absent": in_order(absent),
        "unknown": unknown,
    }
    return [
        (state, t(words), [t.facility(one) for one in found[state]])
        for state, words in INSIDE.items()
        if found[state]
    ]


def _number(value: float, unit: str = "") -> str:
    if math.isnan(value):
        return ""
    return f"{count(value) if float(value).is_integer() else f'{value:.1f}'}{unit}"


def _term(terms: Mapping[str, Term], word: str, t: Language) -> str:
    term = terms.get(word)
    return word if term is None else t.term(term)
