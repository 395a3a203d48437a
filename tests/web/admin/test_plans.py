"""Claims about the planner's workspace: scenarios as tabs, one on its page, several at once."""

from __future__ import annotations

import io
import json
import re
import shutil
import zipfile
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import openpyxl
import pyogrio
import pytest
import shapely
import shapely.geometry

from data.accounts import Account
from data.files.scenario_files import write_scenario
from data.questions import Question
from data.report_book import ReportBook
from data.workspace import Workspace
from geo.errors import FieldsError, InputError
from geo.measure import great_circle_m
from planning.coverage.nominal import Places, measure_coverage
from planning.scenarios.explanation_document import read_explanation
from planning.scenarios.forms import check_documents, figures_of
from tests.web.admin.visits import PASSWORD_HASH, logged_in, token_of
from tests.web.conftest import HOSTILE, MONEY, THREE
from tests.web.page_questions import ask_by_page, random_question, told, typed_form
from web.admin.plans import pages
from web.admin.routes import ACTS
from web.app import create_app
from web.services.candidate_gains import measure_candidates
from web.services.decisions import Wanted
from web.services.loosening import loosened
from web.services.near_sites import asked_with, near_place
from web.services.run_questions import RunAsked
from web.services.run_work import work_once
from web.services.runs import submit
from web.services.scenarios import checked_scenario, scenario_of
from web.services.sites import candidates

if TYPE_CHECKING:
    from pathlib import Path

    from flask import Flask
    from flask.testing import FlaskClient

    from tests.conftest import Cli


WHENS = ("before", "after")


@pytest.fixture
def workspace(planned_city: Path, tmp_path: Path) -> Workspace:
    return Workspace.open(shutil.copytree(planned_city, tmp_path / "city"))


@pytest.fixture
def app(workspace: Workspace) -> Flask:
    return create_app(workspace.folder, testing=True)


@pytest.fixture
def planner(app: Flask) -> FlaskClient:
    return logged_in(app, "gui")


def change(planner: FlaskClient, name: str, **form: str) -> Any:  # noqa: ANN401 - an answer
    page = f"/admin/plans/s/{name}"
    return planner.post(page, data={**form, "token": token_of(planner, page)})


def test_every_scenario_has_a_tab_and_a_card_with_its_one_figure(
    planner: FlaskClient, workspace: Workspace
) -> None:
    page = planner.get("/admin/plans").text
    for name in (MONEY, THREE):
        row = scenario_of(workspace, name).figures.row()
        assert f"{100 * row.after / row.workers:.1f} %" in page
        assert page.count(name) >= 2
    yuan = scenario_of(workspace, MONEY).figures.cost_yuan
    assert f"{yuan:,} 元" in page


def test_a_scenario_s_page_says_what_is_done_for_whom_and_who_pays(
    planner: FlaskClient, workspace: Workspace
) -> None:
    kept = scenario_of(workspace, MONEY)
    page = planner.get(f"/admin/plans/s/{MONEY}").text
    assert f"{kept.figures.cost_yuan:,} 元" in page
    for line in kept.scenario.decision["money"]:
        assert f"{line['yuan']:,}" in page
    assert page.count("data-order=") == len(kept.figures.actions)
    for word in HOSTILE[:2]:
        assert word not in page


def test_the_page_speaks_english_too(planner: FlaskClient) -> None:
    page = planner.get(f"/admin/plans/s/{MONEY}?lang=en").text
    assert "What is done where, and why" in page


@pytest.mark.parametrize(
    ("who", "sees", "asks"), [("kan", 200, 404), ("shen", 404, 404), ("gui", 200, 200)]
)
def test_who_may_not_make_plans_cannot(app: Flask, who: str, sees: int, asks: int) -> None:
    client = logged_in(app, who)
    paths = ["/admin/plans", f"/admin/plans/s/{MONEY}", "/admin/plans/candidates.json"]
    if sees == 404:  # what is measured, or is not there, is another claim's
        paths += [f"/admin/plans/changes/{MONEY}", "/admin/plans/runs/1/actions.csv"]
    for path in paths:
        assert client.get(path).status_code == sees
    assert client.get("/admin/plans/ask").status_code == asks
    token = token_of(client, "/admin/password")
    form = {"act": "delete", "token": token}
    wanted = 303 if asks == 200 else 404
    assert client.post(f"/admin/plans/s/{THREE}", data=form).status_code == wanted


