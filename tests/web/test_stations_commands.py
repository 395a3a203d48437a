"""Claims about `yizhan stations`: check, import, template, history, as-of."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

import numpy as np
import openpyxl
import pytest

from data.database import Register
from data.files.register_template import NOTES, ROWS, SHEET, WORDS, template_fields
from data.osm import read_roads
from data.vocabulary import FACILITIES, KINDS
from data.workspace import Workspace
from geo.datum import Datum, from_wgs84
from geo.errors import InputError
from geo.measure import Box
from geo.network import build_network
from geo.roads import RawRoads

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Answer

    Cli = Callable[..., Answer]

BOX = Box(116.388, 33.283, 117.045, 34.250)
FIRST = """编号,名称,类型,经度,纬度,营业时间,饮水,微波炉,面积,街道
S1,相山公园户外劳动者驿站,驿站,116.812345,33.961234,8:00-18:00,有,坏,30,x
S2,烈山司机之家,司机之家,116.712345,33.861234,24小时,有,,,y
S3,杜集驿站,驿站,116.901234,33.901234,9:00-17:00,,无,,
"""
SECOND = """编号,名称,类型,经度,纬度,营业时间
S1,相山公园户外劳动者驿站,驿站,116.813345,33.961234,8:00-20:00
S9,新驿站,微站,116.612345,33.661234,
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    Workspace.create(tmp_path / "ws", name="试验市", box=BOX)
    return tmp_path / "ws"


def put(folder: Path, text: str, name: str = "r.csv") -> Path:
    path = folder.parent / name
    path.write_text(text, encoding="utf-8")
    return path


def taken(cli: Cli, folder: Path, text: str, *words: str | Path) -> Answer:
    file = put(folder, text)
    return cli("stations", "import", file, "-w", folder, "--datum", "wgs84", "--json", *words)


def test_an_import_says_what_it_reads_and_passes_over_and_adds(cli: Cli, folder: Path) -> None:
    file = put(folder, FIRST)
    answer = cli("stations", "import", file, "-w", folder, "--datum", "wgs84")
    assert answer.code == 0
    assert "3 stations taken from r.csv (wgs84)." in answer.out
    assert "9 columns read, 1 passed over: 街道." in answer.out
    assert "3 added, 0 changed, 0 unchanged, 0 missing." in answer.out


def test_a_dry_run_says_all_and_changes_nothing(cli: Cli, folder: Path) -> None:
    assert taken(cli, folder, FIRST).code == 0
    before = Workspace.open(folder).stations().content_hash
    dry = taken(cli, folder, SECOND, "--dry-run").json
    assert Workspace.open(folder).stations().content_hash == before
    assert len(Workspace.open(folder).register().imports()) == 1
    wet = taken(cli, folder, SECOND, "--missing", "remove").json
    for name in ("added", "changed", "unchanged", "missing", "moved", "fields", "missing_ids"):
        assert dry[name] == wet[name]
    assert (wet["added"], wet["changed"], wet["missing"], wet["moved"]) == (1, 1, 2, 1)
    assert wet["fields"]["hours"]["examples"] == [
        {
            "id": "S1",
            "name": "相山公园户外劳动者驿站",
            "before": "8:00-18:00",
            "after": "8:00-20:00",
        }
    ]
    assert wet["moved_most_m"] == pytest.approx(92.4, abs=0.5)


def _many(*numbers: int) -> str:
    rows = (f"N{n},驿站 {n},驿站,116.8{n:02d},33.9" for n in numbers)
    return "\n".join(["编号,名称,类型,经度,纬度", *rows, ""])


def test_a_list_that_leaves_out_more_than_a_fifth_takes_nobody_away_unsaid(
    cli: Cli, folder: Path
) -> None:
    taken(cli, folder, _many(*range(10)))
    before = Workspace.open(folder).stations().content_hash
    part = put(folder, _many(1, 2, 3, 11), "part.csv")
    words = ("stations", "import", part, "-w", folder, "--datum", "wgs84")
    refused = cli(*words)
    assert refused.code == 2
    assert refused.err == (
        "error: part.csv: leaves out 7 of the 10 stations of the register, which would be removed: "
        "say what becomes of them by --missing keep (a list of a part), close or remove\n"
    )
    assert Workspace.open(folder).stations().content_hash == before
    assert len(Workspace.open(folder).register().imports()) == 1
    dry = cli(*words, "--dry-run")
    assert (dry.code, "7 missing (removed)" in dry.out) == (0, True)
    assert "Without --missing this is refused: the file leaves out 7 of the 10" in dry.out
    assert "Without --missing" not in cli(*words, "--dry-run", "--missing", "keep").out
    assert cli(*words, "--missing", "close", "--json").json["missing"] == 7
    statuses = Workspace.open(folder).stations().frame["status"].tolist()
    assert statuses.count("closed") == 7


