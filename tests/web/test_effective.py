"""Claims about `yizhan effective`: its figures, words, pictures and tables, on the small city."""

from __future__ import annotations

import csv
import html
import io
import json
import re
import shutil
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

from data.report_book import ReportBook
from data.stations import Stations
from data.workspace import Workspace
from planning.coverage.effective import MEASURES, EffectiveCoverage
from planning.coverage.effective_rows import effective_rows
from planning.coverage.evidence import ServiceEvidence
from planning.coverage.extended_hours import LongerHours
from web.app import create_app
from web.languages import CHINESE, ENGLISH
from web.reports.effective_drawing import draw_week
from web.reports.effective_labels import (
    basis_sentence,
    headline,
    longer_sentence,
    lost_words,
    night_sentence,
    truth_sentence,
)
from web.reports.effective_picture import draw_effective
from web.reports.effective_section import EffectiveSection
from web.reports.effective_table import hour_rows, longer_rows, summary_rows
from web.reports.effective_week import BREAKS, step_of
from web.reports.pages import report_of, write_report
from web.services.effective import (
    EffectiveAnswer,
    doubted_version,
    effective_of,
    kept_effective,
)
from web.services.freshness import present_inputs

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Cli
    from playwright.sync_api import BrowserContext


@pytest.fixture
def town(city_folder: Path, tmp_path: Path) -> Workspace:
    """The small city, to be written to."""
    shutil.copytree(city_folder, tmp_path / "town")
    return Workspace.open(tmp_path / "town")


def _shares(day: float, night: float) -> EffectiveCoverage:
    present, effective = np.full((2, 1, 7, 24), 100.0), np.full((2, 1, 7, 24), 100.0 * night)
    effective[..., 6:22] = 100.0 * day
    known = {"effective": effective, "possible": effective.copy()}
    tables = {name: present.copy() for name in MEASURES} | known
    return EffectiveCoverage(("courier",), ("all",), **tables)


@pytest.mark.parametrize(
    ("day", "night", "zh"),
    [
        (0.8, 0.2, "夜间覆盖只有白天的四分之一"),
        (0.8, 0.22, "夜间覆盖约为白天的四分之一"),
        (0.9, 0.6, "夜间覆盖是白天的三分之二"),
        (0.5, 0.49, "夜间覆盖与白天相近"),
        (0.4, 0.6, "夜间覆盖高于白天"),
        (0.9, 0.01, "夜间几乎没有覆盖"),
        (0.0, 0.0, ""),
    ],
)
def test_the_title_compares_night_and_day_by_a_part_that_people_say(
    day: float, night: float, zh: str
) -> None:
    assert night_sentence(_shares(day, night), "all", CHINESE) == zh
    assert headline(_shares(day, night), "all", CHINESE).startswith(zh or "名义覆盖")


def test_a_title_of_a_group_names_it() -> None:
    assert night_sentence(_shares(0.8, 0.2), "courier", CHINESE).startswith("快递员夜间覆盖只有")
    said = night_sentence(_shares(0.8, 0.2), "courier", ENGLISH)
    assert said == "Couriers: coverage at night is a quarter of the day's"


def test_longer_hours_are_said_with_people_and_hours() -> None:
    one = LongerHours("S1", "站", "after", 3, 1239.6, 9000.2, {"delivery_rider": 9000.2})
    assert longer_sentence(one, CHINESE) == (
        "关门后多开 3 小时，平均每天多覆盖 1,240 人，都是外卖配送员；一周 9,000 人时"
    )
    assert "1,240 workers gained" in longer_sentence(one, ENGLISH)


def test_the_command_tells_shares_range_and_stations(town: Workspace, cli: Cli) -> None:
    told = cli("effective", "-w", town.folder, "--json").json
    whole = next(row for row in told["rows"] if row["group"] == row["district"] == "all")
    assert whole["effective"] <= whole["possible"] <= whole["nominal"] <= whole["present"]
    assert whole["share_effective"] < whole["share_nominal"]  # 8:00-18:00 is not the whole day
    assert whole["share_night"] == 0.0 < whole["share_night_possible"]  # one says no hours
    assert told["tests_basics"] is True
    assert whole["present"] == pytest.approx(np.sum(told["week"]["present"]), rel=1e-3)
    assert told["evidence"]["unknown_hours"] == 1
    assert told["longer_hours"][0]["hours"] == 3
    words = cli("effective", "-w", town.folder).out
    assert "Of 11 open stations the register states: for 1 no hours that can be read, " in words
    assert "open 3 hours longer" in words
    assert "The demand knows no hours" in words


