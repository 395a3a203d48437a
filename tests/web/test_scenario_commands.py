"""`yizhan scenario`: saved, compared, handed on, asked again, locked; and what is stale and why."""

from __future__ import annotations

import csv
import json
import math
import re
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from data.database.audit import read_audit
from data.files.scenario_files import read_scenario, scenario_bytes
from data.questions import Question
from data.questions.parts import Goal
from data.report_book import ReportBook
from data.sites import CandidateSites
from data.stations import Stations
from data.workspace import Workspace
from geo.errors import InputError
from geo.factors import TIME_FACTORS
from geo.factors import with_factors as slower
from planning import SolveParams
from planning.decisions.decide import ask as ask_question
from planning.scenarios import DecisionAsked
from tests.data.test_scenario_files import resealed
from web.languages import ENGLISH
from web.services.decisions import ask_workspace, decide
from web.services.freshness import input_name
from web.services.scenarios import save_decision
from web.services.sites import candidates

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from planning.decisions import Decision
    from tests.conftest import Answer, Cli


@pytest.fixture
def folder(planned: Path, tmp_path: Path) -> Path:
    """A copy of the city with its two scenarios, to write into."""
    shutil.copytree(planned, tmp_path / "city")
    return tmp_path / "city"


@pytest.fixture
def ask(folder: Path, cli: Cli) -> Callable[..., Answer]:
    """Ask `yizhan scenario` of that city."""
    return lambda *words: cli("scenario", *words, "-w", folder)


def found(folder: Path, name: str) -> Any:  # noqa: ANN401 - a scenario
    return Workspace.open(folder).scenarios().scenario(name)


def test_a_scenario_keeps_what_was_asked_and_why_a_site_was_left_out(planned: Path) -> None:
    first, second = found(planned, "基准"), found(planned, "不要第一个")
    [left_out] = second.question["without"]
    assert left_out == first.decision["sites"][0]["site_id"]
    assert (first.question["new"], first.question["time_limit_s"]) == (3, 60.0)
    assert [(line.act, line.what, line.why) for line in second.log] == [
        ("saved", "", "房东不肯"),
        ("overrode", f"without {left_out}", "房东不肯"),
    ]
    assert {"demand", "stations", "service", "sites", "network", "settings", "version"} <= set(
        second.inputs
    )


def test_the_newest_plan_is_saved_and_replaced_with_its_log_going_on(
    ask: Callable[..., Answer], folder: Path, cli: Cli
) -> None:
    said = ask("save", "定案", "--by", "王五", "--why", "会上通过", "--json").json
    assert (said["name"], said["author"], said["locked"]) == ("定案", "王五", False)
    newest = Workspace.open(folder).newest_result("plan")
    assert newest is not None
    assert [site["site_id"] for site in found(folder, "定案").decision["sites"]] == [
        site["site_id"] for site in newest.body["sites"]
    ]
    taken = ask("save", "定案")
    assert (taken.code, "--replace" in taken.err) == (2, True)
    assert cli("plan", "--new", "2", "-w", folder).code == 0
    said = ask("save", "定案", "--replace", "--by", "李四", "--why", "钱不够", "--json").json
    lines = [(one["act"], one["who"], one["why"]) for one in said["log"]]
    assert lines[0] == ("saved", "王五", "会上通过")
    assert lines[-1] == ("replaced", "李四", "钱不够")
    assert len(found(folder, "定案").decision["sites"]) == 2
    assert ask("save", "没有的", "--replace").code == 2


def test_a_name_that_is_taken_stops_a_plan_before_it_is_made(folder: Path, cli: Cli) -> None:
    before = len(Workspace.open(folder).results("plan"))
    refused = cli("plan", "--new", "1", "--scenario", "基准", "-w", folder)
    assert refused.code == 2
    assert "there is a scenario 基准 already" in refused.err
    assert len(Workspace.open(folder).results("plan")) == before


