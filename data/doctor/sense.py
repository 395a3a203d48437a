"""What a record says, held against itself: hours and the 24-hour flag, sizes and kinds, dates."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from data.doctor.findings import Finding, Severity, Words
from data.hours import parse_hours
from data.vocabulary import HOST_TYPES_BY_ID, quote

if TYPE_CHECKING:
    from datetime import date

    from data.files.station_files import StationRows
    from data.hours import Hours

#: A standard station has 5 m2 at least, a micro station less (全总, 2023).
STANDARD_M2: Final = 5.0
_ALL_DAY_NAME: Final = re.compile(r"24\s*(?:小时|h\b|hours?)|全天", re.IGNORECASE)


def sense_findings(rows: StationRows, *, today: date) -> list[Finding]:
    """Find records that contradict themselves; what a cell says that is at fault does not count."""
    faulty = {(fault.row, fault.column) for fault in rows.faults}
    found: list[Finding] = []
    silent = 0
    columns = list(rows.frame)
    for at, number in enumerate(rows.columns.table.numbers):
        record = {name: rows.frame[name][at] for name in columns}
        hours = parse_hours(record["hours"]) if record["hours"] else None
        silent += hours is None and record["status"] == "open"
        about = _Row(number, record["name"], rows)
        found += _hours_findings(about, record, hours, rows.all_day[at])
        found += _record_findings(about, record, today)
    if silent:
        found.append(
            Finding(
                code="no_hours",
                severity=Severity.note,
                what=Words(
                    f"{silent} 个开放站点没有填营业时间", f"{silent} open stations have no hours"
                ),
                cure=Words(
                    "补上营业时间，否则工友看到的是“时间未知”",
                    "add them, or workers read that the hours are not known",
                ),
            )
        )
    return [finding for finding in found if (finding.row, finding.column) not in faulty]


class _Row:
    """One row that findings are made about."""

    def __init__(self, number: int, station: str, rows: StationRows) -> None:
        self._number = number
        self._station = station
        self._columns = rows.columns

    def finding(
        self,
        code: str,
        column: str,
        what: Words,
        cure: Words,
        *,
        severity: Severity = Severity.warning,
    ) -> Finding:
        """Make a finding about a column of the row."""
        return Finding(
            code=code,
            severity=severity,
            what=what,
            cure=cure,
            row=self._number,
            column=self._columns.heading(column),
            station=self._station,
        )


def _hours_findings(
    about: _Row, record: dict[str, Any], hours: Hours | None, flag: str
) -> list[Finding]:
    """Check that hours can be read and agree with the 24-hour flag, the name and the status."""
    found: list[Finding] = []
    if hours is None:
        return found
    text = record["hours"]
    if not hours.known:
        found.append(
            about.finding(
                "hours",
                "hours",
                Words(f"读不懂营业时间“{text}”，将显示“时间未知”", f"{quote(text)} cannot be read"),
                Words(
                    "写成如：周一至周五 8:00-18:00；24小时",
                    "write it like 周一至周五 8:00-18:00, 24小时 or Mo-Fr 08:00-18:00",
                ),
            )
        )
        return found
    keep = Words("两处改成一致", "make the two agree")
    if (flag == "yes" and not hours.always) or (flag == "no" and hours.always):
        said = Words("是", "yes") if flag == "yes" else Words("否", "no")
        found.append(
            about.finding(
                "all_day",
                "all_day",
                Words(
                    f"24小时一栏写“{said.zh}”，营业时间却是“{text}”",
                    f"says {said.en} to open all day, and the hours are {quote(text)}",
                ),
                keep,
            )
        )
    elif _ALL_DAY_NAME.search(record["name"]) and not hours.always:
        found.append(
            about.finding(
                "all_day",
                "name",
                Words(
                    f"名称写24小时，营业时间却是“{text}”",
                    f"is named as open all day, and the hours are {quote(text)}",
                ),
                keep,
            )
        )
    if hours.never and record["status"] == "open":
        found.append(
            about.finding(
                "never",
                "hours",
                Words(
                    f"状态为开放，营业时间却是“{text}”", f"is open, and the hours say {quote(text)}"
                ),
                Words("把状态改为暂停，或更正营业时间", "suspend it, or correct the hours"),
            )
        )
    return found


def _record_findings(about: _Row, record: dict[str, Any], today: date) -> list[Finding]:
    """Check sizes, spaces, dates and the host type."""
    found: list[Finding] = []
    area, kind = record["area_m2"], record["kind"]
    if kind == "station" and area < STANDARD_M2:
        found.append(
            about.finding(
                "area",
                "area_m2",
                Words(
                    f"标准驿站不小于 5 平方米，这里写 {area:g}",
                    f"a standard station has 5 m2 or more, this one {area:g}",
                ),
                Words("核对面积，或改为微型驿站", "check the area, or call it a micro station"),
            )
        )
    if record["truck_spaces"] > 0 and "truck_parking" in record["facilities_absent"]:
        found.append(
            about.finding(
                "trucks",
                "truck_spaces",
                Words(
                    f"有 {record['truck_spaces']:g} 个货车车位，却写没有货车停车位",
                    f"has {record['truck_spaces']:g} truck spaces and no truck parking",
                ),
                Words("两处改成一致", "make the two agree"),
            )
        )
    for name in ("status_since", "checked_at"):
        if name == "status_since" and record["status"] == "planned":
            continue
        if record[name] > today.isoformat():
            found.append(
                about.finding(
                    "future",
                    name,
                    Words(f"日期 {record[name]} 在将来", f"{record[name]} lies in the future"),
                    Words("更正日期", "correct the date"),
                )
            )
    host = record["host_type"]
    if host and host not in HOST_TYPES_BY_ID:
        found.append(
            about.finding(
                "host_type",
                "host_type",
                Words(
                    f"依托场所“{host}”不在词汇表内", f"{quote(host)} is no host type that is known"
                ),
                Words("原样保留；可改用词汇表中的词", "kept as it is; the glossary has the words"),
                severity=Severity.note,
            )
        )
    return found