def test_a_list_that_leaves_out_a_fifth_takes_them_away_as_it_did(cli: Cli, folder: Path) -> None:
    taken(cli, folder, _many(*range(10)))
    answer = taken(cli, folder, _many(*range(2, 10)))
    assert (answer.code, answer.json["missing"]) == (0, 2)
    assert len(Workspace.open(folder).stations()) == 8


def test_a_list_that_puts_stations_far_off_moves_none_of_them_unsaid(
    cli: Cli, folder: Path
) -> None:
    def listed(*shifts: float) -> str:
        places = enumerate(shifts)
        rows = (f"S{at},驿站{at},驿站,{116.5 + at / 100},{33.5 + shift}" for at, shift in places)
        return "编号,名称,类型,经度,纬度\n" + "\n".join(rows)

    taken(cli, folder, listed(0, 0, 0, 0))
    before = Workspace.open(folder).stations().content_hash
    # One degree of latitude is 111.195 km on a sphere of 6,371.0088 km; 4,892 m is not far.
    file = put(folder, listed(0, 0.044, 0.046, 0.1), "far.csv")
    words = ("stations", "import", file, "-w", folder, "--datum", "wgs84")
    refused = cli(*words)
    assert refused.code == 2
    assert refused.err == (
        "error: far.csv: puts 2 of the stations of the register more than 5 km from where they "
        "were, S3 by 11.1 km: look whether their ids are those of other stations, and say --moved "
        "if they did move\n"
    )
    assert cli(*words, "--sure", "--missing", "remove").code == 2
    assert Workspace.open(folder).stations().content_hash == before
    dry = cli(*words, "--dry-run")
    assert dry.code == 0
    assert "Without --moved this is refused: the file puts 2 of the stations" in dry.out
    assert "Without --moved" not in cli(*words, "--dry-run", "--moved").out
    assert Workspace.open(folder).stations().content_hash == before
    assert cli(*words, "--moved", "--json").json["moved"] == 3
    assert Workspace.open(folder).stations().lonlat[3].tolist() == [116.53, 33.6]
    # The whole list in another datum lies half a kilometre off, which is another question.
    shifted = listed(0, 0.044, 0.046, 0.1).replace("33.5", "33.505")
    assert taken(cli, folder, shifted).code == 0


def test_what_a_file_has_no_column_for_stays_as_it_was(cli: Cli, folder: Path) -> None:
    taken(cli, folder, FIRST)
    taken(cli, folder, SECOND, "--missing", "remove")
    record = Workspace.open(folder).stations().frame.iloc[0]
    assert record["area_m2"] == 30
    assert record["facilities_broken"] == ("microwave",)
    assert record["hours"] == "8:00-20:00"


@pytest.mark.parametrize(
    ("missing", "ids", "statuses"),
    [
        ("remove", ["S1", "S9"], ["open", "open"]),
        ("keep", ["S1", "S2", "S3", "S9"], ["open"] * 4),
        ("close", ["S1", "S2", "S3", "S9"], ["open", "closed", "closed", "open"]),
    ],
)
def test_stations_that_a_file_does_not_name_are_removed_kept_or_closed(
    cli: Cli, folder: Path, missing: str, ids: list[str], statuses: list[str]
) -> None:
    taken(cli, folder, FIRST)
    answer = taken(cli, folder, SECOND, "--missing", missing, "--observed-at", "2026-11-01")
    frame = Workspace.open(folder).stations().frame
    assert (frame["id"].tolist(), frame["status"].tolist()) == (ids, statuses)
    assert answer.json["missing"] == 2
    if missing == "close":
        assert frame["status_since"].tolist() == ["", "2026-11-01", "2026-11-01", ""]
        assert frame["hours"].tolist()[1] == "24小时"