def test_the_whole_is_counted_against_nominal_coverage_of_the_register(
    town: Workspace, cli: Cli
) -> None:
    """Where everybody counts at every hour, the nominal share is that of `yizhan coverage`."""
    nominal = cli("coverage", "-w", town.folder, "--json").json["rows"]
    rows = cli("effective", "-w", town.folder, "--json").json["rows"]
    truth = {(row["group"], row["district"]): row["share_one"] for row in nominal}
    assert len(rows) > 8
    for row in rows:
        assert row["share_nominal"] == pytest.approx(truth[row["group"], row["district"]], abs=2e-4)


def test_the_answer_of_a_plain_week_is_kept_with_the_hashes_and_that_of_a_real_week_is_not(
    town: Workspace, cli: Cli
) -> None:
    assert kept_effective(town, present_inputs(town)) is None
    cli("effective", "-w", town.folder, "--week-of", "2026-10-01")
    assert town.results("effective") == ()
    assert cli("effective", "-w", town.folder, "--longer-hours", "2").code == 0
    (kept,) = town.results("effective")
    assert kept.inputs["stations"] == town.stations().content_hash
    again = EffectiveAnswer.of_result(kept)
    assert again.longer[0].hours == 2
    assert kept_effective(town, present_inputs(town)) is not None
    assert kept_effective(town, present_inputs(town) | {"demand": "another"}) is None
    cli("effective", "-w", town.folder, "--longer-hours", "2")
    assert len(town.results("effective")) == 1  # it would say the same
    told = json.loads(json.dumps(again.as_dict()))
    assert told["coverage"]["districts"][0] == "all"


