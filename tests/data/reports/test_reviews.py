"""Claims about the review of proposals: levels, days, decisions with a reason, awards."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING

import pytest

from data.database import clock
from data.database.proposals import Review
from data.review_days import ReviewDays, read_review_days
from data.settings import default_settings, read_settings
from data.settings_text import write_template
from geo.errors import InputError
from geo.measure import Box
from web.services import proposals as service

if TYPE_CHECKING:
    from pathlib import Path

    from data.report_book import ReportBook

# 1 October 2026, 23:30 in China.
START = datetime(2026, 10, 1, 15, 30, tzinfo=UTC)
_NONCES = count()


@pytest.fixture
def moments(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """The clock: the last moment of the list is now."""
    told = [START]
    monkeypatch.setattr(clock, "now", lambda: told[-1])
    monkeypatch.setattr(service, "today_here", lambda: clock.china_day(told[-1]))
    return told


def propose(book: ReportBook, name: str = "东门") -> str:
    nonce = f"nonce-{next(_NONCES):020}"
    receipt = book.take_proposal(name=name, lon=116.8, lat=33.95, device="d" * 20, nonce=nonce)
    return receipt.number


def test_a_decision_needs_a_reason_which_stays_with_its_day(
    book: ReportBook, moments: list[datetime]
) -> None:
    number = propose(book)
    for how in ({"accept": True}, {"reject": True}, {}):
        with pytest.raises(InputError, match="say why"):
            book.proposals.answer(number, " ", by="li", **how)
    moments.append(START + timedelta(days=3))
    book.proposals.answer(number, "下周就改", by="li", accept=True)
    moments.append(START + timedelta(days=200))
    book.proposals.answer(number, "已经改好", by="wang")
    line = book.proposals.proposal(number)
    assert line is not None
    assert (line.state, line.answer, line.answered_by) == ("accepted", "已经改好", "wang")
    assert line.answered_at == START + timedelta(days=3)
    assert book.proposals.undecided() == ()


def test_what_is_due_follows_the_level_the_settings_and_the_desk(
    book: ReportBook, moments: list[datetime]
) -> None:
    plain, quick, project, dated = (propose(book, name) for name in ("一", "二", "三", "四"))
    book.proposals.review(quick, Review("quick_fix"), by="li")
    book.proposals.review(project, Review("project"), by="li")
    book.proposals.review(dated, Review("project", date(2026, 10, 3)), by="li")
    moments.append(datetime(2026, 11, 1, 0, 0, tzinfo=UTC))
    late = service.due_proposals(book.workspace)
    assert [(one.proposal.number, one.due_on, one.days_left) for one in late] == [
        (dated, date(2026, 10, 3), -29),
        (quick, date(2026, 10, 8), -24),
        (plain, date(2026, 10, 31), -1),
    ]
    ahead = service.due_proposals(book.workspace, within_days=29)
    assert [one.proposal.number for one in ahead][3:] == [project]
    book.proposals.answer(plain, "不宜", by="li", reject=True)
    assert plain not in {one.proposal.number for one in service.due_proposals(book.workspace)}
    with pytest.raises(InputError, match="within must be"):
        service.due_proposals(book.workspace, within_days=-1)


def test_the_numbers_of_a_period_and_the_public_list_of_its_quarter(
    book: ReportBook, moments: list[datetime]
) -> None:
    numbers = [propose(book, str(number)) for number in range(5)]
    answers = [("accept", 4), ("accept", 8), ("reject", 1), ("", 91)]
    for number, (how, days) in zip(numbers, answers, strict=False):
        moments.append(START + timedelta(days=days))
        book.proposals.answer(number, "理由", by="li", **({how: True} if how else {}))
    book.proposals.review(numbers[0], Review(award="best", published=True), by="li")
    for unfit in (Review(award="good"), Review(published=True)):
        for number in numbers[2:]:
            with pytest.raises(InputError, match="only what was taken up"):
                book.proposals.review(number, unfit, by="li")
    told = service.proposal_figures(
        book.workspace, since=date(2026, 10, 1), until=date(2026, 12, 31)
    )
    assert (told.received, told.answered, told.adopted, told.rejected, told.awarded) == (
        *(5, 4, 2, 1),
        1,
    )
    assert told.median_days == 6.0  # of 1, 4, 8 and 91
    earlier = service.proposal_figures(
        book.workspace, since=date(2026, 7, 1), until=date(2026, 9, 30)
    )
    assert (earlier.received, earlier.answered, earlier.median_days) == (0, 0, None)
    listed = service.published_of(book.workspace, year=2026, quarter=4)
    assert [line.number for line in listed] == [numbers[0]]
    assert service.published_of(book.workspace, year=2026, quarter=3) == ()
    book.proposals.answer(numbers[0], "改变主意", by="li", reject=True)
    assert service.published_of(book.workspace, year=2026, quarter=4) == ()
    with pytest.raises(InputError, match="ends before"):
        service.proposal_figures(book.workspace, since=date(2026, 2, 1), until=date(2026, 1, 1))


@pytest.mark.parametrize(("year", "quarter"), [(2026, 0), (2026, 5), (0, 1), (9999, 4), (10**9, 1)])
def test_a_quarter_that_is_none_is_refused(book: ReportBook, year: int, quarter: int) -> None:
    with pytest.raises(InputError, match="a quarter is"):
        service.published_of(book.workspace, year=year, quarter=quarter)


@pytest.mark.parametrize("values", [{"level": "huge"}, {"award": "medal"}])
def test_a_level_or_award_that_is_none_is_refused(values: dict[str, str]) -> None:
    with pytest.raises(InputError, match="is none of"):
        Review(**values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "table", [{"quick_fix_days": 0}, {"project_days": 1.5}, {"project_days": True}, 3]
)
def test_days_of_a_review_that_are_none_are_refused(table: object) -> None:
    with pytest.raises(InputError, match="proposals"):
        read_review_days(table)


def test_the_days_of_a_review_are_a_setting_that_leaves_the_hash_of_a_plan(tmp_path: Path) -> None:
    settings = default_settings("市", Box(116.7, 33.8, 116.9, 34.0))
    write_template(tmp_path / "yizhan.toml", settings)
    text = (tmp_path / "yizhan.toml").read_text(encoding="utf-8")
    changed = text.replace("quick_fix_days = 7", "quick_fix_days = 3")
    (tmp_path / "yizhan.toml").write_text(changed, encoding="utf-8")
    read = read_settings(tmp_path / "yizhan.toml")
    assert read.review_days == ReviewDays(quick_fix=3)
    assert read.content_hash == settings.content_hash
    assert read.review_days.due_on(date(2026, 2, 27), "quick_fix") == date(2026, 3, 2)
