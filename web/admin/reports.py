"""Kept reports on the desk: made, read as drafts, reviewed, issued, withdrawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response, g, request
from werkzeug.exceptions import NotFound

from data.china_time import today_here
from data.kept_reports import LONGEST_NAME, LONGEST_NUMBER, LONGEST_WHY
from geo.errors import InputError
from web.admin.page_parts import do, render
from web.admin.routes import account_here, admin, here
from web.labels.kept_reports import STATES, STEPS
from web.reports.keeping import make_report, take_step
from web.reports.routes import kept_file, kept_page, kept_picture
from web.site.city import city_here

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as BaseResponse

    from data.kept_reports import KeptReport, StepWord
    from web.admin.page_parts import Shown


@admin.get("/reports")
def reports() -> str:
    """Show the kept reports, and the form for one more."""
    return _list()


@admin.post("/reports/make")
def add_report() -> BaseResponse | Shown:
    """Make the report of a period and keep it as a draft."""
    number = request.form.get("number", "").strip()
    return do(
        lambda: make_report(
            city_here().workspace(),
            period=request.form.get("period", "").strip(),
            number=number or None,
            author=request.form.get("name", ""),
            by=account_here().name,
        ),
        then=here("admin.reports", done="report"),
        otherwise=lambda error: _list(error=error),
    )


@admin.get("/reports/one/<number>")
def kept_report(number: str) -> str:
    """Show a kept report in any of its states."""
    return kept_page(
        _there(number),
        picture_at=lambda name: here("admin.picture_of_report", number=number, name=name),
        form_at=lambda name: here("admin.form_of_report", number=number, name=name),
    )


@admin.get("/reports/one/<number>/<name>.svg")
def picture_of_report(number: str, name: str) -> Response:
    """Answer a picture of a kept report."""
    return kept_picture(_there(number), name)


@admin.get("/reports/one/<number>/forms/<name>")
def form_of_report(number: str, name: str) -> Response:
    """Answer a kept report, a draft too, in one of its forms."""
    return kept_file(_there(number), name)


@admin.post("/reports/one/<number>/review")
def review_report(number: str) -> BaseResponse | Shown:
    """Say that a draft was reviewed."""
    return _step(number, "reviewed")


@admin.post("/reports/one/<number>/issue")
def issue_report(number: str) -> BaseResponse | Shown:
    """Issue a report that was reviewed."""
    return _step(number, "issued")


@admin.post("/reports/one/<number>/withdraw")
def withdraw_report(number: str) -> BaseResponse | Shown:
    """Withdraw a report with a reason."""
    return _step(number, "withdrawn")


def _step(number: str, act: StepWord) -> BaseResponse | Shown:
    _there(number)
    return do(
        lambda: take_step(
            city_here().workspace(),
            number,
            act=act,
            name=request.form.get("name", ""),
            why=request.form.get("why", ""),
            by=account_here().name,
        ),
        then=here("admin.reports", done=act),
        otherwise=lambda error: _list(error=error),
    )


def _there(number: str) -> KeptReport:
    try:
        return city_here().workspace().kept_reports().report(number)
    except InputError:
        raise NotFound from None


def _list(*, error: str = "") -> str:
    today = today_here()
    quarter = (today.month - 1) // 3
    last = f"{today.year}-Q{quarter}" if quarter else f"{today.year - 1}-Q4"
    return render(
        "reports",
        error=error,
        reports=city_here().workspace().kept_reports().all(),
        states={state: g.language(words) for state, words in STATES.items()},
        steps={act: g.language(words) for act, words in STEPS.items()},
        period=request.form.get("period", last),
        form=request.form,
        longest={"name": LONGEST_NAME, "number": LONGEST_NUMBER, "why": LONGEST_WHY},
    )
