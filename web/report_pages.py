"""The official's report: one HTML file that prints well, and its figures as CSV files."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from markupsafe import Markup

from data.atomic import write_text
from geo.errors import NothingYetError
from planning.coverage import Coverage, measure_coverage
from planning.siting import SitingPlan
from web.city_map import CityContents, contents_of, source_of
from web.language import CHINESE, standard_words
from web.pages import render
from web.picture import picture_of, shows_a_part
from web.place_words import site_names
from web.plan_words import PlanWords
from web.report_figures import ReportFigures, aims_of
from web.report_tables import coverage_rows, csv_text, plan_rows

if TYPE_CHECKING:
    from pathlib import Path

    from data.settings import Settings
    from data.workspace import Workspace
    from web.language import Language


@dataclass(frozen=True, eq=False)
class Report:
    """A report in one language: its figures and the picture of the city."""

    figures: ReportFigures
    contents: CityContents
    language: Language

    @property
    def title(self) -> str:
        """The title of the page."""
        city, name = self.figures.city, self.figures.settings.name
        return self.language(f"{city}驿站覆盖报告", f"{name}: who has a station within reach")

    @cached_property
    def body(self) -> Markup:
        """The page without its frame, the same for the file and for ``/report``."""
        figures, t = self.figures, self.language
        html = render(
            "report_body.html",
            t,
            report=self,
            figures=figures,
            settings=figures.settings,
            plan=figures.plan,
            words=None
            if figures.plan is None
            else PlanWords(figures.plan, t, site_names(figures.plan, self.contents.network, t)),
            aims=() if figures.stations is None else aims_of(figures.stations, t),
            picture=picture_of(self.contents, t),
            shows_a_part=shows_a_part(self.contents),
            source=source_of(figures.settings, t),
            standard_words=standard_words,
            by_group_standard=figures.before.standard == "group",
        )
        return Markup(html)  # noqa: S704 - our own template, which escapes

    def html(self) -> str:
        """Return the report as one HTML document."""
        return render("report_file.html", self.language, report=self)


def report_of(
    workspace: Workspace, *, language: Language = CHINESE, contents: CityContents | None = None
) -> Report:
    """Gather the newest plan and coverage of a workspace into a report.

    ``contents`` spares gathering them again where a map was drawn of the same workspace.

    Raises
    ------
    NothingYetError
        when neither coverage nor a plan was computed yet.
    """
    settings = workspace.settings
    contents = contents_of(workspace) if contents is None else contents
    plan, before, inputs = _newest(workspace)
    figures = ReportFigures(
        settings=settings,
        stations=contents.stations,
        before=before,
        plan=plan,
        national=_stored_national(workspace),
        inputs=inputs,
        made_on=contents.made_on,
    )
    return Report(figures, contents, language)


def write_report(workspace: Workspace, output: Path, *, language: Language = CHINESE) -> list[Path]:
    """Write ``report.html``, ``coverage.csv`` and ``plan.csv`` into a folder; returns the files.

    Coverage by the national standard is measured first where the workspace has none yet.
    """
    _measure_national(workspace)
    report = report_of(workspace, language=language)
    output.mkdir(parents=True, exist_ok=True)
    texts = {
        "report.html": report.html(),
        "coverage.csv": csv_text(coverage_rows(report.figures)),
        "plan.csv": csv_text(plan_rows(report.figures)),
    }
    for name, text in texts.items():
        write_text(output / name, text)
    return [output / name for name in texts]


def _newest(workspace: Workspace) -> tuple[SitingPlan | None, Coverage, dict[str, str]]:
    """Return the newest plan, coverage before it, and what they were computed from."""
    kept = workspace.newest_result("plan")
    if kept is not None:
        plan = SitingPlan.from_dict(dict(kept.body))
        return plan, plan.before, {**plan.inputs, "computed": kept.created_at}
    kept = workspace.newest_result("coverage")
    if kept is None:
        raise NothingYetError(
            f"{workspace.folder} has no coverage and no plan yet: run yizhan coverage, then "
            "yizhan plan --new 12"
        )
    inputs = {name: str(value) for name, value in kept.inputs.items()}
    return None, Coverage.from_dict(dict(kept.body)), inputs | {"computed": kept.created_at}


def _stored_national(workspace: Workspace) -> Coverage | None:
    """Return the newest coverage by the national standard, None where it was never measured."""
    for result in workspace.results("coverage"):
        if result.body.get("standard") == "national":
            return Coverage.from_dict(dict(result.body))
    return None


def _measure_national(workspace: Workspace) -> None:
    """Measure coverage by the national standard where the inputs have changed since."""
    demand, stations = workspace.demand(), workspace.stations()
    network, settings = workspace.network(), workspace.settings
    inputs = {
        "demand": demand.content_hash,
        "stations": stations.content_hash,
        "network": network.content_hash,
        "standard": "national",
        "national": _national_words(settings),
    }
    for result in workspace.results("coverage"):
        if all(result.inputs.get(name) == value for name, value in inputs.items()):
            return
    coverage = measure_coverage(demand, stations, network, settings, standard="national")
    workspace.save_result("coverage", inputs=inputs, body=coverage.as_dict())


def _national_words(settings: Settings) -> str:
    standard = settings.national
    return f"{standard.mode} {standard.cutoff_s:g} s {standard.radius_m or 0:g} m"
