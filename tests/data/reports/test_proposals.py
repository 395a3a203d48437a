"""Claims about proposals: what workers propose, and what becomes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from data.proposals import Proposal
from data.sites import CandidateSites
from geo.errors import InputError

if TYPE_CHECKING:
    from data.database.tickets import Receipt
    from data.report_book import ReportBook


def propose(book: ReportBook, nonce: str = "n" * 20, **more: object) -> Receipt:
    values: dict[str, Any] = {"name": "南湖公园东门", "lon": 116.801234567, "lat": 33.95, **more}
    return book.take_proposal(device="d" * 20, nonce=nonce, **values)


def no_sites() -> CandidateSites:
    return CandidateSites.from_records([{"id": "g", "name": "格", "lon": 116.8, "lat": 33.9}])


def test_a_proposal_becomes_a_candidate_site_beside_all_that_are_there(book: ReportBook) -> None:
    book.workspace.replace_sites(
        CandidateSites.from_records(
            [{"id": "s", "name": "银行", "lon": 116.8, "lat": 33.9, "cost_yuan": 80_000.0}]
        )
    )
    number = propose(book).number
    assert propose(book).again
    site = book.proposals.adopt(number, by="li", base=no_sites)
    sites = book.workspace.sites()
    assert sites.ids == ("s", site)
    assert sites.lonlat[1].tolist() == [116.8012, 33.95]
    assert sites.frame["cost_yuan"].tolist()[0] == 80_000
    contents = book.workspace.contents("sites")
    assert contents is not None
    assert (contents.rows, contents.content_hash) == (2, sites.content_hash)
    with pytest.raises(InputError, match="adopted already"):
        book.proposals.adopt(number, by="li", base=no_sites)
    with pytest.raises(InputError, match="adopted already"):
        book.proposals.answer(number, "", by="li", reject=True)


def test_without_imported_sites_those_of_the_planner_are_kept_beside_a_proposal(
    book: ReportBook,
) -> None:
    first, second = propose(book).number, propose(book, "m" * 20, name="北门").number
    for number in (first, second):
        book.proposals.adopt(number, by="li", base=no_sites)
    assert book.workspace.sites().ids == ("g", f"proposal-{first}", f"proposal-{second}")


def test_a_proposal_is_answered_or_turned_down(book: ReportBook) -> None:
    number = propose(book).number
    book.proposals.answer(number, "已列入明年计划", by="li")
    line = book.proposals.proposal(number)
    assert line is not None
    assert (line.state, line.answer) == ("answered", "已列入明年计划")
    assert line.answered_at is not None
    book.proposals.answer(number, "", by="li", reject=True)
    line = book.proposals.proposal(number)
    assert line is not None
    assert (line.state, line.answer) == ("rejected", "已列入明年计划")
    with pytest.raises(InputError, match="no proposal"):
        book.proposals.answer("XXXX-XX", "a", by="li")


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"lon": 120.0}, "outside of the city"),
        ({"lon": 116.69}, "outside of the city"),
        ({"lat": 34.01}, "outside of the city"),
        ({"lat": 33.79}, "outside of the city"),
        ({"lon": float("nan")}, "number of degrees"),
        ({"lat": "33.9"}, "number of degrees"),
        ({"lat": True}, "number of degrees"),
        ({"name": " \n"}, "1 to 80"),
        ({"name": "x" * 81}, "1 to 80"),
        ({"text": "x" * 501}, "at most 500"),
    ],
)
def test_a_proposal_that_cannot_be_is_refused(
    book: ReportBook, more: dict[str, Any], words: str
) -> None:
    with pytest.raises(InputError, match=words):
        propose(book, **more)
    assert book.proposals.proposals() == ()


def test_a_proposal_is_rounded_before_anything_is_kept() -> None:
    made = Proposal("门", 116.84321987, 33.961234567, "0" * 64, "n" * 20)
    assert (made.lon, made.lat) == (116.8432, 33.9612)


def test_a_proposal_needs_no_place_and_one_without_is_no_candidate_site(book: ReportBook) -> None:
    number = propose(book, name="站里加个微波炉", lon=None, lat=None).number
    line = book.proposals.proposal(number)
    assert line is not None
    assert (line.name, line.lon, line.lat) == ("站里加个微波炉", None, None)
    with pytest.raises(InputError, match=f"proposal {number} has no place: accept it instead"):
        book.proposals.adopt(number, by="li", base=no_sites)
    book.proposals.answer(number, "下月就装", by="li", accept=True)
    assert book.proposals.undecided() == ()
    with pytest.raises(InputError, match="a place needs both lon and lat"):
        propose(book, "o" * 20, lat=None)