def test_a_plan_made_in_worker_hours_is_told_in_worker_hours(
    ask: Callable[..., Answer], folder: Path, tmp_path: Path, cli: Cli
) -> None:
    workspace = Workspace.open(folder)
    demand = workspace.demand()
    presence, profile = np.ones_like(demand.presence), np.full_like(demand.profile, 0.25)
    workspace.replace_demand(replace(demand, presence=presence, profile=profile))
    asked = tmp_path / "question.json"
    asked.write_text(json.dumps({"new": 1, "goal": {"what": "worker_hours"}}), encoding="utf-8")
    made = cli("plan", "--question", asked, "--scenario", "夜里", "-w", folder, "--json")
    assert made.code == 0, made.err
    [line] = [one for one in made.json["coverage"] if one["group"] == one["district"] == "all"]
    # a quarter of all workers want a place in each hour of a week
    assert line["whole"] == pytest.approx(demand.weights.sum() * 168 / 4)
    shown = ask("show", "夜里").out
    words = f"{line['before']:,.0f} worker-hours of a week covered before, {line['covered']:,.0f}"
    assert words in shown
    assert "adds workers" not in shown
    assert "workers covered" not in shown
    [row] = [one for one in ask("list").out.splitlines() if one.startswith("夜里")]
    assert "worker-hours of a week" in row
    exported = tmp_path / "kept.json"
    assert ask("export", "夜里", "-o", exported).code == 0
    assert "worker-hours of a week covered." in ask("replay", exported).out


def test_a_plan_for_an_hour_is_kept_and_replayed_too(
    ask: Callable[..., Answer], folder: Path, tmp_path: Path, cli: Cli
) -> None:
    workspace = Workspace.open(folder)
    demand = workspace.demand()
    profile = np.full_like(demand.profile, 0.25)
    profile[0, :, 14] = 0.75
    workspace.replace_demand(replace(demand, profile=profile))
    plans = len(workspace.results("plan"))
    made = cli("plan", "--new", "1", "--hour", "14", "--scenario", "下午", "-w", folder, "--json")
    assert (made.code, made.json["scenario"]) == (0, "下午"), made.err
    assert len(workspace.results("plan")) == plans
    kept = found(folder, "下午")
    assert kept.question["hour"] == 14
    workers = kept.decision["before"]["rows"][0]["workers"]
    assert workers == pytest.approx(demand.weights[:, 0].sum() / 2 + demand.weights.sum() / 4)
    [*_, told] = ask("list", "--json").json["scenarios"]
    assert (told["name"], told["stale"]) == ("下午", [])
    assert ask("export", "下午", "-o", tmp_path / "a.json").code == 0
    assert ask("replay", tmp_path / "a.json", "--json").json["same"] is True


def test_the_list_shows_each_with_what_it_covers(ask: Callable[..., Answer], folder: Path) -> None:
    told = ask("list", "--json").json["scenarios"]
    assert [one["name"] for one in told] == ["基准", "不要第一个"]
    for one in told:
        decision = found(folder, one["name"]).decision
        assert one["covered_after"] == decision["covered_after"]
        assert one["actions"] == len(decision["sites"])
        assert (one["stale"], one["locked"]) == ([], False)
    said = ask("list").out
    assert said.count("up to date") == 2


def test_an_empty_city_has_no_scenario_and_nothing_to_save(empty_folder: Path, cli: Cli) -> None:
    assert "There is no scenario yet." in cli("scenario", "list", "-w", empty_folder).out
    refused = cli("scenario", "save", "a", "-w", empty_folder)
    assert (refused.code, "has no plan yet" in refused.err) == (2, True)


def test_a_scenario_is_shown_with_its_sites_and_its_log(
    ask: Callable[..., Answer], folder: Path
) -> None:
    said = ask("show", "不要第一个").out
    decision = found(folder, "不要第一个").decision
    assert all(site["site_id"] in said for site in decision["sites"])
    assert "decided otherwise" in said
    assert "房东不肯" in said
    told = ask("show", "不要第一个", "--json").json
    assert told["answer"]["bound"] == decision["bound"]
    assert told["question"] == dict(found(folder, "不要第一个").question)
    refused = ask("show", "不要第一")
    assert (refused.code, "do you mean 不要第一个" in refused.err) == (2, True)