def test_closing_what_a_file_does_not_name_is_done_with_the_file_or_not_at_all(
    cli: Cli, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken(cli, folder, FIRST)
    before = Workspace.open(folder).stations().content_hash

    def fail(*_: object) -> None:
        raise InputError("the lights went out")

    with monkeypatch.context() as broken:
        broken.setattr(Register, "_close_others", fail)
        assert taken(cli, folder, SECOND, "--missing", "close").code == 2
    workspace = Workspace.open(folder)
    assert workspace.stations().content_hash == before
    assert len(workspace.register().imports()) == 1
    answer = taken(cli, folder, SECOND, "--missing", "close").json
    assert (answer["added"], answer["changed"], answer["missing"]) == (1, 1, 2)
    assert len(workspace.register().imports()) == 3
    moments = {fact.observed_at for fact in workspace.register().evidence("S2").values()}
    assert len(moments) == 2  # the file says nothing of S2 but that it is closed


def test_the_history_names_file_row_and_whose_word_it_is(cli: Cli, folder: Path) -> None:
    taken(cli, folder, FIRST)
    words = ("--by", "inspector", "--observed-at", "2026年11月1日", "--missing", "remove")
    taken(cli, folder, SECOND, *words)
    events = cli("stations", "history", "S1", "-w", folder, "--json").json["events"]
    assert [(e["kind"], e["source"], e["file"], e["row"]) for e in events] == [
        ("added", "register", "r.csv", 2),
        ("changed", "inspector", "r.csv", 2),
    ]
    assert events[1]["observed_at"].startswith("2026-11-01")
    assert events[1]["changes"]["hours"] == "8:00-20:00"
    words = cli("stations", "history", "S1", "-w", folder)
    assert "2 events" in words.out
    nobody = cli("stations", "history", "S77", "-w", folder)
    assert nobody.code == 2
    assert "was never in the register" in nobody.err


def test_an_earlier_day_is_exported_as_it_was(cli: Cli, folder: Path) -> None:
    taken(cli, folder, FIRST)
    out = folder.parent / "o.csv"
    early = cli("stations", "export", "-w", folder, "-o", out, "--as-of", "2020-01-01")
    assert early.code == 2
    assert not out.exists()
    wrong = cli("stations", "export", "-w", folder, "-o", out, "--as-of", "yesterday")
    assert (wrong.code, "write it as 2026-11-23" in wrong.err) == (2, True)
    late = cli("stations", "export", "-w", folder, "-o", out, "--as-of", "2099-01-01", "--json")
    assert late.json["stations"] == 3


SWAPPED = FIRST.replace("116.901234,33.901234", "33.901234,116.901234")


def test_a_check_imports_nothing_and_ends_with_2_when_errors_remain(cli: Cli, folder: Path) -> None:
    file = put(folder, SWAPPED)
    answer = cli("stations", "check", file, "-w", folder, "--datum", "wgs84")
    assert answer.code == 2
    assert "longitude and latitude are swapped" in answer.out
    assert Workspace.open(folder).contents("stations") is None
    good = put(folder, FIRST, "good.csv")
    assert cli("stations", "check", good, "-w", folder, "--datum", "wgs84").code == 0


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_fix_writes_a_table_that_imports_and_says_which_cures(
    cli: Cli, folder: Path, suffix: str
) -> None:
    file = put(folder, SWAPPED)
    out = folder.parent / f"cured{suffix}"
    report = folder.parent / "report.html"
    words = ("-w", folder, "--datum", "wgs84", "--fix", "-o", out, "--report", report)
    answer = cli("stations", "check", file, *words)
    assert answer.code == 0
    assert "row 4: write 116.901234, 33.901234" in answer.out
    assert "1 cure applied" in answer.out
    assert report.exists()
    again = cli("stations", "import", out, "-w", folder, "--datum", "wgs84", "--json")
    assert (again.code, again.json["added"]) == (0, 3)


def test_an_import_with_fix_cures_first_and_without_it_refuses(cli: Cli, folder: Path) -> None:
    refused = taken(cli, folder, SWAPPED)
    assert refused.code == 2
    assert Workspace.open(folder).contents("stations") is None
    answer = taken(cli, folder, SWAPPED, "--fix")
    assert answer.code == 0
    assert [cure["code"] for cure in answer.json["fixed"]] == ["swapped"]
    assert Workspace.open(folder).stations().lonlat[2].tolist() == [116.901234, 33.901234]


def test_the_findings_are_written_as_html_csv_and_json(cli: Cli, folder: Path) -> None:
    text = SWAPPED.replace("相山公园", "=HYPERLINK(1)<b>")
    file = put(folder, text)
    outs = {suffix: folder.parent / f"f{suffix}" for suffix in (".html", ".csv", ".json")}
    for out in outs.values():
        cli("stations", "check", file, "-w", folder, "--datum", "wgs84", "-o", out)
    page = outs[".html"].read_text(encoding="utf-8")
    assert "<b>" not in page
    assert "经度和纬度写反了" in page
    assert "http" not in page.replace("http://www.w3.org", "")
    rows = list(csv.reader(io.StringIO(outs[".csv"].read_text(encoding="utf-8-sig"))))
    assert rows[1][:3] == ["错误 error", "4", "经度"]
    assert not [cell for row in rows for cell in row if cell[:1] in set("=+-@")]
    findings = json.loads(outs[".json"].read_text(encoding="utf-8"))["findings"]
    assert findings[0]["code"] == "swapped"
    english = folder.parent / "en.html"
    words = ("-w", folder, "--datum", "wgs84", "-o", english, "--lang", "en")
    cli("stations", "check", file, *words)
    assert 'lang="en"' in english.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("check", "r.csv", "--datum", "wgs84", "--fix"), "--fix needs -o"),
        (("check", "r.csv", "--datum", "wgs84", "-o", "x.pdf"), "one of .html, .csv, .json"),
        (("check", "r.csv", "--datum", "wgs84", "--fix", "-o", "x.gpkg"), ".csv or .xlsx"),
        (("check", "r.csv"), "say in which datum"),
        (("check", "none.csv", "--datum", "wgs84"), "no such file"),
        (("import", "r.csv", "--datum", "wgs84", "--observed-at", "x"), "--observed-at x is no"),
        (("import", "r.csv", "--datum", "wgs84", "--observed-at", "2099-01-01"), "in the future"),
        (("template", "-o", "t.csv"), "name it .xlsx"),
    ],
)
def test_what_cannot_be_done_is_one_line(
    cli: Cli, folder: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], says: str
) -> None:
    put(folder, FIRST)
    monkeypatch.chdir(folder.parent)
    answer = cli("stations", *words, "-w", folder)
    assert answer.code == 2
    assert says in answer.err
    assert not list(folder.parent.glob("x.*"))
    assert Workspace.open(folder).contents("stations") is None


