"""Claims about what the faces say of a plan: each is recomputed from the plan's own figures."""

from __future__ import annotations

import html
import json
import math
import re
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.china_time import china_day
from data.demand import Demand
from data.workspace import Workspace
from planning.engine.params import Plan
from planning.siting.plan import SitingPlan
from planning.siting.whole_workers import in_whole_plan
from web.app import create_app
from web.labels.plans import PlanWords, finer_words
from web.languages import CHINESE, ENGLISH
from web.maps.city_map import map_of_workspace
from web.reports.office_words import office_text
from web.reports.pages import report_of
from web.site.number_words import added_count, gap_words

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Cli

OSM = "© OpenStreetMap contributors"


@pytest.fixture
def folder(city_folder: Path, tmp_path: Path) -> Path:
    """A copy of the small city to plan in."""
    copied = tmp_path / "workspace"
    shutil.copytree(city_folder, copied)
    return copied


def newest(folder: Path) -> SitingPlan:
    kept = Workspace.open(folder).newest_result("plan")
    assert kept is not None
    return SitingPlan.from_dict(dict(kept.body))


def words_of(page: str) -> str:
    """The text of a page, without its marks."""
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page)))


def test_where_the_limit_of_the_kind_binds_every_face_says_that(folder: Path, cli: Cli) -> None:
    asked = ("plan", "--new", "6", "--kind", "station:2", "-w", folder)
    told = cli(*asked)
    assert told.code == 0, told.err
    assert "6 new stations asked for, 2 planned." in told.out
    assert "What limits: at most 2 stations" in told.out
    assert "none beyond these adds a worker" not in told.out
    body = cli(*asked, "--json").json
    (reason,) = body["shortfalls"]
    assert reason["limits"] == ["kind:station:2"]
    more = cli("plan", "--new", "3", "--kind", "station:3", "-w", folder, "--json").json
    # one station more adds at least what the best site was said to add beside the two
    assert more["objective"] - body["objective"] >= reason["adds_workers"] - 1e-6
    cli(*asked)
    page = create_app(folder, testing=True).test_client()
    assert "受限于：最多 2 个驿站" in words_of(page.get("/plan").text)
    assert "at most 2 stations" in words_of(page.get("/plan?lang=en").text)


def test_where_no_site_adds_a_worker_it_is_said_of_how_many_sites(folder: Path, cli: Cli) -> None:
    told = cli("plan", "--new", "60", "-w", folder)
    assert "none beyond these adds a worker" in told.out
    plan = newest(folder)
    assert plan.shortfalls[0].limits == ("no_gain",)
    assert f"Of {plan.shortfalls[0].n_sites} candidate sites" in told.out
    assert len(plan.sites) < plan.shortfalls[0].n_sites


def test_of_two_groups_that_are_printed_alike_the_larger_one_is_named_first(
    folder: Path, cli: Cli
) -> None:
    cli("plan", "--new", "1", "-w", folder)
    plan = newest(folder)
    (site,) = plan.sites
    half = site.adds_workers / 2
    adds = {"courier": half - 1e-6, "ride_hailing_driver": half + 1e-6}
    told = in_whole_plan(replace(plan, sites=(replace(site, adds_by_group=adds),)))
    named = PlanWords(told, ENGLISH, ("",)).why(told.sites[0])
    assert [one.rpartition(" ")[0] for one in named] == ["Ride-hailing driver", "Courier"]


@pytest.mark.parametrize("metres", ["0", "120"])
def test_what_finer_candidates_could_add_is_said_on_every_face(
    folder: Path, cli: Cli, metres: str
) -> None:
    asked = ("plan", "--new", "2", "-w", folder)
    body = cli(*asked, "--finer", metres, "--json").json
    finer = body["finer"]
    assert finer["bound"] - body["objective"] == pytest.approx(finer["more_workers"])
    assert finer["candidates"] > int(body["inputs"]["candidates"])
    plan = newest(folder)
    told = cli(*asked, "--finer", metres).out
    client = create_app(folder, testing=True).test_client()
    for t in (CHINESE, ENGLISH):
        (said,) = finer_words(plan, t)
        assert f"{finer['candidates']}" in said.replace(",", "")
        grid = f"{metres} 米" in said or f"a {metres} m grid" in said
        assert grid == (metres != "0")
        assert f" {math.ceil(finer['more_workers'])} " in said.replace(",", "")
        assert (said in told) == (t is ENGLISH)
        assert said in words_of(client.get(f"/plan?lang={t.code}").text)
        assert office_text(said, t) in words_of(client.get(f"/report?lang={t.code}").text)
    without = cli(*asked)
    assert "as a candidate too" not in without.out
    assert newest(folder).finer is None


def test_where_finer_candidates_add_nobody_that_is_what_is_said(folder: Path, cli: Cli) -> None:
    assert cli("plan", "--new", "60", "-w", folder, "--finer", "100000").code == 0
    plan = newest(folder)
    held = replace(plan, finer=replace(plan.finer, more_workers=0.0, bound=plan.objective))
    (said,) = finer_words(held, ENGLISH)
    assert said.endswith("it is proven that no choice does better.")


def test_a_bound_is_named_with_the_candidates_among_which_it_is_proven(
    folder: Path, cli: Cli
) -> None:
    cli("plan", "--new", "2", "-w", folder)
    sites = newest(folder).inputs["candidates"]
    client = create_app(folder, testing=True).test_client()
    for t, prove in ((CHINESE, "证明"), (ENGLISH, "proven")):
        for path in ("/plan", "/report"):
            page = words_of(client.get(f"{path}?lang={t.code}").text)
            found = re.finditer(prove, page, re.IGNORECASE)
            around = [page[max(0, at.start() - 80) : at.start() + 120] for at in found]
            assert around
            assert [one for one in around if f"{sites} " not in one] == [], path


