"""The answer of a question: every number of it is recomputed from all choices there are."""

from __future__ import annotations

import random
import re
from typing import TYPE_CHECKING

import pytest

from tests.statements.claims_questions import CLAIMS
from tests.statements.streets import Street, build_street
from tests.statements.test_statements import altered
from tests.statements.walker import faults, held_spans

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Cli

    from tests.statements.fragments import Fragment

NUMBER = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")
BOUNDS = ("|covered]", "|at most]", " at best]", "|chosen]", "|in the plan]")

MAIN = """
name = "three things"
new = 2
spacing_m = 150.0
[goal]
what = "workers"
group_weights = {courier = 2.0}
[years]
first = 2027
count = 2
[money]
yuan_by_year = [140_000, 90_000]
[actions]
build = ["station", "driver_home"]
existing = "free"
upgrade = ["driver_home"]
relocate_within_m = 230.0
stations = [{id = "S0", may = "fixed"}]
[[floors]]
name = "truckers"
least_share = 0.3
groups = ["truck_driver"]
[[money_limits]]
name = "own money"
payer = "own"
most_yuan = 150_000
[[count_limits]]
name = "first year"
most = 1
year = 2027
[[money_rules]]
rule = "share"
payer = "市总工会"
share = 0.6
cap_yuan = 40_000
[[money_rules]]
rule = "members"
payer = "市总工会"
base_yuan = 2000
up_to_members = 25
per_member_yuan = 20
[[world.demand]]
name = "park"
at = [116.8044, 33.96]
within_m = 120.0
workers = 40.0
group = "courier"
year = 2028
"""


HOURS = """
[goal]
what = "worker_hours"
hour_weights = [[22, 6, 3.0]]
[money]
yuan_by_year = [250_000]
[actions]
build = ["station", "driver_home"]
build_hours = ["8:00-18:00", "7:00-23:00"]
existing = "upgrade"
extend_hours = ["7:00-23:00"]
[[floors]]
name = "evenings"
least_share = 0.15
hours = [18, 8]
[[money_rules]]
rule = "posts"
payer = "市总工会"
yuan_a_month = 300
[capacity]
at_once = 0.2
seats_by_kind = {station = 5, driver_home = 20}
"""
TIME = """
[goal]
what = "mean_time"
beyond_s = 4000.0
group_weights = {truck_driver = 2.0}
[years]
count = 2
[money]
yuan_by_year = [150_000, 80_000]
[actions]
build = ["station", "driver_home"]
[[world.demand]]
name = "park"
at = [116.8044, 33.96]
within_m = 120.0
workers = 40.0
group = "courier"
year = 2028
"""
MOVED = """
[years]
count = 2
[money]
yuan_by_year = [180_000, 60_000]
carry_over = false
[actions]
build = ["station"]
existing = "free"
upgrade = ["driver_home"]
relocate_within_m = 230.0
[[required]]
place = "S0"
what = "close"
[[required]]
place = "C1"
what = "relocate"
"""
NONE = """
new = 1
[actions]
build = ["driver_home"]
[[floors]]
name = "truckers"
least_share = 0.7
groups = ["truck_driver"]
"""
GOAL = """
new = 2
[actions]
build = ["station"]
[capacity.seats_by_kind]
station = 5
"""
UNIONS = "编号,名称,类型,会员总数,岗位数\nU1,货运工会,工会,30,1\nU2,快递工会,工会,120,2\n"


def _files(folder: Path) -> None:
    for name, text in (("main", MAIN), ("hours", HOURS), ("time", TIME), ("moved", MOVED),
                       ("none", NONE), ("goal", GOAL)):  # fmt: skip
        (folder / f"{name}.toml").write_text(text, "utf-8")
    (folder / "own.csv").write_text("id,kind\nC0,driver_home\n", "utf-8")
    (folder / "legal.csv").write_text("id,kind\nC1,station\n", "utf-8")
    (folder / "unions.csv").write_text(UNIONS, "utf-8")


