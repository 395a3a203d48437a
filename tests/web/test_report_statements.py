"""Claims about what a report states: each is recomputed from the data it stands on."""

from __future__ import annotations

import csv
import html
import io
import re
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from data.files.csv_text import csv_text
from data.workspace import Workspace
from planning.coverage.aims import USABLE
from planning.coverage.nominal import Places, measure_coverage
from planning.coverage.rounding import half_up
from planning.siting.plan import SitingPlan
from planning.siting.whole_workers import in_whole_plan
from web.app import create_app
from web.labels.plans import proof_words
from web.languages import CHINESE, ENGLISH
from web.reports.effective_labels import effect_words
from web.reports.office_words import office_text
from web.reports.pages import report_of, write_report
from web.reports.tables import coverage_rows, plan_rows
from web.services.effective import effective_of
from web.services.report_basis import basis_of, complete_plan
from web.site.input_labels import input_value_words
from web.site.number_words import count, per_cent_range, points, share

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Cli

    from web.languages import Language
    from web.reports.pages import Report


@pytest.fixture(scope="module")
def city(city_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    folder = tmp_path_factory.mktemp("statements") / "city"
    shutil.copytree(city_folder, folder)
    workspace = Workspace.open(folder)
    write_report(workspace, folder / "exports")
    return workspace


@pytest.fixture(scope="module")
def report(city: Workspace) -> Report:
    return report_of(city)


@pytest.fixture(scope="module")
def plan(city: Workspace) -> SitingPlan:
    result = city.newest_result("plan")
    assert result is not None
    return SitingPlan.from_dict(dict(result.body))


def _text(page: str) -> str:
    """The words of a page as they are read, white space made one."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", page)).split())


def _first_page(report: Report) -> str:
    return _text(report.body.split("<figure>")[0])


def _csv(report: Report) -> list[dict[str, str]]:
    return list(
        csv.DictReader(io.StringIO(csv_text(coverage_rows(report.figures)).lstrip("\ufeff")))
    )


def test_every_headline_says_today_first_and_then_what_the_plan_would_make_of_it(
    city: Workspace, report: Report, plan: SitingPlan
) -> None:
    before, after = plan.before.row(), plan.after.row()
    n_open = int((city.stations().frame["status"] == "open").sum())
    page = _first_page(report)
    for low, high in (
        (share(before.within_one, before.workers), share(after.within_one, before.workers)),
        (share(before.within_two, before.workers), share(after.within_two, before.workers)),
        (count(n_open), count(n_open + len(plan.sites))),
    ):
        assert office_text(f"{low} 今天 → 建成后 {high}", CHINESE) in page
    figures = re.search(r'<dl class="figures">.*?</dl>', report.body, re.DOTALL)
    assert figures is not None
    large = re.findall(r'<dd class="large">([^<]*)<small>([^<]*)</small>', figures[0])
    assert len(large) == 5  # one and two stations by each standard, and the open stations
    assert large[0][0] != large[2][0]
    assert figures[0].index("全国标准") < figures[0].index("各工种标准")
    assert all(word == "今天" for _, word in large)


def test_both_standards_stand_on_the_first_page_before_and_after_as_measured_anew(
    city: Workspace, report: Report, plan: SitingPlan
) -> None:
    """The plan's effect by the national standard, measured as if its sites stood and were open."""
    inputs = city.demand(), city.stations(), city.network(), city.settings
    lonlat = np.array([(site.lon, site.lat) for site in plan.sites])
    places = Places(lonlat, tuple(site.kind for site in plan.sites))
    rows = {
        (standard, extra is not None): measure_coverage(
            *inputs, standard=standard, extra_places=extra
        ).row()
        for standard in ("group", "national")
        for extra in (None, places)
    }
    page = _first_page(report)
    told = {(row["standard"], row["when"]): row for row in _csv(report) if _whole(row)}
    for standard, name in (("group", "各工种标准"), ("national", "全国标准")):
        before, after = rows[standard, False], rows[standard, True]
        shares = [share(row.within_one, row.workers) for row in (before, after)]
        said = f"覆盖率 · {name} {shares[0]} 今天 → 建成后 {shares[1]}"
        assert office_text(said, CHINESE) in page
        gained = half_up(after.within_one) - half_up(before.within_one)
        assert f"按{name}新覆盖 {count(gained)} 人" in page
        for when, row in (("before", before), ("after", after)):
            assert int(told[standard, when]["within_one"]) == half_up(row.within_one)


def _whole(row: dict[str, str]) -> bool:
    return row["group"] == row["district"] == "all"


def test_a_plan_of_an_older_version_is_measured_by_the_other_standard_when_it_is_reported(
    city_folder: Path, tmp_path: Path
) -> None:
    shutil.copytree(city_folder, tmp_path / "old")
    workspace = Workspace.open(tmp_path / "old")
    kept = workspace.newest_result("plan")
    assert kept is not None
    body = {name: value for name, value in kept.body.items() if name != "beside"}
    workspace.save_result("plan", inputs=kept.inputs, body=body)
    assert basis_of(workspace).plan.beside is None  # type: ignore[union-attr]
    complete_plan(workspace)
    complete_plan(workspace)  # the second time it is there
    made = basis_of(workspace).plan
    assert made is not None
    assert made.beside is not None
    assert made.beside.as_dict() == kept.body["beside"]
    assert len(workspace.results("plan")) == 3


def test_parts_add_to_the_printed_whole_and_differences_to_what_is_printed(
    report: Report,
) -> None:
    rows = _csv(report)
    names = ("workers", "within_one", "within_two", "straight_one", "straight_two")
    for standard in ("group", "national"):
        for when in ("before", "after"):
            told = [row for row in rows if (row["standard"], row["when"]) == (standard, when)]
            whole = next(filter(_whole, told))
            for name in names:
                for one, other in (("group", "district"), ("district", "group")):
                    parts = [row for row in told if row[one] != "all" and row[other] == "all"]
                    assert sum(int(row[name]) for row in parts) == int(whole[name])
                cells = [row for row in told if "all" not in {row["group"], row["district"]}]
                assert sum(int(row[name]) for row in cells) == int(whole[name])
            for row in told:
                assert int(row["within_two"]) <= int(row["within_one"]) <= int(row["workers"])
    heading, *sites = plan_rows(report.figures)
    figures = report.figures
    assert figures.plan is not None
    gained = figures.plan.covered_after - figures.plan.covered_before
    column = heading.index("adds_workers")
    assert sum(int(site[column]) for site in sites) == gained
    by_group = [number for number, name in enumerate(heading) if str(name).startswith("adds_")]
    for site in sites:
        assert sum(int(site[number]) for number in by_group[1:]) == site[column]
    before, after = figures.before.row(), figures.newest.row()
    shares = [float(share(row.within_one, row.workers)[:-2]) for row in (before, after)]
    change = points(before.within_one, after.within_one, before.workers)
    assert float(change) == pytest.approx(shares[1] - shares[0], abs=1e-9)


def test_points_are_the_difference_of_the_shares_beside_them() -> None:
    for before in range(0, 1000, 7):
        for after in range(before, 1000, 13):
            printed = [float(share(part, 999)[:-2]) for part in (before, after)]
            change = points(before, after, 999).replace("−", "-")
            assert float(change) == pytest.approx(printed[1] - printed[0], abs=1e-9)


def test_command_line_and_pages_print_the_same_workers(
    city: Workspace, report: Report, cli: Cli
) -> None:
    words = cli("coverage", "-w", city.folder).out
    for row in report.figures.before.rows:
        if row.workers > 0 and "all" in {row.group, row.district}:
            cells = (row.workers, row.within_one)
            assert re.search(r"\s+".join(re.escape(count(one)) for one in cells), words)
    assert f"{count(report.figures.before.row().within_one)} of" in words
    effective = cli("effective", "-w", city.folder).out
    section = report_of(city).effective
    assert section is not None
    parts = [row for row in section.rows if "all" in {row.group, row.district}]
    whole = section.rows[0]
    for held in parts:
        assert f" {count(held.present)} " in effective
        assert f">{count(held.present)}<" in report_of(city).body
        assert per_cent_range(held.week) in effective
    for inner in (
        [row for row in parts if row.group != "all"],
        [row for row in parts if row.district != "all"],
    ):
        assert sum(row.present for row in inner) == whole.present
        assert sum(row.effective for row in inner) == whole.effective


def test_the_plan_page_and_the_report_print_the_same_sites(city: Workspace, report: Report) -> None:
    page = _text(create_app(city.folder, testing=True).test_client().get("/plan?lang=zh").text)
    plan = report.figures.plan
    assert plan is not None
    for site in plan.sites:
        assert f" {count(site.adds_workers)} {count(site.lost_without)} " in page
        assert f" {count(site.adds_workers)} {count(site.lost_without)} " in _text(report.body)


@pytest.mark.parametrize("t", [CHINESE, ENGLISH])
def test_a_proof_says_among_which_candidates_and_for_how_many_workers(
    city: Workspace, plan: SitingPlan, t: Language
) -> None:
    best = replace(plan, status="optimal")
    sites, workers = plan.inputs["candidates"], count(half_up(plan.before.row().workers))
    assert int(sites) > len(plan.sites)
    for made in (best, plan):
        said = proof_words(made, t)
        assert f" {count(int(sites))} " in said
        assert workers in said
        assert "3" in said
    limited = replace(plan, inputs={**plan.inputs, "kind": "station:8, driver_home:4"})
    said = proof_words(limited, t)
    assert ("驿站至多 8 个、司机之家至多 4 个" in said) or ("driver home: at most 4" in said)
    old = {name: value for name, value in plan.inputs.items() if name != "candidates"}
    assert "candidate" in proof_words(replace(plan, inputs=old), ENGLISH)
    client = create_app(city.folder, testing=True).test_client()
    for path in ("/plan", "/report"):
        page = _text(client.get(f"{path}?lang={t.code}").text).lower()
        assert proof_words(in_whole_plan(plan), t).lower() in page


def test_the_command_line_says_the_same_proof(city_folder: Path, tmp_path: Path, cli: Cli) -> None:
    shutil.copytree(city_folder, tmp_path / "planned")
    folder = tmp_path / "planned"
    told = cli("plan", "-w", folder, "--new", "2")
    result = Workspace.open(folder).newest_result("plan")
    assert result is not None
    made = SitingPlan.from_dict(dict(result.body))
    assert made.beside is not None
    assert proof_words(made, ENGLISH) in told.out


def test_usable_is_said_only_where_the_basic_equipment_is_tested(
    city: Workspace, report: Report
) -> None:
    section = report.effective
    assert section is not None
    assert section.answer.tests_basics
    assert "开着门、进得来、用得上" in _text(report.body)
    answer = replace(effective_of(city), tests_basics=False)
    assert effect_words(answer, CHINESE) == "开着门、进得来"
    lax = _text(replace(report, answer=answer).body)
    assert USABLE.zh not in lax.split("看得见、找得到、进得来、用得上")[0]


def test_effective_figures_are_printed_with_both_ends(report: Report, city: Workspace) -> None:
    measured = effective_of(city).coverage
    ends = tuple(measured.share(name) for name in ("effective", "possible"))
    assert ends[0] < ends[1]
    said = per_cent_range((ends[0], ends[1]))
    assert "–" in said
    assert office_text(said, CHINESE) in _first_page(report)
    assert said in _first_page(report_of(city, language=ENGLISH))


def test_the_two_nominal_shares_of_the_first_page_say_what_they_count(report: Report) -> None:
    page = _first_page(report)
    assert "名登记的户外劳动者中" in page
    assert "按人时计（一人需要休息几个小时就算几次），名义覆盖是" in page


def test_the_aims_are_those_of_the_register(city: Workspace, report: Report) -> None:
    frame = city.stations().frame
    signs = frame["sign"][frame["status"] == "open"].tolist()
    assert signs.count("yes") > 0
    row = re.search(r'<th scope="row">看得见</th>(.*?)</tr>', report.body, re.DOTALL)
    assert row is not None
    cells = [_text(cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", row[1], re.DOTALL)][1:4]
    assert cells == [str(signs.count(word)) for word in ("yes", "no", "")]


def test_no_raw_word_stands_in_the_chinese_report(report: Report) -> None:
    raw = r"\b(group|usual|UTC|station:\d|driver_home|national|foot|optimal|within_gap)\b"
    manifest = _text(report.body)
    assert re.findall(raw, manifest) == []
    assert not re.search(r"\d{4}-\d\d-\d\dT", manifest)


@pytest.mark.parametrize(
    ("name", "value", "zh"),
    [
        ("kind", "station:8, driver_home", "驿站至多 8 个、司机之家"),
        ("when", "usual", "平常"),
        ("standard", "group", "各工种自己的标准"),
        ("national", "foot 900 s 1000 m", "步行 15 分钟、1 公里内"),
        ("national", "car 600 s 0 m", "驾车 10 分钟内"),
        ("candidates", "2357", "2,357"),
        ("computed", "2026-11-29T22:06:05Z", "2026-11-30 06:06 北京时间"),
        ("demand", "ab12", "ab12"),
    ],
)
def test_inputs_are_said_as_people_say_them(name: str, value: str, zh: str) -> None:
    assert input_value_words(name, value, CHINESE) == zh


def test_openstreetmap_is_named_only_where_its_data_are_shown(report: Report) -> None:
    assert report.figures.settings.sample
    assert "OpenStreetMap" not in report.html()
    real = replace(report.figures.settings, sample=False)
    shown = replace(report, figures=replace(report.figures, settings=real))
    assert "© OpenStreetMap contributors" in shown.html()