def test_the_datum_may_stand_in_a_column_of_the_file(cli: Cli, folder: Path) -> None:
    lines = FIRST.strip().split("\n")
    text = "\n".join([f"{lines[0]},坐标系", *(f"{line},GCJ-02" for line in lines[1:])]) + "\n"
    answer = cli("stations", "import", put(folder, text), "-w", folder, "--json")
    assert answer.json["datum"] == "gcj02"
    mixed = text.replace("x,GCJ-02", "x,BD-09")
    refused = cli("stations", "import", put(folder, mixed), "-w", folder)
    assert "several datums (bd09, gcj02)" in refused.err
    some = text.replace("x,GCJ-02", "x,")
    assert "say in which datum" in cli("stations", "import", put(folder, some), "-w", folder).err


def test_the_template_has_headings_drop_downs_an_example_and_notes(
    cli: Cli, tmp_path: Path
) -> None:
    path = tmp_path / "t.xlsx"
    assert cli("stations", "template", "-o", path).code == 0
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == [SHEET, NOTES, WORDS]
    sheet = book[SHEET]
    headings = [cell.value for cell in sheet[1]]
    assert headings[:5] == ["编号*", "名称*", "类型*", "经度*", "纬度*"]
    assert {term.zh for term in FACILITIES} <= set(headings)
    assert len(headings) == len(template_fields())
    rules = {str(rule.sqref): rule for rule in sheet.data_validations.dataValidation}
    kind = rules[f"C2:C{ROWS}"]
    column = kind.formula1.split("!$")[1].split("$")[0]
    words = [cell.value for cell in book[WORDS][column][1:] if cell.value]
    assert words == [term.zh for term in KINDS]
    lists = [rule for rule in rules.values() if rule.type == "list"]
    assert len(lists) == len(FACILITIES) + 8
    assert all(cell.comment for cell in sheet[1])
    assert str(sheet["A2"].value).startswith("示例行")