def test_a_part_of_a_worker_is_nowhere_printed_as_none(folder: Path, cli: Cli) -> None:
    workspace = Workspace.open(folder)
    held = workspace.demand()
    workspace.replace_demand(
        Demand(
            ids=held.ids,
            lonlat=held.lonlat,
            weights=held.weights * 1e-5,
            groups=held.groups,
            district=held.district,
            district_names=held.district_names,
        )
    )
    told = cli("plan", "--new", "2", "-w", folder)
    plan = newest(folder)
    assert len(plan.sites) == 2
    assert all(0 < site.adds_workers < 0.5 for site in plan.sites)
    assert told.out.count("fewer than 1") == 3  # the sentence and both rows
    for t, few in ((CHINESE, "不足 1"), (ENGLISH, "fewer than 1")):
        words = PlanWords(plan, t, ("", ""))
        assert few in words.answer
        assert [few in who for site in plan.sites for who in words.why(site)] == [True, True]
        script = map_of_workspace(workspace, language=t).document.script
        assert script.count(json.dumps(few)[1:-1]) == 2
        page = create_app(folder, testing=True).test_client().get(f"/plan?lang={t.code}").text
        cells = re.findall(r'<td class="number">([^<]*)</td>', page)
        lost = [site.lost_without for site in plan.sites]
        assert cells[0::2] == [few, few]
        assert cells[1::2] == [few if one > 0 else "0" for one in lost]
        body = report_of(workspace, language=t).body
        assert body.count(f'<td class="number">{few}</td>') >= 2


@pytest.mark.parametrize(
    ("n", "zh", "en"),
    [(0.0, "0", "0"), (0.2, "不足 1", "fewer than 1"), (0.7, "1", "1"), (1234.4, "1,234", "1,234")],
)
def test_what_a_site_adds_is_written_by_one_rule(n: float, zh: str, en: str) -> None:
    assert (added_count(n, CHINESE), added_count(n, ENGLISH)) == (zh, en)


@given(st.floats(min_value=0, max_value=2))
def test_a_gap_is_never_printed_smaller_than_it_is(gap: float) -> None:
    printed = float(gap_words(gap).removesuffix(" %"))
    assert printed >= 100 * gap * (1 - 1e-6) - 1e-8
    assert printed <= 100 * gap + 0.1 + 1e-6


@pytest.mark.parametrize("bound", [np.nan, np.inf])
def test_an_engine_without_figures_leaves_no_nan_on_any_face(
    folder: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch, bound: float
) -> None:
    said = Plan(
        status="time_limit",
        chosen=np.empty(0, dtype=np.int64),
        objective=np.nan,
        bound=bound,
        runtime_s=1.0,
        method="stub",
    )
    monkeypatch.setattr("planning.decisions.goals.solve", lambda _problem, *, params: said)  # noqa: ARG005
    told = cli("plan", "--new", "2", "-w", folder)
    answer = cli("plan", "--new", "2", "-w", folder, "--json")
    assert (told.code, answer.code) == (0, 0)

    def refused(word: str) -> float:
        raise AssertionError(word)

    json.loads(answer.out, parse_constant=refused)
    client = create_app(folder, testing=True).test_client()
    faces = [told.out, answer.out]
    faces += [
        client.get(f"{path}?lang={t}").text for path in ("/plan", "/report") for t in ("zh", "en")
    ]
    for face in faces:
        assert not re.search(r"\b(nan|inf|infinity)\b", words_of(face), flags=re.IGNORECASE)
    assert "The time ran out before the search ended" in told.out


def test_the_plan_is_dated_by_chinas_clock(folder: Path) -> None:
    assert china_day("2026-11-29T22:00:00Z").isoformat() == "2026-11-30"
    assert china_day("2026-11-29T15:59:59Z").isoformat() == "2026-11-29"
    workspace = Workspace.open(folder)
    kept = workspace.newest_result("plan")
    assert kept is not None
    client = create_app(folder, testing=True).test_client()
    day = china_day(kept.created_at)
    assert CHINESE.day(day) in words_of(client.get("/plan").text)
    assert ENGLISH.day(day) in words_of(client.get("/plan?lang=en").text)
    assert kept.created_at[:10] not in words_of(client.get("/plan").text)


def _settings(folder: Path, *, sample: bool) -> None:
    path = folder / "yizhan.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        re.sub(r"^sample = \w+", f"sample = {str(sample).lower()}", text, flags=re.MULTILINE),
        encoding="utf-8",
    )


@pytest.mark.parametrize("sample", [True, False])
def test_openstreetmap_is_named_where_its_roads_are_drawn_and_nowhere_else(
    folder: Path,
    *,
    sample: bool,
) -> None:
    _settings(folder, sample=sample)
    assert Workspace.open(folder).settings.sample is sample
    with_roads = create_app(folder, testing=True).test_client()
    faces = {path: with_roads.get(path).text for path in ("/", "/plan", "/plan/map.js")}
    faces = {path: html.unescape(text).replace("\\u00a9", "©") for path, text in faces.items()}
    assert {path: OSM in text for path, text in faces.items()} == dict.fromkeys(faces, not sample)
    (folder / "cache" / "network.bin").unlink()
    without = create_app(folder, testing=True).test_client()
    for path in ("/", "/plan", "/plan/map.js"):
        assert OSM not in html.unescape(without.get(path).text).replace("\\u00a9", "©")
