from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import holidays
import pytest

from data.hours.work_calendar import WorkCalendar, YearPlan

if TYPE_CHECKING:
    from tests.data.hours.notices import Notices

CHINA = WorkCalendar.china()
FESTIVALS = {
    "元旦": {"new_year"},
    "春节": {"spring_festival"},
    "清明节": {"qingming"},
    "劳动节": {"labour_day"},
    "端午节": {"dragon_boat"},
    "中秋节": {"mid_autumn"},
    "国庆节": {"national_day"},
    "国庆节中秋节": {"national_day", "mid_autumn"},
}


def test_no_day_of_three_years_is_of_another_kind_than_the_notices_say(notices: Notices) -> None:
    for day in notices.days:
        if day in notices.off:
            expected = "holiday"
        elif day in notices.worked:
            expected = "makeup"
        else:
            expected = "weekend" if day.weekday() >= 5 else "workday"
        assert CHINA.day_kind(day) == expected, day


def test_every_day_off_belongs_to_the_festivals_of_its_holiday(notices: Notices) -> None:
    for day, name in notices.off.items():
        assert CHINA.day_type(day).festivals == FESTIVALS[name], day


def test_the_package_agrees_with_the_notices_on_which_days_are_worked(notices: Notices) -> None:
    listed = holidays.country_holidays("CN", years=(2024, 2025, 2026))
    wrong = [day for day in notices.days if listed.is_working_day(day) != notices.workday(day)]
    assert wrong == []


def test_public_holidays_without_the_days_worked_for_them_are_wrong(notices: Notices) -> None:
    # What a calendar of holidays alone gets wrong: 8, 5 and 6 working days in three years.
    wrong = [day.year for day in notices.days if day in notices.worked]
    assert [wrong.count(year) for year in (2024, 2025, 2026)] == [8, 5, 6]


@pytest.mark.parametrize("year", [2024, 2025, 2026])
def test_a_year_whose_notice_is_known_is_confirmed(year: int) -> None:
    assert CHINA.confirmed(year)


def test_a_year_without_a_notice_says_so_and_has_the_days_of_the_law() -> None:
    assert not CHINA.confirmed(2040)
    assert not CHINA.settled(date(2040, 7, 1))
    assert CHINA.day_kind(date(2040, 10, 1)) == "holiday"
    assert not any(
        CHINA.day_kind(date(2040, 1, 1) + timedelta(days=number)) == "makeup"
        for number in range(366)
    )


def test_the_last_days_of_a_year_wait_for_the_next_notice() -> None:
    stated = CHINA.with_notice(
        2040, off={date(2040, 10, 1): ["national_day"]}, makeup=[date(2040, 9, 29)]
    )
    assert stated.confirmed(2040)
    assert stated.settled(date(2040, 12, 27))
    assert not stated.settled(date(2040, 12, 28))
    assert CHINA.settled(date(2025, 12, 31))


def test_a_stated_notice_goes_before_the_package_and_leaves_the_first_calendar_alone() -> None:
    stated = CHINA.with_notice(
        2026, off={date(2026, 7, 1): ["new_year"]}, makeup=[date(2026, 7, 4)]
    )
    assert stated.day_kind(date(2026, 7, 1)) == "holiday"
    assert stated.day_kind(date(2026, 7, 4)) == "makeup"
    assert stated.day_kind(date(2026, 10, 1)) == "workday"
    assert CHINA.day_kind(date(2026, 10, 1)) == "holiday"


def test_a_day_cannot_be_off_and_worked() -> None:
    day = date(2026, 7, 4)
    with pytest.raises(ValueError, match="off and worked at once: 2026-07-04"):
        YearPlan({day: frozenset()}, frozenset({day}), decreed=True)


def test_a_working_saturday_in_december_comes_from_the_next_years_notice() -> None:
    # Notice for 2019: 30 December 2018 to 1 January 2019 off, Saturday 29 December 2018 worked.
    assert CHINA.day_kind(date(2018, 12, 29)) == "makeup"
    assert CHINA.day_kind(date(2018, 12, 31)) == "holiday"