def test_the_tabs_are_read_anew_when_a_scenario_changes_and_only_then(
    planner: FlaskClient, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = []
    whole = pages.cards_of
    monkeypatch.setattr(pages, "cards_of", lambda of: read.append(1) or whole(of))
    for _ in range(3):
        assert planner.get("/admin/plans").text.count("plan-card") >= 2
    assert len(read) == 1
    assert change(planner, THREE, act="note", why="记").status_code == 303
    assert change(planner, THREE, act="rename", new="改了名").status_code == 303
    assert "改了名" in planner.get("/admin/plans").text
    workspace.scenarios().delete("改了名", by="test")
    assert "改了名" not in planner.get("/admin/plans").text


def test_copying_noting_and_locking_stand_in_the_log_under_who_did_it(
    planner: FlaskClient, workspace: Workspace
) -> None:
    assert change(planner, MONEY, act="copy", new="另一个", why="讨论用").status_code == 303
    assert change(planner, "另一个", act="note", why="房东同意了").status_code == 303
    assert change(planner, "另一个", act="rename", new="定案").status_code == 303
    assert change(planner, "定案", act="lock", why="会上通过").status_code == 303
    log = workspace.scenarios().scenario("定案").log
    assert [(line.act, line.who) for line in log][-4:] == [
        (act, "gui") for act in ("copied", "noted", "renamed", "locked")
    ]
    refused = change(planner, "定案", act="delete")
    assert refused.status_code == 400
    assert "定案" in workspace.scenarios().names()
    assert "desk-error" in refused.text


def test_a_name_that_is_taken_is_refused_and_nothing_changes(
    planner: FlaskClient, workspace: Workspace
) -> None:
    before = workspace.scenarios().names()
    assert change(planner, MONEY, act="copy", new=THREE).status_code == 400
    assert workspace.scenarios().names() == before


def test_two_to_four_scenarios_stand_side_by_side(planner: FlaskClient) -> None:
    page = planner.get("/admin/plans/compare", query_string={"of": [MONEY, THREE]})
    assert page.status_code == 200
    assert page.text.count("data-points=") == 2
    assert planner.get("/admin/plans/compare").status_code == 400
    several = {"of": [MONEY, THREE, MONEY]}
    assert planner.get("/admin/plans/compare", query_string=several).status_code == 400
    alone = planner.get("/admin/plans/compare", query_string={"of": [MONEY]})
    assert alone.status_code == 303


def test_what_a_candidate_would_add_is_what_coverage_gains_with_it(
    workspace: Workspace,
) -> None:
    """Coverage is measured anew with each of some candidates beside what stands."""
    made, sites = measure_candidates(workspace), candidates(workspace).sites
    demand, settings = workspace.demand(), workspace.settings

    def covered(places: Places | None) -> dict[str, float]:
        found = measure_coverage(
            demand, workspace.stations(), workspace.network(), settings, extra_places=places
        )
        return {group: found.row(group).within_one for group in demand.groups}

    before = covered(None)
    for row in (0, len(sites) // 2, len(sites) - 1):
        after = covered(Places(sites.lonlat[row : row + 1], ("base",)))
        for group in settings.groups:
            if "base" in group.kinds:
                gain = after[group.id] - before[group.id]
                assert made.gains[group.id][row] == pytest.approx(gain, abs=2e-3)
    assert max(map(max, made.gains.values())) > 0


def test_after_a_plan_a_candidate_adds_no_more_than_before_it(workspace: Workspace) -> None:
    today = measure_candidates(workspace)
    after = measure_candidates(workspace, workspace.scenarios().scenario(THREE))
    lower = [np.array(today.gains[group]) - np.array(after.gains[group]) for group in today.gains]
    assert min(float(part.min()) for part in lower) >= -1e-3
    assert max(float(part.max()) for part in lower) > 0


def test_the_map_s_points_are_the_scenario_s_actions_and_its_candidates(
    planner: FlaskClient, workspace: Workspace
) -> None:
    actions = planner.get(f"/admin/plans/points/{MONEY}").json["actions"]
    figures = scenario_of(workspace, MONEY).figures
    assert [one["id"] for one in actions] == [one.site_id for one in figures.actions]
    found = planner.get(f"/admin/plans/candidates.json?after={MONEY}").json
    n = len(candidates(workspace).sites)
    assert (len(found["id"]), {len(of) for of in found["gains"].values()}) == (n, {n})
    assert len(planner.get("/admin/plans/standing.json").json["id"]) == len(workspace.stations())


def taken(planner: FlaskClient, what: str, name: str = MONEY) -> bytes:
    answer = planner.get(f"/admin/plans/file/{what}/{name}")
    assert answer.status_code == 200
    return answer.data


def test_the_workbook_speaks_the_reader_s_language(
    planner: FlaskClient, workspace: Workspace
) -> None:
    book = openpyxl.load_workbook(io.BytesIO(taken(planner, "actions.xlsx")), read_only=True)
    rows = list(book.worksheets[0].iter_rows(values_only=True))
    assert {"序号", "行动", "类型", "一次投入（元）", "各年合计（元）"} <= set(rows[0])
    paid = rows[0].index("各年合计（元）")
    assert sum(row[paid] for row in rows[1:]) == scenario_of(workspace, MONEY).figures.cost_yuan
    english = io.BytesIO(planner.get(f"/admin/plans/file/actions.xlsx/{MONEY}?lang=en").data)
    book = openpyxl.load_workbook(english, read_only=True)
    assert "capital (yuan)" in next(book.worksheets[0].iter_rows(values_only=True))


def test_the_other_files_open_as_what_they_are(
    planner: FlaskClient, workspace: Workspace, tmp_path: Path
) -> None:
    kept = scenario_of(workspace, MONEY)
    geojson = json.loads(taken(planner, "actions.geojson"))
    assert len(geojson["features"]) == len(kept.figures.actions)
    asked = Question.from_dict(json.loads(taken(planner, "question.json")))
    assert asked.as_dict() == kept.scenario.question["question"]
    (tmp_path / "ways.gpkg").write_bytes(taken(planner, "ways.gpkg"))
    layers = {name for name, _ in pyogrio.list_layers(tmp_path / "ways.gpkg")}
    assert {"assignment", "areas", "places"} <= layers
    assert json.loads(taken(planner, "scenario.json"))["name"] == MONEY
    for nothing in ("question.json", "actions.exe"):
        assert planner.get(f"/admin/plans/file/{nothing}/{THREE}").status_code == 404


def test_the_question_panel_begins_with_the_scenario_s_question(
    planner: FlaskClient,
) -> None:
    page = planner.get(f"/admin/plans/ask?of={MONEY}&required=grid-1").text
    assert 'name="money.1" inputmode="numeric" value="200000"' in page
    assert "grid-1</textarea>" in page
    assert f'value="{MONEY} 2"' in page


def test_a_question_is_stopped_by_who_asked_it_and_by_no_other_planner(
    app: Flask, planner: FlaskClient, workspace: Workspace
) -> None:
    ReportBook(workspace).accounts.add(Account("ling", PASSWORD_HASH, "planner"), by="test")
    page = f"/admin/plans/ask?of={MONEY}"
    form = {"name": "停", "beside": "{}", "money.1": "200000", "token": token_of(planner, page)}
    asked = planner.post("/admin/plans/ask", data=form)
    assert asked.status_code == 303
    where = asked.headers["Location"]
    other = logged_in(app, "ling")
    stop = {"act": "stop", "token": token_of(other, where)}
    assert other.post(where, data=stop).status_code == 403
    assert 'value="stop"' not in other.get(where).text
    stop["token"] = token_of(planner, where)
    assert planner.post(where, data=stop).status_code == 303
    assert 'data-state="stopped"' in planner.get(where).text


def test_what_is_wrong_with_a_question_stands_at_its_field(planner: FlaskClient) -> None:
    token = token_of(planner, f"/admin/plans/ask?of={MONEY}")
    form = {"name": "错", "beside": "{}", "money.1": "六十万", "spacing_m": "-3", "token": token}
    refused = planner.post("/admin/plans/ask", data=form)
    assert refused.status_code == 422
    assert refused.text.count('class="fault" role="alert"') == 2
    assert 'name="spacing_m" inputmode="decimal" value="-3" aria-invalid="true"' in refused.text
    assert 'value="六十万" aria-invalid="true"' in refused.text


@pytest.mark.parametrize("key", Question.model_fields)
def test_all_that_is_wrong_with_any_part_of_a_question_is_shown(
    planner: FlaskClient, key: str
) -> None:
    file = (io.BytesIO(json.dumps({key: {"no": "such"}}).encode()), "q.json")
    token = token_of(planner, "/admin/plans/ask")
    refused = planner.post("/admin/plans/ask", data={"token": token, "name": "错", "file": file})
    assert refused.status_code == 422
    said = re.findall(r'<(?:span|p) class="(?:fault|desk-error)" role="alert">', refused.text)
    with pytest.raises(FieldsError) as told:
        Question.from_dict({key: {"no": "such"}})
    assert len(said) == len(told.value.faults) >= 1


def test_a_question_without_a_plan_offers_to_loosen_each_rule_of_its_conflict(
    planner: FlaskClient, workspace: Workspace
) -> None:
    floor = {"name": "全部快递员", "least_share": 1.0, "groups": ["courier"]}
    body = {"question": {"new": 1, "floors": [floor], "actions": {"build": ["courier_home"]}}}
    asked = RunAsked.of_request({**body, "time_limit_s": 20.0})
    run = submit(workspace, asked, author="gui")
    worked = work_once(workspace, "w1")
    assert worked is not None
    assert worked.state == "infeasible"
    page = planner.get(f"/admin/plans/runs/{run.id}").text
    found = workspace.database.runs().run(run.id)
    assert found is not None
    assert found.answer is not None
    members = found.answer["conflict"]["members"]
    links = re.findall(r'href="([^"]*[?&;](loosen|drop)=(\d+)[^"]*)"', page)
    assert {int(number) for _, _, number in links} == set(range(len(members)))
    for address, act, number in links:
        form = planner.get(address.replace("&amp;", "&")).text
        member = members[int(number)]
        if member["kind"] == "floor" and act == "drop":
            assert "全部快递员" not in form
        if member["kind"] == "floor" and act == "loosen":
            figure = re.search(r'name="floors.0.figure"[^>]*value="([\d.]+)"', form)
            assert figure is not None
            assert 0 <= float(figure[1]) <= 100 * member["would_do"]
        if member["kind"] == "limit_count" and act == "drop":
            assert re.search(r'name="new"[^>]*value=""', form)
    loosest = [loosened(body["question"], one) for one in members]
    for made in loosest:
        if made is not None:
            again = RunAsked.of_request({"question": made.tables, "time_limit_s": 20.0})
            submit(workspace, again, author="gui")
            worked = work_once(workspace, "w1")
            assert worked is not None
            assert worked.state == "done"
    assert any(made is not None for made in loosest)


@pytest.mark.parametrize(
    ("name", "data", "status"),
    [
        ("q.toml", b'[years]\nfirst = 2030\n[actions]\nbuild = ["base"]\n', 303),
        ("q.json", b'{"years": {"first": 2030}, "actions": {"build": ["base"]}}', 303),
        ("q.toml", b"[years\n", 422),
        ("q.json", b"[1]", 422),
        ("q.toml", "[金额]\n一 = 1\n".encode(), 422),
    ],
)
def test_a_question_s_file_stands_in_the_place_of_the_form(
    planner: FlaskClient, workspace: Workspace, name: str, data: bytes, status: int
) -> None:
    token = token_of(planner, f"/admin/plans/ask?of={MONEY}")
    form = {"name": "文件", "token": token, "years.first": "2041", "file": (io.BytesIO(data), name)}
    answer = planner.post("/admin/plans/ask", data=form)
    assert answer.status_code == status
    runs = workspace.database.runs().newest()
    if status == 422:
        assert not runs
        assert "desk-error" in answer.text
    else:
        assert runs[0].question["question"]["years"] == {"first": 2030}
        assert runs[0].question["question"]["actions"]["build"] == ["base"]


#: Small enough to be proved at once.
EXPLAINED = {
    "question": {"name": "讲理由", "new": 2, "actions": {"build": ["station"]}},
    "explain": {"why": True, "prices": True, "floors": True},
}


@pytest.fixture
def run_of_reasons(workspace: Workspace) -> str:
    """The page of a run that was answered with its reasons."""
    put = submit(workspace, RunAsked.of_request(EXPLAINED), author="gui", scenario="讲理由")
    worked = work_once(workspace, "w1")
    assert worked is not None
    assert worked.state == "done"
    return f"/admin/plans/runs/{put.id}"


@pytest.mark.parametrize(
    ("goal", "worse"),
    [
        ({"what": "cheapest", "share": 0.5}, r"多花 [\d,]+( 至 [\d,]+)? 元"),
        ({"what": "worst_group"}, r"最差的少 [\d.]+( 至 [\d.]+)? 个百分点"),
    ],
)
def test_the_reasons_of_other_goals_are_told_in_their_own_measure(
    planner: FlaskClient, workspace: Workspace, goal: dict[str, Any], worse: str
) -> None:
    question = EXPLAINED["question"] | {"goal": goal}
    body = {"question": question, "explain": {"why": True, "prices": True}}
    put = submit(workspace, RunAsked.of_request(body), author="gui", scenario="另一目标")
    worked = work_once(workspace, "w1")
    assert worked is not None
    assert worked.state == "done", worked
    address = f"/admin/plans/runs/{put.id}"
    run = workspace.database.runs().run(put.id)
    assert run is not None
    assert run.answer is not None
    assert run.answer["explanation"]["why"]
    form = {"act": "keep", "name": "另一目标", "token": token_of(planner, address)}
    assert planner.post(address, data=form).status_code == 303
    page = planner.get("/admin/plans/s/另一目标").text
    kept = read_explanation(workspace.scenarios().scenario("另一目标").decision)
    assert kept is not None
    needed = [line for line in kept.why if not line.is_needed]
    told = re.findall(worse, page)
    assert len(told) == len([one for one in needed if one.costs_most is not None])
    assert len(re.findall("没有方案能守住全部限制", page)) == len(kept.why) - len(needed)


def test_a_run_is_not_asked_for_what_its_goal_does_not_have() -> None:
    body = {"question": {"goal": {"what": "seated"}}, "explain": {"alternatives": 3}}
    with pytest.raises(FieldsError, match="not told of the goal seated"):
        RunAsked.of_request(body)


def test_the_reasons_of_a_run_are_kept_with_the_scenario_and_travel_with_its_file(
    planner: FlaskClient, workspace: Workspace, run_of_reasons: str, tmp_path: Path
) -> None:
    run_page = planner.get(run_of_reasons).text
    run = workspace.database.runs().run(int(run_of_reasons.rpartition("/")[2]))
    assert run is not None
    assert run.answer is not None
    why = run.answer["explanation"]
    assert all(why[part] for part in ("why", "prices", "floors"))
    form = {"act": "keep", "name": "讲理由", "token": token_of(planner, run_of_reasons)}
    assert planner.post(run_of_reasons, data=form).status_code == 303
    page = planner.get("/admin/plans/s/讲理由").text
    sentences = re.findall(r'<details class="why-here">.*?</details>', page, re.DOTALL)
    assert len(sentences) == len(run.answer["actions"])
    for part in ("再多一点能怎样", "换成次好的"):
        assert (part in page) is (part in run_page)
    assert "再多一点能怎样" in page
    kept = workspace.scenarios().scenario("讲理由")
    explained = read_explanation(kept.decision)
    assert explained is not None
    assert [line.order for line in explained.why] == [line["order"] for line in why["why"]]
    file = tmp_path / "kept.json"
    write_scenario(kept, file)
    again = checked_scenario(file)
    assert again.decision == kept.decision
    # the next question begins with what each floor can be at most
    ask = planner.get("/admin/plans/ask?of=讲理由").text
    settings = re.search(r'id="plan-settings">(.*?)</script>', ask, re.DOTALL)
    assert settings is not None
    told = {(end["group"], end["district"]): end for end in json.loads(settings[1])["ends"]}
    for end in why["floors"]:
        known = told[end["group"], end["district"]]
        assert known["reached"] <= 100 * end["reached"] + 1e-6 <= known["reached"] + 0.1
        assert known["bound"] >= 100 * end["bound"] - 1e-6 >= known["bound"] - 0.1
    document = json.loads(json.dumps(kept.decision))
    document["explanation"]["why"][0]["instead"] = {"what": "<script>"}
    with pytest.raises(InputError, match="explanation"):
        check_documents(replace(kept, decision=document))


def test_sheets_are_taken_away_before_and_after_a_plan_is_kept_and_are_the_same(
    planner: FlaskClient, workspace: Workspace, run_of_reasons: str
) -> None:
    before = planner.get(f"{run_of_reasons}/sheets.zip")
    assert before.status_code == 200
    form = {"act": "keep", "name": "选址", "token": token_of(planner, run_of_reasons)}
    assert planner.post(run_of_reasons, data=form).status_code == 303
    assert taken(planner, "sheets.zip", "选址") == before.data
    pages = zipfile.ZipFile(io.BytesIO(before.data))
    actions = workspace.scenarios().scenario("选址").decision["actions"]
    assert pages.testzip() is None
    assert len(pages.namelist()) == len(actions) + 1
    assert "@page" in pages.read(pages.namelist()[1]).decode()
    assert planner.get(f"{run_of_reasons}/scenario.json").status_code == 404
    settings = workspace.folder / "yizhan.toml"
    text = settings.read_text("utf-8")
    settings.write_text(text.replace("spacing_m = 250", "spacing_m = 500"), "utf-8")
    stale = planner.get("/admin/plans/file/sheets.zip/选址")
    assert stale.status_code == 409
    assert "选址" in stale.text


def test_areas_and_hours_before_and_after_are_those_of_the_city_measured_anew(
    planner: FlaskClient, workspace: Workspace
) -> None:
    """The areas hold whom the scenario counts; an open place in reach is a place in reach."""
    found = planner.get(f"/admin/plans/changes/{MONEY}").json
    figures = scenario_of(workspace, MONEY).figures
    assert [group["id"] for group in found["groups"]] == list(workspace.demand().groups)
    demand = workspace.demand()
    for group in demand.groups:
        areas = {when: shapely.geometry.shape(found["areas"][group][when]) for when in WHENS}
        assert areas["after"].buffer(0.001).covers(areas["before"])
        row = figures.row(group)
        for when in WHENS:
            hours, nominal = found["hours"][group][when], getattr(row, when) / max(row.workers, 1.0)
            assert len(hours) == 24
            assert max(hours) <= nominal + 1e-3  # who has an open one has one
            inside = shapely.contains_xy(areas[when].buffer(0.004), demand.lonlat)
            assert demand.of(group)[inside].sum() >= getattr(row, when) * 0.98
        assert all(a >= b for b, a in zip(*(found["hours"][group][w] for w in WHENS), strict=True))
    assert planner.get(f"/admin/plans/changes/{MONEY}").json == found  # kept, not measured again
    assert len(workspace.results("before_after")) == 1


def test_the_difference_of_two_scenarios_is_what_one_alone_reaches(planner: FlaskClient) -> None:
    pair = [planner.get(f"/admin/plans/changes/{name}").json for name in (MONEY, THREE)]
    query = {"of": [MONEY, THREE]}
    told = planner.get("/admin/plans/difference.json", query_string=query).json["areas"]
    for group, parts in told.items():
        first, second = (shapely.geometry.shape(of["areas"][group]["after"]) for of in pair)
        only = {side: shapely.geometry.shape(part) for side, part in parts.items()}
        assert only["first"].intersection(only["second"]).area < 1e-7
        assert only["first"].area == pytest.approx(first.difference(second).area, abs=2e-5)
        assert only["second"].area == pytest.approx(second.difference(first).area, abs=2e-5)
    assert any(shapely.geometry.shape(parts["first"]).area > 0 for parts in told.values())
    assert planner.get("/admin/plans/difference.json?of=x").status_code == 404


def test_every_page_of_the_workspace_says_whose_it_is(app: Flask) -> None:
    pages = {
        rule.endpoint for rule in app.url_map.iter_rules() if rule.rule.startswith("/admin/plans")
    }
    assert pages <= set(ACTS)


def test_why_not_here_tells_the_nearest_candidates_and_what_the_plan_does_instead(
    planner: FlaskClient, workspace: Workspace
) -> None:
    scenario, sites = workspace.scenarios().scenario(MONEY), candidates(workspace).sites
    lon, lat = sites.lonlat[len(sites) // 2] + (0.0007, 0.0003)
    gains = measure_candidates(workspace, scenario)
    near = near_place(workspace, scenario, (lon, lat), gains=gains)
    metres = great_circle_m(sites.lonlat, np.array([lon, lat]))
    assert [one.id for one in near.sites] == sites.frame["id"].iloc[np.argsort(metres)[:3]].tolist()
    for one in near.sites:
        assert one.adds is not None
        row = gains.sites.index(one.id)
        assert one.adds == {group: gains.gains[group][row] for group in one.adds}
    actions = figures_of(scenario).actions
    ends = great_circle_m(np.array([(one.lon, one.lat) for one in actions]), np.array([lon, lat]))
    assert near.nearest == actions[int(np.argmin(ends))]
    page = planner.get(f"/admin/plans/near/{MONEY}?at={lon},{lat}").text
    part = planner.get(f"/admin/plans/near/{MONEY}?at={lon},{lat}&part=1").text
    assert part.count('name="required"') == sum(one.order is None for one in near.sites)
    assert "<html" in page
    assert "<html" not in part
    for wrong in ("", "x", "116", "999,33"):
        told = planner.get(f"/admin/plans/near/{MONEY}", query_string={"at": wrong})
        assert told.status_code == 200
        assert 'class="fault" role="alert"' in told.text
    far = planner.get(f"/admin/plans/near/{MONEY}?at=0,0").text
    assert "3 公里内没有候选点" in far


def test_a_site_that_is_moved_asks_again_and_says_what_that_costs(
    planner: FlaskClient, workspace: Workspace
) -> None:
    base = workspace.scenarios().scenario(MONEY)
    action = next(one for one in figures_of(base).actions if one.what == "build")
    here = near_place(workspace, base, (action.lon, action.lat), gains=None)
    other = next(one for one in here.sites if one.order is None)
    form = {"required": other.id, "forbidden": action.site_id}
    form["token"] = token_of(planner, f"/admin/plans/s/{MONEY}")
    asked = planner.post(f"/admin/plans/again/{MONEY}", data=form)
    assert asked.status_code == 303
    put = workspace.database.runs().newest(limit=1)[0]
    question = put.question["question"]
    assert question["required"] == [{"place": other.id}]
    assert question["forbidden"] == [{"place": action.site_id}]
    assert {key: question[key] for key in ("money", "years")} == {
        key: base.question["question"][key] for key in ("money", "years")
    }
    # the rest is that of any run; without explanations it is quick
    whole = asked_with(base, required=other.id, forbidden=action.site_id)
    quick = replace(whole, search=replace(whole.search, gap=0.05), wanted=Wanted())
    workspace.database.runs().stop(put.id, by="gui")
    again = submit(workspace, quick, author="gui", scenario="移")
    worked = work_once(workspace, "w1")
    assert worked is not None
    assert worked.state == "done"
    run = workspace.database.runs().run(again.id)
    assert run is not None
    assert run.answer is not None
    ids = {one["id"] for one in run.answer["actions"]}
    assert other.id in ids
    assert action.site_id not in ids
    page = planner.get(f"/admin/plans/runs/{again.id}?base={MONEY}").text
    least = max(0.0, base.decision["objective"] - run.answer["bound"])
    assert "这样要求的代价" in page
    assert f"少 {least:,.0f}" in page
    plan = {"required": other.id, "token": form["token"]}
    assert planner.post(f"/admin/plans/again/{THREE}", data=plan).status_code == 400


def test_a_question_typed_into_the_page_has_the_plan_of_the_command_line(
    planner: FlaskClient, workspace: Workspace, tmp_path: Path, cli: Cli
) -> None:
    """A slice of the bench, which asks 200."""
    for seed in (1, 11):
        tables = random_question(seed, workspace.demand().groups)
        run = ask_by_page(planner, workspace, typed_form(tables, name=f"随机 {seed}"))
        worked = work_once(workspace, "w1")
        assert worked is not None
        found = workspace.database.runs().run(run.id)
        assert found is not None
        assert found.answer is not None
        file = tmp_path / "question.json"
        file.write_text(json.dumps(tables), "utf-8")
        typed = cli("plan", "-w", workspace.folder, "--question", file, "--gap", "0.01", "--json")
        assert typed.code == 0, typed.err
        assert told(dict(found.answer)) == told(typed.json)