def test_notes_copies_new_names_and_deletions_are_logged(
    ask: Callable[..., Answer], folder: Path
) -> None:
    assert ask("note", "基准", "改到路对面", "--overrode", "点 2", "--by", "王五").code == 0
    assert ask("copy", "基准", "甲案", "--by", "李四", "--why", "试一试").code == 0
    assert ask("rename", "甲案", "乙案", "--by", "李四").code == 0
    lines = [(one.who, one.act, one.what, one.why) for one in found(folder, "乙案").log]
    assert lines[1:] == [
        ("王五", "overrode", "点 2", "改到路对面"),
        ("李四", "copied", "基准", "试一试"),
        ("李四", "renamed", "甲案", ""),
    ]
    assert found(folder, "乙案").content_hash == found(folder, "基准").content_hash
    assert ask("delete", "乙案", "--json").json == {"deleted": "乙案"} | (
        {"notice": ask("list", "--json").json["notice"]}
    )
    assert Workspace.open(folder).scenarios().names() == ("基准", "不要第一个")
    audit = [line.action for line in read_audit(Workspace.open(folder).database.backend)]
    assert audit[:4] == ["delete scenario", "rename scenario", "copy scenario", "note in scenario"]


@pytest.mark.parametrize(
    "words",
    [
        ("note", "基准", "太晚了"),
        ("rename", "基准", "新"),
        ("save", "基准", "--replace"),
        ("lock", "基准"),
        ("delete", "基准"),
    ],
)
def test_a_locked_scenario_refuses_every_change_and_can_be_copied(
    ask: Callable[..., Answer], folder: Path, words: tuple[str, ...]
) -> None:
    assert ask("lock", "基准", "--by", "主席", "--why", "已上会").code == 0
    before = scenario_bytes(found(folder, "基准"))
    refused = ask(*words)
    assert (refused.code, "is locked and never changed again" in refused.err) == (2, True)
    assert scenario_bytes(found(folder, "基准")) == before
    assert "locked" in ask("list").out
    assert "It is locked" in ask("show", "基准").out
    assert ask("copy", "基准", "副本").code == 0
    assert not found(folder, "副本").is_locked


def _halved(workspace: Workspace) -> None:
    frame = workspace.stations().frame
    workspace.replace_stations(Stations(frame.iloc[::2].reset_index(drop=True)))


def _own_sites(workspace: Workspace) -> None:
    record = {"id": "b", "name": "银行", "lon": 116.80, "lat": 33.96}
    workspace.replace_sites(CandidateSites.from_records([record]))


def _more_workers(workspace: Workspace) -> None:
    demand = workspace.demand()
    more = type(demand).at_points(
        ids=list(demand.ids),
        lonlat=demand.lonlat,
        weights=demand.weights * 2,
        groups=list(demand.groups),
        districts=workspace.districts,
    )
    workspace.replace_demand(more)


def _other_settings(workspace: Workspace) -> None:
    path = workspace.folder / "yizhan.toml"
    text = path.read_text("utf-8")
    changed, n = re.subn(r"(?m)^snap_limit_m = .*$", "snap_limit_m = 120.0", text)
    assert n == 1
    path.write_text(changed, "utf-8")


CHANGES: dict[str, Callable[[Workspace], None]] = {
    "stations": _halved,
    "sites": _own_sites,
    "demand": _more_workers,
    "settings": _other_settings,
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_stale_scenario_names_the_input_that_changed(
    ask: Callable[..., Answer], folder: Path, tmp_path: Path, what: str
) -> None:
    assert ask("export", "基准", "-o", tmp_path / "a.json").code == 0
    CHANGES[what](Workspace.open(folder))
    told = ask("list", "--json").json["scenarios"]
    assert [one["stale"] for one in told] == [[what], [what]]
    words = input_name(what, ENGLISH)
    said = ask("show", "基准").out
    assert f"基准 is stale. Changed since it was computed: {words}." in said
    replayed = ask("replay", tmp_path / "a.json", "--json")
    assert replayed.json["changed"] == [what]
    assert replayed.code == (0 if replayed.json["same"] else 1)


def test_other_roads_are_named_with_the_grid_that_they_make(
    ask: Callable[..., Answer], folder: Path
) -> None:
    workspace = Workspace.open(folder)
    network = workspace.network()
    workspace.replace_network(slower(network, TIME_FACTORS["winter"]))
    [first, _] = ask("list", "--json").json["scenarios"]
    assert "network" in first["stale"]
    assert set(first["stale"]) <= {"network", "sites"}


def test_two_scenarios_are_compared_as_their_documents_say(
    ask: Callable[..., Answer], folder: Path
) -> None:
    names = ("基准", "不要第一个")
    told = ask("compare", *names, "--json").json
    decisions = [found(folder, name).decision for name in names]
    sites = [{site["site_id"]: site["order"] for site in one["sites"]} for one in decisions]
    assert told["names"] == list(names)
    assert {one["site_id"]: one["orders"] for one in told["actions"]} == {
        site: [one.get(site) for one in sites] for site in sites[0] | sites[1]
    }
    rows = [
        {(row["group"], row["district"]): row["within_one"] for row in one["after"]["rows"]}
        for one in decisions
    ]
    for row in told["rows"]:
        key = (row["group"], row["district"])
        assert row["after"] == [one[key] for one in rows]
    assert len(told["rows"]) == len(rows[0])
    said = ask("compare", *names).out
    n_common = len(sites[0].keys() & sites[1].keys())
    n_some = len(sites[0].keys() ^ sites[1].keys())
    assert re.search(rf"{n_common} actions? (is|are) in all of them, {n_some} in some only", said)
    before, after = (math.floor(one["covered_after"] + 0.5) for one in decisions)
    assert f"{before:,} (" in said
    assert f"{after:,} (" in said
    assert f"−{before - after:,}" in said


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (("基准",), "compare 2 to 4 scenarios, not 1"),
        (("基准", "基准"), "named twice"),
        (("基准", "没有"), "there is no scenario"),
    ],
)
def test_what_cannot_be_compared_is_refused(
    ask: Callable[..., Answer], names: tuple[str, ...], words: str
) -> None:
    refused = ask("compare", *names)
    assert (refused.code, words in refused.err) == (2, True)


