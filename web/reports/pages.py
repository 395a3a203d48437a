"""The official's report: one HTML file that prints well, and its figures as CSV files."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Final

from markupsafe import Markup, escape

from data.atomic import write_text
from data.files.csv_text import csv_text
from planning.coverage.aims import aim_counts
from planning.siting.whole_workers import in_whole_plan, in_whole_workers
from web.labels.places import site_names
from web.labels.plans import PlanWords
from web.languages import CHINESE
from web.maps.city_map import CityContents, contents_of, source_of
from web.maps.city_picture import picture_of, shows_a_part
from web.reports.document_access import access_section
from web.reports.document_running import money_section, running_section, targets_section
from web.reports.effective_section import EffectiveSection
from web.reports.effective_table import longer_rows, summary_rows
from web.reports.figures import ReportFigures
from web.reports.first_page import asked_section, counting_section
from web.reports.lead import lead_of, left_out_words, standard_name, today_words
from web.reports.office_words import office_text
from web.reports.tables import coverage_rows, plan_rows
from web.services.access import kept_access
from web.services.effective import kept_effective
from web.services.report_basis import basis_of, prepare_report
from web.services.running import running_figures
from web.site.number_words import standard_words
from web.site.pages import render

if TYPE_CHECKING:
    from pathlib import Path

    from data.workspace import Workspace
    from planning.coverage.nominal import Coverage
    from web.languages import Language
    from web.reports.document import Section
    from web.reports.tables import Row
    from web.services.access import KeptAccess
    from web.services.effective import EffectiveAnswer
    from web.services.report_basis import Basis
    from web.services.running import RunningFigures


_OF_RUNNING: Final = (running_section, targets_section, money_section)


@dataclass(frozen=True, eq=False)
class Report:
    """A report in one language: its figures and the picture of the city."""

    figures: ReportFigures
    contents: CityContents
    language: Language
    answer: EffectiveAnswer | None = None
    access: KeptAccess | None = None
    running: RunningFigures | None = None

    @property
    def effective(self) -> EffectiveSection | None:
        """The section on effective coverage; None where it was not computed of these inputs."""
        return None if self.answer is None else EffectiveSection(self.answer, self.language)

    @property
    def counting(self) -> Section:
        """How the figures are counted."""
        return counting_section(self.figures, self.language)

    @property
    def asked(self) -> Section | None:
        """What is asked of the reader; None where nothing is."""
        return asked_section(self.figures, self.words, self.running, self.language)

    @property
    def beside(self) -> tuple[Section, ...]:
        """Further sections of the document: access, how stations are run, targets, money."""
        t, running = self.language, self.running
        found: list[Section | None] = []
        if self.access is not None:
            found.append(access_section(self.access, t))
        if running is not None:
            found += [made(running, t) for made in _OF_RUNNING]
        return tuple(section for section in found if section is not None)

    def effective_rows(self) -> list[Row]:
        """Return effective coverage for a spreadsheet; nothing where it was not computed."""
        sample = self.figures.settings.sample
        return [] if self.answer is None else summary_rows(self.answer.coverage, sample=sample)

    def longer_rows(self) -> list[Row]:
        """Return the stations to open longer; nothing where they were not computed."""
        sample = self.figures.settings.sample
        return [] if self.answer is None else longer_rows(self.answer, sample=sample)

    def in_language(self, t: Language) -> Report:
        """Return the same report in another language."""
        plan = self.figures.plan
        names = () if plan is None else site_names(plan, self.contents.network, t)
        return replace(self, language=t, figures=replace(self.figures, places=names))

    @property
    def title(self) -> str:
        """The title of the page."""
        t, figures = self.language, self.figures
        return t("{city}驿站覆盖报告", city=figures.city if t.is_chinese else figures.settings.name)

    @property
    def heading(self) -> Markup:
        """The title, with the places where its Chinese may break."""
        return Markup(re.sub("(?=驿站|覆盖|报告)", "<wbr>", str(escape(self.title))))  # noqa: S704 - escaped

    @property
    def lead(self) -> str:
        """The first paragraph."""
        return lead_of(self.figures, self.words, self.language)

    @property
    def words(self) -> PlanWords | None:
        """The plan in words; None without one."""
        figures = self.figures
        return (
            None if figures.plan is None else PlanWords(figures.plan, self.language, figures.places)
        )

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
            words=self.words,
            aims=()
            if figures.stations is None
            else aim_counts(figures.stations, figures.settings.groups),
            picture=picture_of(self.contents, t),
            shows_a_part=shows_a_part(self.contents),
            source=source_of(figures.settings, t),
            standard_words=standard_words,
            standard_name=standard_name,
            left_out_words=left_out_words,
            today=today_words(figures, t),
            by_group_standard=figures.before.standard == "group",
            effective=self.effective,
        )
        return Markup(office_text(html, t))  # noqa: S704 - our own template, which escapes

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
    basis = basis_of(workspace)
    contents = _belonging(contents_of(workspace) if contents is None else contents, basis)
    plan = None if basis.plan is None else in_whole_plan(basis.plan)
    names = () if plan is None else site_names(plan, contents.network, language)
    beside = None if plan is None else plan.beside
    figures = ReportFigures(
        settings=settings,
        stations=contents.stations,
        before=in_whole_workers(basis.before) if plan is None else plan.before,
        plan=plan,
        other=_whole_other(basis.other) if beside is None else beside.before,
        inputs=basis.inputs,
        made_on=contents.made_on,
        places=names,
        outdated=basis.outdated,
    )
    return Report(
        figures,
        contents,
        language,
        kept_effective(workspace, basis.inputs),
        kept_access(workspace, basis.inputs),
        running_figures(workspace),
    )


def _whole_other(other: Coverage | None) -> Coverage | None:
    return None if other is None else in_whole_workers(other)


def _belonging(contents: CityContents, basis: Basis) -> CityContents:
    """Leave out of the contents what the figures of the report are not about."""
    changed = () if basis.outdated is None else basis.outdated.changed
    if basis.plan is None and contents.plan is not None:
        return replace(contents, plan=None)
    if basis.outdated is None:
        return contents
    return replace(
        contents,
        stations=None if "stations" in changed else contents.stations,
        covered=() if {"stations", "network"} & set(changed) else contents.covered,
    )


def write_report(workspace: Workspace, output: Path, *, language: Language = CHINESE) -> list[Path]:
    """Write ``report.html`` and its figures as CSV files into a folder; returns the files.

    Effective coverage, and coverage by the national standard, are measured first where the
    workspace has none of the present inputs yet, and that by the groups' standards where the newest
    plan is of another time.
    """
    report = prepared_report(workspace, language=language)
    return write_pages(report, output)


def prepared_report(workspace: Workspace, *, language: Language = CHINESE) -> Report:
    """Measure what a report lacks and return it."""
    prepare_report(workspace)
    return report_of(workspace, language=language)


def write_pages(report: Report, output: Path) -> list[Path]:
    """Write ``report.html`` and its figures as CSV files into a folder; returns the files."""
    output.mkdir(parents=True, exist_ok=True)
    texts = {
        "report.html": report.html(),
        "coverage.csv": csv_text(coverage_rows(report.figures)),
        "plan.csv": csv_text(plan_rows(report.figures)),
    }
    if report.answer is not None:
        texts |= {
            "effective.csv": csv_text(report.effective_rows()),
            "longer_hours.csv": csv_text(report.longer_rows()),
        }
    for name, text in texts.items():
        write_text(output / name, text)
    return [output / name for name in texts]
