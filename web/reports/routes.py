"""The official's page: the report of the newest plan, as it is written by `yizhan report`."""

from __future__ import annotations

from flask import Blueprint, Response, g, render_template

from data.files.csv_text import csv_text
from geo.errors import NothingYetError
from web.reports.at_hand import report_here
from web.reports.tables import coverage_rows, plan_rows

reports = Blueprint("reports", __name__)


@reports.get("/report")
def newest() -> str:
    """Show the report; where nothing was computed yet, the commands that do."""
    try:
        report = report_here(g.language)
    except NothingYetError:
        report = None
    return render_template("report.html", page="report", report=report)


@reports.get("/report/coverage.csv")
def coverage_csv() -> Response:
    """Answer coverage before and after, by group and district, as CSV."""
    figures = report_here(g.language).figures
    return _csv(csv_text(coverage_rows(figures)), "coverage.csv")


@reports.get("/report/plan.csv")
def plan_csv() -> Response:
    """Answer the sites of the newest plan as CSV."""
    figures = report_here(g.language).figures
    return _csv(csv_text(plan_rows(figures)), "plan.csv")


@reports.get("/report/effective.csv")
def effective_csv() -> Response:
    """Answer nominal and effective coverage by group and district as CSV."""
    report = report_here(g.language)
    return _csv(csv_text(report.effective_rows()), "effective.csv")


@reports.get("/report/longer_hours.csv")
def longer_hours_csv() -> Response:
    """Answer the stations that would gain most by opening longer as CSV."""
    report = report_here(g.language)
    return _csv(csv_text(report.longer_rows()), "longer_hours.csv")


def _csv(text: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text, content_type="text/csv; charset=utf-8", headers=headers)