def test_scenarios_of_other_workers_say_so(
    ask: Callable[..., Answer], folder: Path, cli: Cli
) -> None:
    _more_workers(Workspace.open(folder))
    assert cli("plan", "--new", "3", "-w", folder, "--scenario", "翻倍").code == 0
    assert ask("compare", "基准", "翻倍", "--json").json["differing_inputs"] == ["demand"]
    assert "not computed from the same inputs" in ask("compare", "基准", "翻倍").out
    three = ask("compare", "基准", "不要第一个", "翻倍")
    assert (three.code, "change" in three.out) == (0, False)


@pytest.mark.parametrize("ending", [".csv", ".geojson", ".gpkg", ".xlsx"])
def test_differences_go_out_as_points(
    ask: Callable[..., Answer], tmp_path: Path, ending: str
) -> None:
    path = tmp_path / f"d{ending}"
    told = ask("compare", "基准", "不要第一个", "-o", path, "--json").json
    assert told["file"] == str(path)
    if ending == ".csv":
        with path.open(encoding="utf-8-sig") as file:
            rows = [
                (row["site_id"], row["held_by"], row["order_a"]) for row in csv.DictReader(file)
            ]
    elif ending == ".geojson":
        rows = [
            (of["site_id"], "、".join(of["held_by"]), of["order_a"])
            for of in (one["properties"] for one in json.loads(path.read_text("utf-8"))["features"])
        ]
    else:
        assert path.stat().st_size > 1000
        return
    names = told["names"]
    assert rows == [
        (
            one["site_id"],
            "、".join(name for name, order in zip(names, one["orders"], strict=True) if order),
            "" if one["orders"][0] is None else str(one["orders"][0]),
        )
        for one in told["actions"]
    ]


def test_a_scenario_goes_to_another_computer_and_gives_the_same_plan(
    ask: Callable[..., Answer], city_folder: Path, tmp_path: Path, cli: Cli
) -> None:
    assert ask("lock", "不要第一个", "--by", "主席").code == 0
    file, again = tmp_path / "a.json", tmp_path / "b.json"
    assert ask("export", "不要第一个", "-o", file).code == 0
    other = tmp_path / "other"
    shutil.copytree(city_folder, other)
    taken = cli("scenario", "import", file, "-w", other, "--json").json
    assert (taken["name"], taken["locked"], taken["stale"]) == ("不要第一个", True, [])
    assert cli("scenario", "export", "不要第一个", "-o", again, "-w", other).code == 0
    assert again.read_bytes() == file.read_bytes()
    plans = len(Workspace.open(other).results("plan"))
    said = cli("scenario", "replay", file, "-w", other)
    assert said.code == 0, said.err
    assert "不要第一个: the same plan, 3 actions in the same order" in said.out
    assert len(Workspace.open(other).results("plan")) == plans
    audit = read_audit(Workspace.open(other).database.backend)
    assert [(line.action, line.subject) for line in audit] == [("import scenario", "不要第一个")]
    refused = cli("scenario", "import", file, "-w", other)
    assert (refused.code, "already" in refused.err) == (2, True)
    renamed = cli("scenario", "import", file, "--name", "另一个", "-w", other, "--json")
    assert renamed.json["name"] == "另一个"