def test_one_group_is_told_and_ranked_alone(town: Workspace, cli: Cli) -> None:
    told = cli("effective", "-w", town.folder, "--group", "courier", "--json").json
    assert {row["group"] for row in told["rows"]} == {"courier"}
    assert all(set(one["by_group"]) == {"courier"} for one in told["longer_hours"])


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--group", "baker"), "the demand has truck_driver"),
        (("--group", "ride_hailing_driver"), "nobody of this group"),
        (("--week-of", "tomorrow"), "%Y-%m-%d"),
        (("--longer-hours", "13"), "1<=x<=12"),
        (("-o", "week.html"), "ends in .png"),
        (("-o", "week"), "ends in .png"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(
    town: Workspace, cli: Cli, words: tuple[str, ...], says: str
) -> None:
    answer = cli("effective", "-w", town.folder, *words)
    assert answer.code == 2
    assert says in answer.err
    assert answer.out == ""


def test_a_workspace_with_nothing_says_what_to_run(empty_folder: Path, cli: Cli) -> None:
    answer = cli("effective", "-w", empty_folder)
    assert answer.code == 2
    assert "run yizhan" in answer.err


def test_the_table_holds_every_hour_and_its_sums_are_the_figures(
    town: Workspace, cli: Cli, tmp_path: Path
) -> None:
    path = tmp_path / "week.csv"
    assert cli("effective", "-w", town.folder, "-o", path).code == 0
    rows = list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"))))
    whole = [row for row in rows if row["group"] == row["district"] == "all"]
    assert len(whole) == 7 * 24
    told = cli("effective", "-w", town.folder, "--json").json["rows"][0]
    for name in MEASURES:
        assert sum(float(row[name]) for row in whole) == pytest.approx(told[name], rel=1e-4)
    assert all("示意数据" in row["notice"] for row in rows)


def test_tables_for_the_report_have_one_width(town: Workspace) -> None:
    answer = effective_of(town)
    for rows in (
        hour_rows(answer.coverage, group="courier"),
        summary_rows(answer.coverage, sample=True),
        longer_rows(answer),
    ):
        assert len(rows) > 1
        assert {len(row) for row in rows} == {len(rows[0])}


def test_a_share_falls_into_the_class_whose_lower_end_it_reaches() -> None:
    assert [step_of(share) for share in (0.0, 0.0999, 0.1, 0.55, 0.99, 1.0)] == [1, 1, 2, 5, 7, 7]
    assert list(BREAKS) == sorted(BREAKS)


@pytest.mark.parametrize("ending", [".png", ".svg", ".pdf"])
def test_a_picture_is_written_whole(town: Workspace, cli: Cli, tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"week{ending}"
    answer = cli("effective", "-w", town.folder, "-o", path, "--group", "courier", "--english")
    assert answer.code == 0, answer.err
    head = {".png": b"\x89PNG", ".svg": b"<?xml", ".pdf": b"%PDF"}[ending]
    assert path.read_bytes().startswith(head)
    assert list(tmp_path.glob("week*")) == [path]


def test_the_cells_of_the_picture_are_the_classes_of_the_shares(tmp_path: Path) -> None:
    """Both classes take their part of the picture, and lie far apart in grey."""
    draw_effective(_shares(0.9, 0.05), tmp_path / "a.png", city="X", language=ENGLISH)
    with Image.open(tmp_path / "a.png") as picture:
        counted = picture.convert("RGB").getcolors(maxcolors=1 << 24) or []
    colours: dict[Any, int] = {colour: n for n, colour in counted}
    night, day = (0xEE, 0xF3, 0xCF), (0x2B, 0x3F, 0x70)
    assert colours[day] / colours[night] == pytest.approx(2.0, rel=0.25)  # 16 hours to 8
    grey = [0.299 * r + 0.587 * g + 0.114 * b for r, g, b in (night, day)]
    assert grey[0] - grey[1] > 150


def test_the_report_says_both_coverages_and_the_page_only_what_is_kept(
    town: Workspace, tmp_path: Path
) -> None:
    assert "名义与有效覆盖" not in report_of(town).body
    write_report(town, tmp_path / "report")
    report = report_of(town)
    assert report.effective is not None
    body = report.body
    assert body.count("<h2>名义与有效覆盖</h2>") == 1
    whole = report.effective.by_group[-1]
    assert (whole.group, whole.district) == ("all", "all")
    for share in (whole.share("nominal"), whole.share("effective")):
        assert f"{100 * share:.1f}%" in body
    assert report.effective.longer[0].name in html.unescape(body)
    assert "个从未核对" in body
    assert body.count('class="weeks"') == 1
    for name in ("effective.csv", "longer_hours.csv"):
        rows = list(
            csv.DictReader(io.StringIO((tmp_path / "report" / name).read_text("utf-8-sig")))
        )
        assert rows
        assert all("示意数据" in row["notice"] for row in rows)
    client = create_app(town.folder, testing=True).test_client()
    assert "<h2>Nominal and effective coverage</h2>" in client.get("/report?lang=en").text
    assert client.get("/report/effective.csv").text.count("\r\n") > 5
    assert "S" in client.get("/report/longer_hours.csv").text


def test_a_register_of_another_day_takes_its_effective_coverage_along(
    town: Workspace, tmp_path: Path
) -> None:
    effective_of(town)
    frame = town.stations().frame
    town.replace_stations(Stations(frame.iloc[::2].reset_index(drop=True)))
    assert kept_effective(town, present_inputs(town)) is None
    write_report(town, tmp_path)
    assert kept_effective(town, present_inputs(town)) is not None
    assert len(town.results("effective")) == 2
    write_report(town, tmp_path)
    assert len(town.results("effective")) == 2


def test_the_drawn_week_has_a_cell_for_every_hour_and_hatches_where_nobody_is() -> None:
    present = np.full((2, 1, 7, 24), 100.0)
    present[..., :4] = 0.0
    tables = {name: present.copy() for name in MEASURES}
    tables["effective"] = present * np.where(np.arange(24) < 12, 0.2, 0.8)
    picture = draw_week(EffectiveCoverage(("courier",), ("all",), **tables), "<t>", CHINESE)
    assert 'aria-label="&lt;t&gt;"' in picture
    cells = re.findall(
        r'<rect class="(ramp-\d|week-nobody)" x="[\d.]+" y="[\d.]+" width="([\d.]+)"', picture
    )
    wide = {look: sum(float(w) for one, w in cells if one == look) for look, _ in cells}
    hour = wide["week-nobody"] / (7 * 4)
    assert wide == {"week-nobody": 28 * hour, "ramp-2": 56 * hour, "ramp-6": 84 * hour}
    assert f"M{24 + 4 * hour:g} " in picture  # the line begins at four o'clock


def _answer(measured: EffectiveCoverage, **changes: Any) -> EffectiveAnswer:  # noqa: ANN401 - fields of any type
    evidence = ServiceEvidence(
        stations=127, unknown_hours=31, unknown_access=5, checked=60, never_checked=7,
        on="2026-11-23",
    )  # fmt: skip
    return EffectiveAnswer(measured, (), evidence, knows_hours=True, **changes)


def test_unknown_hours_are_counted_and_leave_a_range() -> None:
    measured = _shares(0.5, 0.2)
    possible = measured.effective + 15.0
    wide = EffectiveCoverage(
        measured.groups,
        measured.districts,
        measured.present.copy(),
        measured.nominal.copy(),
        possible,
        measured.effective.copy(),
    )
    answer = _answer(wide)
    assert truth_sentence(answer, "all", ENGLISH) == (
        "Of 127 open stations the register states: for 31 no hours that can be read, 5 no way in; "
        "the truth lies between 40.0 % (what is stated) and 55.0 % (what is not stated counts too)."
    )
    said = truth_sentence(answer, "all", CHINESE)
    assert "真实值在 40.0 %（已写明的才算）与 55.0 %（没写的也算）之间" in said
    assert "40.0–55.0 %" in headline(wide, "all", ENGLISH) + EffectiveSection(answer, ENGLISH).lead
    (row,) = (row for row in effective_rows(wide) if row.group == "all")
    assert lost_words(row, ENGLISH) == "−45.0 to −60.0"
    assert "占 47.2 %" in EffectiveSection(answer, CHINESE).evidence
    assert "changes nothing" in truth_sentence(
        _answer(replace(measured, possible=measured.effective.copy())), "all", ENGLISH
    )


def test_a_city_without_districts_has_a_section_without_their_table() -> None:
    section = EffectiveSection(_answer(_shares(0.5, 0.2)), ENGLISH)
    assert section.by_district == []
    assert [row.group for row in section.by_group] == ["courier", "all"]
    assert "plain week" in section.evidence


@pytest.mark.parametrize(
    ("day", "settled"), [("2026-10-01", True), ("2026-12-27", True), ("2026-12-28", False)]
)
def test_a_week_whose_holidays_are_not_announced_says_so(
    town: Workspace, day: str, *, settled: bool
) -> None:
    answer = effective_of(town, week_of=date.fromisoformat(day))
    assert answer.unsettled is not settled
    assert ("未公布" in basis_sentence(answer, CHINESE)) is not settled


def test_a_station_that_two_workers_found_locked_serves_nobody_in_effect(
    town: Workspace, tmp_path: Path
) -> None:
    before = effective_of(town)
    client = create_app(town.folder, testing=True).test_client()
    serving = town.stations().frame.query("status == 'open' and hours != ''")["id"].tolist()
    for station in serving:
        for device in ("a" * 24, "b" * 24):
            report = {
                "station": station, "what": "locked", "device": device,
                "when": datetime.now(UTC).isoformat(), "nonce": f"{station}-{device}"[:40],
            }  # fmt: skip
            ReportBook(town).take_report(**report)
    after = effective_of(town)
    assert before.coverage.share("effective") > 0
    assert after.coverage.share("effective") == 0.0
    assert after.coverage.share("nominal") == pytest.approx(before.coverage.share("nominal"))
    assert after.evidence.doubted == len(serving)
    assert "尚未解决" in EffectiveSection(after, CHINESE).evidence
    assert doubted_version(town) == after.inputs["doubted"] != before.inputs["doubted"]
    assert client.get("/report").status_code == 200
    write_report(town, tmp_path / "r")
    assert report_of(town).answer is not None


@pytest.mark.browser
@pytest.mark.xdist_group("browser")
def test_a_phone_shows_the_whole_week_without_a_scroll_in_letters_that_can_be_read(
    town: Workspace, phone: BrowserContext, tmp_path: Path
) -> None:
    write_report(town, tmp_path, language=ENGLISH)
    page = phone.new_page()
    page.goto((tmp_path / "report.html").as_uri())
    panels = page.locator(".weeks .week")
    assert panels.count() >= 2
    for box in (panel.bounding_box() for panel in panels.all()):
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 360
    letters = page.evaluate(
        "[...document.querySelectorAll('.weeks text')].map((text) => "
        "parseFloat(getComputedStyle(text).fontSize) * text.getScreenCTM().a)"
    )
    assert min(letters) >= 9
    titles = page.evaluate(
        "[...document.querySelectorAll('.weeks .week')].map((one) => {"
        "const [name, shares] = one.querySelectorAll('text');"
        "return shares.getBoundingClientRect().left - name.getBoundingClientRect().right; })"
    )
    assert min(titles) > 0
