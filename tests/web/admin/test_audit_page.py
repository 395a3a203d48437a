"""Claims about the log that is searched, page by page."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import data.database
from data.database import clock, kept_reports
from data.database.audit import AuditQuery, search_audit, write_note
from tests.web.admin.visits import ON_BOTH
from web.labels.worker_reports import action_words
from web.languages import Language

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from data.report_book import ReportBook

# 15:30 UTC is half an hour before midnight in China.
START = datetime(2026, 11, 1, 15, 30, tzinfo=UTC)
LINES = [
    ("li", "fix", "AAAA-AA", "微波炉 100% 修好"),
    ("wang", "answer", "BBBB-BB", "明天修 Microwave"),
    ("li", "answer", "CCCC-CC", "100 元"),
    ("command line", "add account", "zhao", "viewer"),
]


@pytest.fixture
def written(book: ReportBook, monkeypatch: pytest.MonkeyPatch) -> ReportBook:
    """The lines, a day apart, beside those of the accounts that are there."""
    backend = book.workspace.database.backend
    with monkeypatch.context() as patch:
        for number, (who, action, subject, detail) in enumerate(LINES):
            moment = START + timedelta(days=number)
            patch.setattr(clock, "now", lambda moment=moment: moment)
            write_note(backend, who=who, action=action, subject=subject, detail=detail)
    return book


def test_every_act_of_the_log_is_said_in_the_reader_s_words() -> None:
    acts = {f"{verb} report" for verb in kept_reports._VERBS.values()}
    for path in Path(data.database.__file__).parent.glob("*.py"):
        for line in path.read_text(encoding="utf-8").splitlines():
            found = re.search(r"\baction(: str)? ?=|\b_note\(connection, \"", line)
            if found:
                acts |= set(re.findall(r'"([a-z]+(?: [a-z]+)*)"', line[found.start() :]))
    assert acts > {"edit", "add photo", "take away photo", "withdraw report", "stop run", "accept"}
    for code in ("zh", "en"):
        words = {act: action_words(act, Language(code)) for act in acts}
        assert len(set(words.values())) == len(words)
        unsaid = [act for act, said in words.items() if said == act]
        assert not unsaid


@pytest.mark.parametrize(
    ("query", "subjects"),
    [
        (AuditQuery(who="li"), ["CCCC-CC", "AAAA-AA"]),
        (AuditQuery(who="li", action="fix"), ["AAAA-AA"]),
        (AuditQuery(words="microwave bbbb"), ["BBBB-BB"]),
        (AuditQuery(words="100%"), ["AAAA-AA"]),
        (AuditQuery(words="修 cccc"), []),
        (AuditQuery(since=date(2026, 11, 2), until=date(2026, 11, 3)), ["CCCC-CC", "BBBB-BB"]),
        (AuditQuery(since=date(2026, 11, 1), until=date(2026, 11, 1)), ["AAAA-AA"]),
    ],
)
def test_lines_are_found_by_who_act_words_and_days_of_china(
    written: ReportBook, query: AuditQuery, subjects: list[str]
) -> None:
    found, lines = search_audit(written.workspace.database.backend, query, limit=10)
    assert [line.subject for line in lines] == subjects
    assert found == len(subjects)


@ON_BOTH
def test_the_page_shows_what_is_asked_for_and_leads_on_with_it(
    written: ReportBook, moderator: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = moderator.get("/admin/audit?who=li&act=fix").text
    assert "AAAA-AA" in page
    assert "BBBB-BB" not in page
    assert '<option value="li" selected>' in page
    monkeypatch.setattr("web.admin.audit._ON_A_PAGE", 1)
    first = moderator.get("/admin/audit?who=li&act=answer&words=元").text
    assert "CCCC-CC" in first
    assert 'rel="next"' not in first
    newest = moderator.get("/admin/audit?words=-&page=1").text
    assert 'rel="next"' in newest
    assert "page=2" in newest
    assert "CCCC-CC" in newest
    assert "BBBB-BB" in moderator.get("/admin/audit?words=-&page=2").text
    assert search_audit(written.workspace.database.backend, AuditQuery(), limit=0)[0] >= len(LINES)


@pytest.mark.parametrize(
    "asked",
    [
        {"page": "0"},
        {"page": "-1"},
        {"page": "9" * 400},
        {"page": "²"},
        {"since": "yesterday", "until": "2026-13-01"},
        {"since": "0001-01-01", "until": "9999-12-31"},
        {"words": "\x00' OR 1=1 -- %_\\"},
        {"who": "x" * 5000, "act": "<script>"},
    ],
)
def test_a_question_that_is_none_is_answered(moderator: FlaskClient, asked: dict[str, str]) -> None:
    answer = moderator.get("/admin/audit", query_string=asked)
    assert answer.status_code == 200
    assert "<script>" not in answer.text
