"""`yizhan nation`: many cities, one after the other or side by side, and one budget over them."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from geo.errors import InputError
from geo.messages import say
from web.commands.common import answer, json_option, steps, stopwatch, table
from web.commands.help_pages import Command, Group
from web.commands.language import spoken
from web.commands.nation_import import import_
from web.commands.nation_options import nation_option
from web.commands.nation_report import report
from web.commands.nation_sample import sample
from web.site.number_words import count, gap_words, share

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from data.nation.nation_file import Nation
    from web.languages import Language
    from web.services.nation_budget import NationalBudget
    from web.services.nation_run import StepState


@click.group(cls=Group)
def nation() -> None:
    """Plan many cities with one budget; each is a workspace below cities/."""


@nation.command(cls=Command)
@nation_option
@click.option("--name", required=True, help="What tables of it are headed with.")
@json_option
def init(folder: Path, name: str, *, as_json: bool) -> None:
    """Make the folder of a nation: nation.toml, and cities/ without a city."""
    from data.nation import Nation

    made, t = Nation.create(folder, name=name), spoken()
    words = [t("{folder} is made: add cities with yizhan nation add", folder=folder)]
    answer({"folder": str(made.folder), "name": made.name}, as_json=as_json, sample=False,
           words=words)  # fmt: skip


@nation.command(cls=Command)
@click.argument("code")
@click.option(
    "--from",
    "source",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    required=True,
    help="A city's workspace, copied as it is now; the first one stays.",
)
@nation_option
@json_option
def add(folder: Path, code: str, source: Path, *, as_json: bool) -> None:
    """Add a city by its code, the six digits of its division such as 340600.

    The first two digits say its province; for another code nation.toml can name it.
    """
    from data.nation import Nation
    from web.services.nation_cities import add_city

    opened, t = Nation.open(folder), spoken()
    city = add_city(opened, code, source=source)
    words = [t("{code} added, {n} cities now", code=code, n=len(opened.cities()))]
    answer({"code": code, "folder": str(city.folder), "province": city.province},
           as_json=as_json, sample=False, words=words)  # fmt: skip


nation.add_command(import_)
nation.add_command(sample)
nation.add_command(report)


@nation.command(cls=Command)
@nation_option
@json_option
def status(folder: Path, *, as_json: bool) -> None:
    """Show which steps of which cities are done, failed or open."""
    from data.nation import Nation
    from web.services.nation_run import standing_of

    opened = Nation.open(folder)
    _tell(opened, standing_of(opened), as_json=as_json, figures={})


@nation.command(cls=Command)
@nation_option
@click.option("--only", multiple=True, metavar="CODE", help="This city alone; can be repeated.")
@click.option(
    "--workers",
    type=click.IntRange(min=0, max=256),
    default=0,
    show_default=True,
    help="So many processes of this machine by Dask; 0: one city after the other, here.",
)
@click.option(
    "--scheduler", default="", metavar="ADDRESS", help="A Dask cluster, as tcp://host:8786."
)
@json_option
def run(
    folder: Path, only: tuple[str, ...], workers: int, scheduler: str, *, as_json: bool
) -> None:
    """Count each city and draw its curve of money; what has not changed is left alone.

    Each result is kept at once: after a stop or a kill the same command goes on. A city that fails
    stops no other and is listed with the reason; the exit code is 1 then.
    """
    from data.nation import Nation
    from web.services.nation_cluster import cluster
    from web.services.nation_run import one_by_one, run_nation

    if workers and scheduler:
        raise InputError(say("--workers and --scheduler exclude each other: give one of them"))
    opened = Nation.open(folder)
    figures: dict[str, Any] = {}
    where = (
        cluster(workers=workers, scheduler=scheduler)
        if workers or scheduler
        else nullcontext(one_by_one)
    )
    with (
        stopwatch(figures),
        where as runner,
        steps() as progress,
        progress.step(say("cities")) as done,
    ):
        states = run_nation(
            opened, only=only, runner=runner, on_state=_progress(opened, only, done)
        )
    _tell(opened, states, as_json=as_json, figures=figures)
    if any(state.state == "failed" for state in states):
        raise SystemExit(1)


def _progress(
    nation: Nation, only: Sequence[str], done: Callable[[str, float], None]
) -> Callable[[StepState], None]:
    from web.services.nation_steps import STEPS

    n_all = (len(set(only)) or len(nation.cities())) * len(STEPS)
    settled: list[StepState] = []

    def on_state(state: StepState) -> None:
        settled.append(state)
        done(say("{city}: {step}", city=state.city.code, step=state.step),
             min(len(settled) / max(n_all, 1), 1.0))  # fmt: skip

    return on_state


def _tell(
    nation: Nation, states: Sequence[StepState], *, as_json: bool, figures: dict[str, Any]
) -> None:
    """Print how the steps stand: a row a city, and each reason below."""
    from web.services.nation_run import results_of

    t = spoken()
    kept = results_of(nation)
    by_city: dict[str, list[StepState]] = {}
    for state in states:
        by_city.setdefault(state.city.code, []).append(state)
    rows, sample = [], False
    for code, own in by_city.items():
        found = kept.find(code, "figures")
        body = {} if found is None else found.body
        sample = sample or bool(body.get("sample"))
        rows.append(
            (
                code,
                own[0].city.province,
                *(_state_word(state.state, t) for state in own),
                count(body["workers"]) if body else "-",
                share(body["within_group"], body["workers"]) if body else "-",
            )
        )
    headings = (t("City"), t("Province"), t("Figures"), t("Curve"), t("Workers"), t("Reached"))
    failed = [state for state in states if state.state == "failed"]
    words: list[object] = [nation.name]
    words += [table(headings, rows, left=4)] if rows else [t("No city yet: yizhan nation add")]
    words += [
        t("{city}, {step}: {why}", city=one.city.code, step=one.step, why=t.told(one.why))
        for one in failed
    ]
    figures = figures | {
        "name": nation.name,
        "cities": [
            {
                "code": state.city.code,
                "province": state.city.province,
                "step": state.step,
                "state": state.state,
                "why": str(state.why),
                "cpu_s": round(state.seconds, 3),
            }
            for state in states
        ],
    }
    answer(figures, as_json=as_json, sample=sample, words=words)


def _state_word(state: str, t: Language) -> str:
    return {
        "done": t("done"),
        "unchanged": t("as before"),
        "failed": t("failed"),
        "open": t("open"),
    }[state]


@nation.command(cls=Command)
@nation_option
@click.option("--budget", type=click.FloatRange(min=0), required=True, metavar="YUAN",
              help="What there is for all cities together.")  # fmt: skip
@click.option("--city-floor", type=click.FloatRange(0, 1), default=0.0, metavar="SHARE",
              help="What each city covers of its workers at least, 0 to 1.")  # fmt: skip
@click.option("--province-floor", multiple=True, metavar="PROVINCE=SHARE",
              help="What a province covers of its workers at least; can be repeated.")  # fmt: skip
@click.option("--province-money", multiple=True, metavar="PROVINCE=YUAN",
              help="What a province gets at least; can be repeated.")  # fmt: skip
@click.option("--refine", type=click.IntRange(0, 50), default=0, show_default=True,
              help="Draw more points of curves that hold the gap, so often at most.")  # fmt: skip
@click.option("--gap", type=click.FloatRange(0, 1), default=0.005, show_default=True,
              help="The proven gap at which --refine stops.")  # fmt: skip
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path),
              help="Write a row a city: .csv, .xlsx or .json.")  # fmt: skip
@json_option
def allocate(  # noqa: PLR0917 - click hands in each option
    folder: Path,
    budget: float,
    city_floor: float,
    province_floor: tuple[str, ...],
    province_money: tuple[str, ...],
    refine: int,
    gap: float,
    output: Path | None,
    *,
    as_json: bool,
) -> None:
    """Divide a budget over the cities so that most workers are covered.

    The curves of yizhan nation run are its basis. It says how far from the best division it is at
    most, as far as the curves prove, and where finer curves would pay.
    """
    from data.nation import Nation
    from planning.nation import NationalFloors
    from web.services.nation_budget import write_division
    from web.services.nation_refine import divide_refined

    opened = Nation.open(folder)
    floors = NationalFloors(
        city_share=city_floor,
        province_share=_by_province(province_floor, option="--province-floor"),
        province_money=_by_province(province_money, option="--province-money"),
    )
    figures: dict[str, Any] = {}
    with stopwatch(figures):
        divided = divide_refined(opened, budget, floors=floors, rounds=refine, gap=gap)
    if output is not None and divided.allocation.status == "allocated":
        write_division(divided, output)
    answer(figures | divided.as_dict(), as_json=as_json, sample=divided.sample,
           words=_division_words(opened, divided, budget, spoken()))  # fmt: skip
    if divided.allocation.status != "allocated":
        raise SystemExit(1)


def _by_province(pairs: Sequence[str], *, option: str) -> dict[str, float]:
    read = {}
    for pair in pairs:
        province, _, figure = pair.partition("=")
        try:
            read[province] = float(figure)
        except ValueError:
            raise InputError(
                say(
                    "{option} {pair}: write PROVINCE=NUMBER, as 安徽省=0.5",
                    option=option,
                    pair=pair,
                )
            ) from None
    return read


def _division_words(
    nation: Nation, divided: NationalBudget, budget: float, t: Language
) -> list[object]:
    made = divided.allocation
    words: list[object] = [nation.name]
    if made.status != "allocated":
        words += [t("No division keeps the floors.")] if made.status == "infeasible" else []
        return [*words, *(t.told(reason) for reason in made.reasons)]
    rows = [
        (
            row["code"],
            row["province"],
            count(row["yuan"]),
            share(row["before"], row["workers"]),
            share(row["covered"], row["workers"]),
            count(row["adds"]),
            count(row["slack"]),
        )
        for row in divided.rows()
    ]
    headings = (t("City"), t("Province"), t("Yuan"), t("Now"), t("Then"), t("Adds"), t("Open"))
    before = float(divided.before.sum())
    words += [
        table(headings, rows, left=2),
        t(
            "{spent} of {budget} yuan: {adds} more workers reached, {total} in all."
            " No division of the budget reaches more than {bound}: {gap} from the best at most.",
            spent=count(made.spent),
            budget=count(budget),
            adds=count(made.total - before),
            total=count(made.total),
            bound=count(made.bound),
            gap=gap_words(made.gap),
        ),
        t("Open: each city's part of what is not proved. A finer curve there closes most."),
    ]
    if divided.without:
        codes = ", ".join(city.code for city in divided.without)
        words.append(t("Without a curve, and so without money: {codes}", codes=codes))
    return words