def test_a_replay_of_another_plan_says_which_sites_differ(
    ask: Callable[..., Answer], tmp_path: Path
) -> None:
    file = tmp_path / "a.json"
    assert ask("export", "不要第一个", "-o", file).code == 0
    document = json.loads(file.read_text("utf-8"))
    [left_out] = document["question"]["without"]
    document["question"]["without"] = []
    file.write_bytes(resealed(document))
    replayed = ask("replay", file, "--json")
    assert replayed.code == 1
    assert replayed.json["same"] is False
    assert replayed.json["changed"] == []
    assert left_out in replayed.json["only_now"]
    assert "another plan" in ask("replay", file).out


WRONG: dict[str, Callable[[dict[str, Any]], object]] = {
    "decision.bound must be a number": lambda d: d["decision"].update(bound="x"),
    "has no lat": lambda d: d["decision"]["sites"][0].pop("lat"),
    "question.new must be a whole number": lambda d: d["question"].update(new="many"),
    "question has the key": lambda d: d["question"].update(wish=1),
}


@pytest.mark.parametrize("words", WRONG)
@pytest.mark.parametrize("command", ["import", "replay"])
def test_a_file_with_wrong_documents_changes_nothing(
    ask: Callable[..., Answer], folder: Path, tmp_path: Path, command: str, words: str
) -> None:
    file = tmp_path / "a.json"
    assert ask("export", "基准", "-o", file).code == 0
    document = json.loads(file.read_text("utf-8"))
    WRONG[words](document)
    file.write_bytes(resealed(document))
    refused = ask(command, file)
    assert (refused.code, words in refused.err) == (2, True), refused.err
    assert Workspace.open(folder).scenarios().names() == ("基准", "不要第一个")
    assert read_scenario(file).name == "基准"


def test_a_replay_needs_what_the_plan_was_made_of(
    ask: Callable[..., Answer], tmp_path: Path, empty_folder: Path, cli: Cli
) -> None:
    assert ask("export", "基准", "-o", tmp_path / "a.json").code == 0
    refused = cli("scenario", "replay", tmp_path / "a.json", "-w", empty_folder)
    assert refused.code == 2
    taken = cli("scenario", "import", tmp_path / "a.json", "-w", empty_folder, "--json").json
    assert set(taken["stale"]) >= {"stations", "demand", "network"}


QUESTION = {
    "years": {"first": 2027, "count": 2},
    "money": {"yuan_by_year": [120_000, 90_000]},
    "actions": {"build": ["station"]},
    "new": 2,
}


def _decided(folder: Path, tables: dict[str, Any]) -> tuple[Decision, DecisionAsked]:
    """Answer a question about the city, within a half."""
    workspace = Workspace.open(folder)
    asked = DecisionAsked(question=Question.from_dict(tables), gap=0.5)
    question = ask_question(
        asked.question,
        demand=workspace.demand(),
        stations=workspace.stations(),
        sites=candidates(workspace).sites,
        network=workspace.network(),
        settings=workspace.settings,
    )
    return question.decide(params=SolveParams(gap=0.5)), asked