def test_the_template_imports_without_an_edit_and_when_filled_in(cli: Cli, folder: Path) -> None:
    path = folder.parent / "t.xlsx"
    cli("stations", "template", "-o", path)
    empty = cli("stations", "import", path, "-w", folder, "--json").json
    assert (empty["stations"], empty["examples"]) == (0, 1)
    book = openpyxl.load_workbook(path)
    sheet = book[SHEET]
    headings = {str(cell.value): cell.column for cell in sheet[1]}
    example = {name: sheet.cell(2, column).value for name, column in headings.items()}
    for row in (3, 4):
        for name, value in example.items():
            sheet.cell(row, headings[name], value)
        sheet.cell(row, headings["编号*"], f"XS-{row}")
        sheet.cell(row, headings["名称*"], "人民路驿站" if row == 3 else "南湖驿站")
        sheet.cell(row, headings["纬度*"], 33.9 + row / 100)
    book.save(path)
    full = cli("stations", "import", path, "-w", folder, "--json").json
    assert (full["stations"], full["examples"], full["added"]) == (2, 1, 2)
    record = Workspace.open(folder).stations().frame.iloc[0]
    assert record["host_type"] == "bank"
    assert record["access"] == ("staffed_counter",)
    assert record["facilities_broken"] == ("microwave",)
    assert record["facilities_absent"] == ("toilet",)
    assert record["datum"] == "gcj02"
    assert record["status_since"] == "2025-05-01"
    again = cli("stations", "import", path, "-w", folder, "--json").json
    assert (again["unchanged"], again["changed"], again["missing"]) == (2, 0, 0)


def test_an_import_whose_datum_the_roads_contradict_stops_until_one_is_sure(
    cli: Cli, tmp_path: Path, shanghai_osm: Path
) -> None:
    network = build_network(read_roads(shanghai_osm))
    left, bottom, right, top = network.box
    box = Box(left - 0.05, bottom - 0.05, right + 0.05, top + 0.05)
    workspace = Workspace.create(tmp_path / "ws", name="上海", box=box)
    workspace.replace_network(network)
    rng = np.random.default_rng(2)
    chosen = network.shape_lonlat[rng.integers(0, len(network.shape_lonlat), 60)]
    given = from_wgs84(chosen, datum=Datum.gcj02)
    rows = [f"s{at},站{at},驿站,{lon:.6f},{lat:.6f}" for at, (lon, lat) in enumerate(given)]
    text = "\n".join(["id,name,kind,lon,lat", *rows]) + "\n"
    doubted = taken(cli, tmp_path / "ws", text)
    assert doubted.code == 2
    assert "fits the roads as gcj02" in doubted.err
    assert "--datum gcj02" in doubted.err
    assert "say --sure" in doubted.err
    assert workspace.contents("stations") is None
    right_one = cli(
        *("stations", "import", tmp_path / "r.csv", "-w", tmp_path / "ws", "--json"),
        *("--datum", "gcj02"),
    )
    assert right_one.code == 0
    assert right_one.json["datum_fit"]["likely"] == "gcj02"
    assert taken(cli, tmp_path / "ws", text, "--sure").json["moved"] == 60


def test_an_empty_file_of_stations_removes_none(cli: Cli, folder: Path) -> None:
    taken(cli, folder, FIRST)
    path = folder.parent / "t.xlsx"
    cli("stations", "template", "-o", path)
    assert cli("stations", "import", path, "-w", folder).code == 0
    assert len(Workspace.open(folder).stations()) == 3


def test_a_sheet_a_district_is_imported_as_one_and_told_by_sheet(cli: Cli, folder: Path) -> None:
    made = openpyxl.Workbook()
    lines = [line.split(",")[:5] for line in FIRST.splitlines()]
    made.worksheets[0].title = "相山区"
    for number, title in ((1, "相山区"), (3, "杜集区")):
        sheet = made[title] if title in made.sheetnames else made.create_sheet(title)
        for cells in (lines[0], lines[number]):
            sheet.append(cells)
    file = folder.parent / "two.xlsx"
    made.save(file)
    done = cli("stations", "import", file, "-w", folder, "--datum", "wgs84", "--json")
    assert done.json["added"] == 2
    (event,) = cli("stations", "history", "S3", "-w", folder, "--json").json["events"]
    assert event["row"] == 2
    made["杜集区"]["D2"] = 33.9
    made.save(file)
    words = cli("stations", "check", file, "-w", folder, "--datum", "wgs84")
    assert "杜集区!2" in words.out
    findings = cli("stations", "check", file, "-w", folder, "--datum", "wgs84", "--json")
    assert ("杜集区", 2) in {(f["sheet"], f["row"]) for f in findings.json["findings"]}


