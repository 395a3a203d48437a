"""Claims about proposals at the desk: reviewed, decided, published at a public address."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from data.china_time import today_here
from tests.web.admin.visits import HOSTILE, ON_BOTH, proposal, send
from web.reports.desk_figures import desk_figures

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from data.report_book import ReportBook
    from data.workspace import Workspace


@ON_BOTH
def test_a_proposal_is_accepted_with_a_reason_awarded_and_published(
    moderator: FlaskClient, stranger: FlaskClient, book: ReportBook
) -> None:
    number = proposal(book, name=HOSTILE[:80], text=HOSTILE)
    page = f"/admin/proposals/{number}"
    assert send(moderator, f"{page}/review", award="best") == 400
    assert send(moderator, f"{page}/answer", act="accept", answer="很好，马上办") == 303
    told = stranger.get(f"/api/tickets/{number}").json
    assert (told["state"], told["answer"], told["award"]) == ("accepted", "很好，马上办", "")
    year, quarter = today_here().year, (today_here().month - 1) // 3 + 1
    there = f"/adopted/{year}/{quarter}"
    assert number not in stranger.get(there).text
    form = {"level": "quick_fix", "award": "best", "published": "yes"}
    assert send(moderator, f"{page}/review", **form) == 303
    for path in ("/adopted", there, f"{there}?lang=en"):
        shown = stranger.get(path).text
        assert number in shown
        assert "<script>window" not in shown
    assert "金点子" in stranger.get(f"{there}?lang=zh").text
    assert stranger.get(f"/adopted/{year}/5").status_code == 404
    assert stranger.get("/adopted/99999/1").status_code == 404


@ON_BOTH
def test_a_late_review_is_called_to_mind_at_the_desk(
    moderator: FlaskClient, book: ReportBook
) -> None:
    number = proposal(book)
    assert "超期" not in moderator.get("/admin/").text
    page = f"/admin/proposals/{number}/review"
    assert send(moderator, page, level="project", due_on="2020-01-31") == 303
    assert "1 条建议超期未定" in moderator.get("/admin/").text
    assert "超期未定" in moderator.get("/admin/proposals").text
    assert send(moderator, page, level="quick_fix", due_on="2020-01-31") == 303
    line = book.proposals.proposal(number)
    assert line is not None
    assert line.due_on is None  # another level, the day as it was shown: due by the level
    assert send(moderator, page, level="quick_fix", due_on="2035-01-31") == 303
    line = book.proposals.proposal(number)
    assert line is not None
    assert line.due_on == date(2035, 1, 31)


@pytest.mark.parametrize("form", [{"due_on": "soon"}, {"level": "huge"}, {"award": "medal"}])
def test_a_review_that_is_none_is_refused(
    moderator: FlaskClient, operator: FlaskClient, book: ReportBook, form: dict[str, str]
) -> None:
    number = proposal(book)
    assert send(moderator, f"/admin/proposals/{number}/review", **form) == 400
    assert send(operator, f"/admin/proposals/{number}/review") == 404
    line = book.proposals.proposal(number)
    assert line is not None
    assert (line.level, line.due_on, line.award) == ("", None, "")


@pytest.mark.usefixtures("full")
def test_the_quarter_at_the_desk_is_told_as_a_file_and_an_empty_one_not(
    stranger: FlaskClient, workspace: Workspace
) -> None:
    lines = stranger.get("/report/desk.csv").text.splitlines()
    told = {line.split(",")[0]: line.split(",")[3] for line in lines[1:]}
    assert (told["proposals_received"], told["proposals_answered"]) == ("2", "1")
    assert (told["proposals_overdue"], told["activities_held"]) == ("0", "0")
    assert not desk_figures(workspace).is_empty
    assert desk_figures(workspace, until=date(2020, 5, 5)).is_empty
