"""Claims about the report: its figures, its file and its tables."""

from __future__ import annotations

import csv
import html
import io
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from data.files.csv_text import csv_text
from data.vocabulary import SAMPLE_NOTICE
from data.workspace import Workspace
from planning.coverage.rounding import half_up
from planning.siting.plan import SitingPlan
from web.languages import CHINESE, ENGLISH
from web.reports.pages import report_of, write_report
from web.reports.tables import coverage_rows, plan_rows
from web.site.input_labels import input_value_words
from web.site.number_words import count, gap_words, hours_words, points, share, two_digits

if TYPE_CHECKING:
    from pathlib import Path

    from web.reports.pages import Report


@pytest.fixture(scope="module")
def city(city_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The small city, to be written to: a report measures what is missing."""
    folder = tmp_path_factory.mktemp("report") / "city"
    shutil.copytree(city_folder, folder)
    return Workspace.open(folder)


@pytest.fixture(scope="module")
def report(city: Workspace) -> Report:
    return report_of(city)


@pytest.fixture
def plan(city: Workspace) -> SitingPlan:
    result = city.newest_result("plan")
    assert result is not None
    return SitingPlan.from_dict(dict(result.body))


def _read(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))


def test_the_files_open_in_a_spreadsheet_with_every_figure(
    city: Workspace, plan: SitingPlan, tmp_path: Path
) -> None:
    files = write_report(city, tmp_path / "report")
    names = ["report.html", "coverage.csv", "plan.csv", "effective.csv", "longer_hours.csv"]
    assert [file.name for file in files] == names
    assert (tmp_path / "report" / "coverage.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    rows = _read(tmp_path / "report" / "coverage.csv")
    assert {row["when"] for row in rows} == {"before", "after"}
    assert {row["standard"] for row in rows} == {"group", "national"}
    total = next(
        row
        for row in rows
        if (row["group"], row["when"], row["standard"]) == ("all", "after", "group")
    )
    assert int(total["within_one"]) == half_up(plan.covered_after)
    assert all(row["notice"] == SAMPLE_NOTICE for row in rows)
    sites = _read(tmp_path / "report" / "plan.csv")
    assert [row["site_id"] for row in sites] == [site.site_id for site in plan.sites]
    added = sum(int(row["adds_workers"]) for row in sites)
    assert added == half_up(plan.covered_after) - half_up(plan.covered_before)


def test_the_second_report_measures_nothing_again(city: Workspace, tmp_path: Path) -> None:
    write_report(city, tmp_path)
    before = len(city.results("coverage"))
    write_report(city, tmp_path)
    assert len(city.results("coverage")) == before


def test_a_cell_that_looks_like_a_formula_is_harmless() -> None:
    text = csv_text([["=1+1", "+2", "-3", "@x", "a=b", -4.5]])
    assert next(csv.reader(io.StringIO(text.lstrip("\ufeff")))) == [
        "'=1+1", "'+2", "'-3", "'@x", "a=b", "-4.5",
    ]  # fmt: skip


def test_the_page_is_one_file_with_the_words_and_figures_of_the_standard(report: Report) -> None:
    html = report.html()
    for word in ("看得见", "找得到", "进得来", "用得上", "1 公里、15 分钟", "名义覆盖", "直线"):
        assert word in html
    assert SAMPLE_NOTICE in html
    assert "http" not in html.replace("http://example.org", "")
    assert "<script" not in html
    assert "<link" not in html.replace('<link rel="icon" href="data:,">', "")
    assert report.figures.manifest()[:16] in html
    for name, value in report.figures.inputs.items():
        assert input_value_words(name, value, CHINESE) in html


def test_the_lead_says_before_after_and_proof(report: Report, plan: SitingPlan) -> None:
    html = report.body
    assert count(plan.covered_before) in html
    assert f"{count(half_up(plan.covered_after) - half_up(plan.covered_before))} 人" in html
    assert "已证明" in html


def test_the_three_gaps_are_the_largest_of_all_groups_and_districts_that_remain(
    report: Report, plan: SitingPlan
) -> None:
    missing = {
        (row.group, row.district): row.workers - row.within_one
        for row in plan.after.rows
        if "all" not in {row.group, row.district}
    }
    largest = sorted(missing, key=missing.__getitem__, reverse=True)[:3]
    gaps = report.figures.gaps()
    assert [(gap.group, gap.district) for gap in gaps] == largest
    for gap in gaps:
        assert gap.workers - gap.within_one == pytest.approx(
            missing[gap.group, gap.district], abs=1.5
        )
        assert f"{count(gap.workers - gap.within_one)} 人" in report.body


def test_one_group_may_have_all_three_gaps(report: Report, plan: SitingPlan) -> None:
    rows = tuple(
        replace(row, within_one=0.0, within_two=0.0, workers=1e5 if row.group == "courier" else 9.0)
        for row in plan.after.rows
    )
    after = replace(plan.after, rows=rows)
    figures = replace(report.figures, plan=replace(plan, after=after))
    gaps = figures.gaps()
    assert [gap.group for gap in gaps][:2] == ["courier", "courier"]


def test_a_group_that_no_new_station_serves_is_told_with_what_would(
    city: Workspace, report: Report, plan: SitingPlan
) -> None:
    assert {site.kind for site in plan.sites} == {"station"}
    assert report.figures.left_out() == ()
    settings = city.settings
    kinds = frozenset({"driver_home", "service_centre", "base"})
    groups = tuple(
        replace(group, kinds=kinds) if group.id == "sanitation_worker" else group
        for group in settings.groups
    )
    figures = replace(report.figures, settings=replace(settings, groups=groups))
    (out,) = figures.left_out()
    row = plan.after.row("sanitation_worker")
    assert out.group == "sanitation_worker"
    assert out.missing == pytest.approx(row.workers - row.within_one, abs=1.5)
    assert out.kinds[0] == "driver_home"  # made for fewest groups
    assert set(out.kinds) == kinds
    told = replace(report, figures=figures).body
    assert "新建的驿站不服务环卫工人" in told
    assert f"{count(out.missing)} 人，要靠司机之家、服务基地或服务中心。" in told
    english = replace(report, figures=figures, language=ENGLISH).body
    assert "do not serve this group: sanitation worker." in english
    assert "driver home, service base or service centre." in english


def test_the_tables_name_places_as_the_pages_do(report: Report) -> None:
    heading, *rows = plan_rows(report.figures)
    place = heading.index("place")
    assert [row[place] for row in rows] == list(report.figures.places)
    assert all("路" in str(row[place]) for row in rows)
    assert all(str(row[place]) in html.unescape(report.body) for row in rows)
    assert "全市" not in csv_text(coverage_rows(report.figures))
    assert "Whole city" not in csv_text(coverage_rows(report.figures))


def test_the_english_report_says_the_same_in_english(city: Workspace) -> None:
    html = report_of(city, language=ENGLISH).body
    assert "Nominal coverage" in html
    assert "By the national standard: 1 km, 15 minutes" in html


def test_the_manifest_and_the_hours_are_written_in_the_readers_language(report: Report) -> None:
    assert '<th scope="row">站点登记</th>' in report.body
    assert '<th scope="row">stations</th>' not in report.body
    assert hours_words("24小时", CHINESE) == "24小时"
    assert hours_words("周末 24 小时", ENGLISH) == "周末 24 h"
    assert hours_words("8:00-18:00", ENGLISH) == "8:00-18:00"


def test_numbers_are_written_for_people() -> None:
    assert count(12345.6) == "12,346"
    assert share(1, 3) == "33.3 %"
    assert share(0, 0) == "–"
    assert points(10, 5, 100) == "−5.0"
    assert [gap_words(gap) for gap in (0.0, 0.004, 0.0313)] == ["0.01 %", "0.40 %", "3.2 %"]
    assert [two_digits(v) for v in (0, 0.0621, 7.12, 86.4, 1432)] == [
        "0",
        "0.062",
        "7.1",
        "86",
        "1,400",
    ]