@pytest.fixture(scope="session")
def street(tmp_path_factory: pytest.TempPathFactory, cli: Cli) -> Street:
    folder = tmp_path_factory.mktemp("street") / "city"
    build_street(folder)
    _files(folder)
    made = Street(folder, cli, members={"U1": (30, 1), "U2": (120, 2)})

    def ask(name: str, *words: str) -> None:
        made.ask("plan", "--question", f"{{}}/{name}.toml", "--gap", "0", *words)

    ask("main", "--runners-up", "--prices", "--alternatives", "3", "--curve", "4", "--stations",
        "--front", "workers", "money", "--score", "{}/own.csv")  # fmt: skip
    ask("main", "--draws", "5", "--uncertainty", "0.4", "--failing", "0.2")
    ask("time", "--front", "money", "mean_time", "--runners-up", "--prices", "--alternatives", "2",
        "--score", "{}/legal.csv")  # fmt: skip
    ask("moved", "--runners-up", "--alternatives", "3", "--stations")
    ask("none")
    ask("none", "--set", "new=10", "--set", "money.yuan_by_year=[150000]")
    ask("none", "--set", 'floors=[{name="all",least_share=0.99}]', "--set", "new=3")
    for goal in ("two_in_reach", "worst_group", "worst_district", "seated"):
        ask("goal", "--set", f'goal.what="{goal}"', "--runners-up", "--prices", "--score",
            "{}/legal.csv")  # fmt: skip
    for share in (0.45, 0.6):
        ask("goal", "--set", f'goal={{what="cheapest",share={share}}}', "--runners-up", "--prices",
            "--score", "{}/legal.csv")  # fmt: skip
    ask("goal", "--score", "{}/legal.csv", "--stations", "--scenario", "first")
    for goal in ('"workers"}', '"cheapest",share=0.45}', '"worst_group"}'):
        ask("goal", "--finer", "0", "--set", f"goal={{what={goal}", "--set",
            'forbidden=[{place="C0"},{place="C1"}]')  # fmt: skip
    for edit in ('actions.build=["driver_home"]', 'name="as before"'):
        made.ask("plan", "--from-scenario", "first", "--set", edit)
    imported = cli("organisations", "import", folder / "unions.csv", "-w", folder)
    assert imported.code == 0, imported.err
    ask("hours", "--runners-up", "--prices")
    ask("main", "--set", "floors=[]")
    return made


def _said(street: Street) -> list[Fragment]:
    return [piece for piece in street.all_pieces() if held_spans(piece.text)]


def test_every_number_of_an_answer_is_held_by_one_claim_and_true(street: Street) -> None:
    found = [fault for piece in _said(street) for fault in faults(piece, street, CLAIMS)]
    assert not found, "\n".join(map(str, found))


def test_a_number_that_is_altered_is_noticed(street: Street) -> None:
    chance = random.Random(16)  # noqa: S311 - a sample of texts, no secret
    pieces = [piece for piece in _said(street) if NUMBER.search(piece.text)]
    # a bound holds for every figure beyond it: what is altered there may be as true
    told = [piece for piece in pieces if not any(word in piece.where for word in BOUNDS)]
    missed = []
    for piece in chance.sample(told, 100):
        altered_piece = altered(piece, chance)
        if not faults(altered_piece, street, CLAIMS):
            missed.append(f"{piece.where}: {altered_piece.text} (it is {piece.text})")
    # of a figure that ends in half a digit, both roundings are true
    assert len(missed) <= 5, "\n".join(missed)


def test_the_chinese_answer_says_the_same_numbers(street: Street, cli: Cli) -> None:
    words = ("plan", "--question", street.folder / "main.toml", "--gap", "0", "--runners-up",
             "--prices", "--stations", "--draws", "5", "--uncertainty", "0.4",
             "--failing", "0.2", "-w", street.folder)  # fmt: skip
    english, chinese = (cli(*more, *words).out for more in ((), ("--lang", "zh")))
    told = [sorted(NUMBER.findall(line)) for line in english.splitlines() if NUMBER.search(line)]
    said = [sorted(NUMBER.findall(line)) for line in chinese.splitlines() if NUMBER.search(line)]
    assert len(told) > 30
    assert said == told
    assert "名工友" in chinese