def test_two_who_edit_the_same_export_do_not_undo_each_other(cli: Cli, folder: Path) -> None:
    taken(cli, folder, FIRST)
    exported = folder.parent / "e.csv"
    cli("stations", "export", "-w", folder, "-o", exported)
    text = exported.read_text(encoding="utf-8-sig")
    assert text.splitlines()[0].endswith("register_version")
    first = text.replace("8:00-18:00", "7:00-18:00")
    second = text.replace("9:00-17:00", "9:00-15:00")
    assert taken(cli, folder, first).json["changed"] == 1
    both = taken(cli, folder, second).json
    assert (both["changed"], both["old_cells"], both["conflicts"]) == (1, 1, [])
    hours = Workspace.open(folder).stations().frame["hours"].tolist()
    assert hours == ["7:00-18:00", "24小时", "9:00-15:00"]
    third = text.replace("8:00-18:00", "8:30-18:00")
    seen = taken(cli, folder, third, "--dry-run").json
    assert seen["conflicts"] == [
        {
            "id": "S1",
            "name": "相山公园户外劳动者驿站",
            "field": "hours",
            "exported": "8:00-18:00",
            "register": "7:00-18:00",
            "file": "8:30-18:00",
        }
    ]
    refused = taken(cli, folder, third)
    assert refused.code == 2
    assert "row 2, column hours" in refused.err
    assert "--take file" in refused.err
    file = put(folder, third)
    words = cli("stations", "import", file, "-w", folder, "--datum", "wgs84", "--dry-run")
    assert "1 conflict: changed in the register and in the file" in words.out
    assert "Without --take file or --take register this is refused." in words.out
    assert taken(cli, folder, third, "--take", "register").json["changed"] == 0
    assert taken(cli, folder, third, "--take", "file").json["changed"] == 1
    sheet = put(folder, "编号,营业时间,登记册版本\nS1,9:00-19:00,r3\n", "u.csv")
    update = cli("stations", "update", sheet, "-w", folder)
    assert update.code == 2
    assert "--take register" in update.err
    assert cli("stations", "update", sheet, "-w", folder, "--take", "file").code == 0
    assert Workspace.open(folder).stations().frame["hours"].tolist()[0] == "9:00-19:00"


def test_an_import_says_whether_the_roads_spoke_for_the_datum(cli: Cli, folder: Path) -> None:
    assert taken(cli, folder, FIRST).json["datum_checked"] is False
    said = cli("stations", "import", put(folder, FIRST), "-w", folder, "--datum", "wgs84")
    assert "Datum not checked: there are no roads to hold the places against" in said.out


def test_one_straight_street_is_roads_enough_to_import(cli: Cli, folder: Path) -> None:
    ends = [(116.70, 33.96), (116.72, 33.96)]
    street = RawRoads.of_lines([(ends, {"highway": "residential"})])
    Workspace.open(folder).replace_network(build_network(street))
    assert taken(cli, folder, FIRST).json["datum_checked"] is True


@pytest.mark.parametrize(("language", "heading"), [("zh", "营业时间"), ("en", "hours")])
def test_a_workbook_in_the_readers_language_changes_nothing_when_it_comes_back(
    cli: Cli, tmp_path: Path, language: str, heading: str
) -> None:
    place, file = ("-w", tmp_path / "city"), tmp_path / "x.xlsx"
    cli("init", *place, "--name", "市", "--box", "116.388,33.283,117.045,34.250")
    (tmp_path / "a.csv").write_text(FIRST, encoding="utf-8")
    cli("stations", "import", tmp_path / "a.csv", *place, "--datum", "gcj02")
    assert cli("stations", "export", "-o", file, *place, "--lang", language).code == 0
    rows = list(openpyxl.load_workbook(file).worksheets[0].iter_rows(values_only=True))
    assert heading in rows[0]
    told = cli("stations", "import", file, *place, "--datum", "wgs84", "--dry-run", "--json").json
    assert (told["stations"], told["added"], told["changed"], told["missing"]) == (3, 0, 0, 0)