@pytest.fixture(scope="module")
def decided(planned: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The city with two decisions about two years, one of half the money."""
    folder = tmp_path_factory.mktemp("decided") / "city"
    shutil.copytree(planned, folder)
    half = {**QUESTION, "money": {"yuan_by_year": [60_000, 45_000]}}
    for name, tables in (("两年", QUESTION), ("减半", half)):
        save_decision(Workspace.open(folder), *_decided(folder, tables), name=name, author="李四")
    return folder


def test_decisions_are_compared_with_their_money_by_year_and_payer(decided: Path, cli: Cli) -> None:
    told = cli("scenario", "compare", "两年", "减半", "-w", decided, "--json").json
    documents = [found(decided, name).decision for name in ("两年", "减半")]
    assert told["answers"][0]["cost_yuan"] == documents[0]["cost_yuan"] > 0
    for row in told["money"]:
        assert row["yuan"] == [
            sum(
                line["yuan"]
                for line in of["money"]
                if (line["year"], line["payer"]) == (row["year"], row["payer"])
            )
            for of in documents
        ]
    said = cli("scenario", "compare", "两年", "减半", "-w", decided).out
    for of in documents:
        assert f"{of['cost_yuan']:,}" in said
    assert "2027" in said
    assert cli("scenario", "show", "两年", "-w", decided).code == 0


def test_a_decision_goes_to_another_computer_and_is_made_again(
    decided: Path, tmp_path: Path, city_folder: Path, cli: Cli
) -> None:
    file = tmp_path / "a.json"
    assert cli("scenario", "export", "两年", "-o", file, "-w", decided).code == 0
    other = tmp_path / "other"
    shutil.copytree(city_folder, other)
    replayed = cli("scenario", "replay", file, "-w", other, "--json")
    assert (replayed.code, replayed.json["same"]) == (0, True), replayed.err
    assert cli("scenario", "import", file, "-w", other, "--json").json["stale"] == []
    _halved(Workspace.open(other))
    assert cli("scenario", "replay", file, "-w", other, "--json").json["changed"] == ["stations"]


def test_a_decision_in_effect_is_stale_when_workers_report_other_stations(
    folder: Path, ask: Callable[..., Answer]
) -> None:
    workspace, params = Workspace.open(folder), SolveParams(gap=0.5)
    on_paper = ask_workspace(workspace, Question.from_dict(QUESTION), done=lambda *_: None)
    goal = Goal(what="worker_hours", coverage="effective")
    in_effect = replace(on_paper, question=on_paper.question.model_copy(update={"goal": goal}))
    kept = {"on paper": on_paper, "in effect": in_effect}
    for name, asked in kept.items():
        made = decide(workspace, asked, params=params, keeping=False)
        search = DecisionAsked(question=asked.question, gap=0.5)
        save_decision(workspace, made, search, name=name, author="李四")
    station = str(workspace.stations().frame["id"].iloc[0])
    for device in ("a" * 24, "b" * 24):
        ReportBook(workspace).take_report(
            station=station, what="locked", device=device,
            when=datetime.now(UTC).isoformat(), nonce=f"{station}-{device}"[:40],
        )  # fmt: skip
    told = {one["name"]: one["stale"] for one in ask("list", "--json").json["scenarios"]}
    assert told["in effect"] == ["doubted"]
    assert told["on paper"] == []


def test_a_question_without_a_plan_is_not_kept(folder: Path) -> None:
    none = {**QUESTION, "new": 0, "floors": [{"name": "all", "least_share": 1.0}]}
    made, asked = _decided(folder, none)
    assert not made.is_plan
    with pytest.raises(InputError, match="there is nothing to keep"):
        save_decision(Workspace.open(folder), made, asked, name="空", author="李四")
    assert "空" not in Workspace.open(folder).scenarios().names()


def test_a_question_is_kept_at_once_or_as_the_newest_and_made_again(
    ask: Callable[..., Answer], folder: Path, tmp_path: Path, cli: Cli
) -> None:
    file, out = tmp_path / "question.json", tmp_path / "a.json"
    pinned = candidates(Workspace.open(folder)).sites.ids[0]
    file.write_text(json.dumps({**QUESTION, "forbidden": [{"place": pinned}]}), "utf-8")
    words = ("plan", "--question", file, "--gap", "0.5", "--when", "winter", "-w", folder)
    kept = ("--scenario", "两年", "--by", "李四", "--why", "会上提的")
    made = cli(*words, *kept, "--json")
    assert (made.code, made.json["scenario"]) == (0, "两年"), made.err
    first = found(folder, "两年")
    assert first.decision["objective"] == made.json["objective"]
    assert (first.question["gap"], first.question["when"]) == (0.5, "winter")
    assert [(line.who, line.act, line.what) for line in first.log] == [
        ("李四", "saved", ""),
        ("李四", "overrode", f"forbidden {pinned}"),
    ]
    assert ask("save", "又一个").code == 0
    assert found(folder, "又一个").content_hash == first.content_hash
    assert ask("export", "两年", "-o", out).code == 0
    assert ask("replay", out, "--json").json["same"] is True
    taken = cli(*words, "--scenario", "两年")
    assert (taken.code, "already" in taken.err) == (2, True)
