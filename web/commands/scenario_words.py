"""What `yizhan scenario` prints: a scenario, its log, several side by side, a replay."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from planning.coverage.rounding import half_up
from web.commands.common import table
from web.commands.language import shown, spoken
from web.labels.places import names_of
from web.languages import message
from web.services.freshness import input_name
from web.site.number_words import added_count, count, gap_words, local_words, share, signed_count

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from data.scenarios import Scenario
    from geo.network import RoadNetwork
    from planning.scenarios.comparison import ComparedAction, ComparedRow, Comparison
    from planning.scenarios.figures import DoneAction, ScenarioFigures
    from web.services.asked_again import AskedAgain
    from web.services.scenarios import Compared, Kept, Replay

_ACTS: Final = {
    "saved": message("saved"),
    "replaced": message("replaced"),
    "copied": message("copied"),
    "renamed": message("renamed"),
    "overrode": message("decided otherwise"),
    "noted": message("noted"),
    "locked": message("locked"),
}
_WHATS: Final = {
    "build": message("build"),
    "upgrade": message("upgrade"),
    "extend": message("extend hours"),
    "close": message("close"),
    "relocate": message("relocate"),
    "keep": message("keep", context="an action"),
}
_COUNTED: Final = {
    "workers": message("workers", context="counted by a plan"),
    "worker_hours": message("worker-hours of a week", context="counted by a plan"),
}
_ADDS: Final = {
    "workers": message("adds workers"),
    "worker_hours": message("adds worker-hours a week"),
}
_PAIR: Final = 2


def list_table(kept: Sequence[Kept]) -> object:
    """Put the scenarios into a table, one a row."""
    t = spoken()
    rows = [
        (
            one.scenario.name,
            local_words(one.scenario.made_at),
            one.scenario.author,
            _standing(one),
            len(one.figures.actions),
            _reached(one.figures),
        )
        for one in kept
    ]
    headings = (
        *(t("Scenario"), t("Saved (China)"), t("By"), t("State")),
        *(t("Actions"), t("Covered after")),
    )
    return table(headings, rows, left=4)


def scenario_words(kept: Kept, network: RoadNetwork | None) -> list[object]:
    """Say a scenario: its answer, its actions, its decision log, what has changed since."""
    t, of, scenario = spoken(), kept.figures, kept.scenario
    row = of.row()
    words: list[object] = [
        t.plural(
            "{name}: {n} action; {before} {counted} covered before, {after} after, of {workers}; "
            "{proof}.",
            "{name}: {n} actions; {before} {counted} covered before, {after} after, of {workers}; "
            "{proof}.",
            n=len(of.actions),
            name=scenario.name,
            counted=_counted(of),
            before=count(row.before),
            after=count(row.after),
            workers=count(row.workers),
            proof=_proof(of),
        ),
        _action_table(of, network),
        log_table(scenario),
    ]
    if scenario.is_locked:
        words.append(t("It is locked: nothing changes or deletes it."))
    return [*words, *stale_words(kept)]


def stale_words(kept: Kept) -> list[str]:
    """Say which inputs have changed since a scenario was computed; nothing where none has."""
    if not kept.stale:
        return []
    return [
        spoken()(
            "{name} is stale. Changed since it was computed: {inputs}.",
            name=kept.scenario.name,
            inputs=_inputs(kept.stale),
        )
    ]


def log_table(scenario: Scenario) -> object:
    """Put the decision log into a table, the earliest line first."""
    t = spoken()
    rows = [
        (local_words(line.at), line.who, t(_ACTS[line.act]), line.what or "–", line.why or "–")
        for line in scenario.log
    ]
    return table((t("At (China)"), t("Who"), t("Did"), t("What"), t("Why")), rows, left=5)


def compared_words(compared: Compared, network: RoadNetwork | None) -> list[object]:
    """Say scenarios side by side: figures, groups and districts, money, actions."""
    t, made = spoken(), compared.comparison
    words: list[object] = [_figure_table(made), _row_table(made)]
    if made.money:
        words.append(_money_table(made))
    differing = made.differing
    n_common = len(made.actions) - len(differing)
    words.append(
        t.plural(
            "{n} action is in all of them, {differing} in some only.",
            "{n} actions are in all of them, {differing} in some only.",
            n=n_common,
            differing=len(differing),
        )
    )
    if differing:
        words.append(_differing_table(made, differing, network))
    if compared.differing_inputs:
        words.append(
            t(
                "They were not computed from the same inputs. Different are: {inputs}.",
                inputs=_inputs(compared.differing_inputs),
            )
        )
    return words


def replay_words(replay: Replay) -> list[object]:
    """Say whether a replay gave the same answer, and if not what differs."""
    t = spoken()
    words: list[object] = [_beside_words(replay)]
    if replay.changed:
        words.append(_changed_words(replay))
    elif replay.same:
        pass
    elif not replay.in_time:
        words.append(t("The inputs are the same; a search was cut short by its time limit."))
    else:
        words.append(
            t(
                "The inputs are the same; it was made by Yizhan {then}, and this is {now}.",
                then=replay.scenario.inputs.get("version", "–"),
                now=replay.version,
            )
        )
    return words


def _beside_words(replay: Replay) -> str:
    t, name = spoken(), replay.scenario.name
    if replay.same:
        return t.plural(
            "{name}: the same plan, {n} action in the same order, {after} {counted} covered.",
            "{name}: the same plan, {n} actions in the same order, {after} {counted} covered.",
            n=len(replay.now.actions),
            name=name,
            counted=_counted(replay.now),
            after=count(replay.now.row().after),
        )
    return t(
        "{name}: another plan: {gone} of its actions are not in the new one, which has {come} "
        "others and covers {now} {counted} instead of {then}.",
        name=name,
        counted=_counted(replay.now),
        gone=len(replay.only_then),
        come=len(replay.only_now),
        now=count(replay.now.row().after),
        then=count(replay.then.row().after),
    )


def _changed_words(replay: Replay) -> str:
    t, inputs = spoken(), _inputs(replay.changed)
    if replay.same:
        return t("Other inputs all the same: {inputs}.", inputs=inputs)
    return t("The inputs that differ: {inputs}.", inputs=inputs)


def again_words(again: AskedAgain) -> list[object]:
    """Say what a scenario's question, asked again, answers otherwise, and what was edited in it."""
    t, replay = spoken(), again.replay
    words: list[object] = [_beside_words(replay)]
    if again.edited:
        words += [_changed_words(replay)] if replay.changed else []
        words.append(
            t("Asked otherwise than in the scenario: {keys}.", keys=t.all_of(list(again.edited)))
        )
    else:
        words = replay_words(replay)
    if replay.only_now or replay.only_then:
        words.append(
            t(
                "New are: {come}. No longer done are: {gone}.",
                come=_listed(replay.only_now),
                gone=_listed(replay.only_then),
            )
        )
    return words


def _listed(actions: Sequence[DoneAction]) -> str:
    t = spoken()
    return ", ".join(_done(one) for one in actions) or t("nothing")


def _done(one: DoneAction) -> str:
    t = spoken()
    parts = (_what(one), one.site_id, shown(one.kind, t.kind), str(one.year or ""))
    return " ".join(part for part in parts if part)


def _standing(kept: Kept) -> str:
    t = spoken()
    parts = [t("locked")] if kept.scenario.is_locked else []
    if kept.stale:
        parts.append(t("stale: {inputs}", inputs=_inputs(kept.stale)))
    return t.listed(parts) if parts else t("up to date")


def _inputs(names: Iterable[str]) -> str:
    t = spoken()
    return t.all_of([input_name(name, t) for name in names])


def _reached(of: ScenarioFigures) -> str:
    """Say how many are covered; worker-hours by their name, as workers stand in most rows."""
    told = _with_share(of.row().after, of.row().workers)
    return told if of.measure == "workers" else f"{told} {_counted(of)}"


def _with_share(part: float | None, whole: float | None) -> str:
    if part is None or whole is None:
        return "–"
    return f"{count(part)} ({share(part, whole)})"


def _counted(of: ScenarioFigures) -> str:
    """Say what the figures count: a worker-hour is one worker in one hour of a week."""
    return spoken()(_COUNTED[of.measure])


def _proof(of: ScenarioFigures) -> str:
    t = spoken()
    if of.proven_best:
        return t("none of these candidates can do better")
    return t("at most {gap} below the best", gap=gap_words(of.gap))


def _action_table(of: ScenarioFigures, network: RoadNetwork | None) -> object:
    t, actions = spoken(), of.actions
    places = names_of(actions, network, t)
    has_years = any(action.year is not None for action in actions)
    rows = [
        (
            action.order,
            *((action.year, _what(action)) if has_years else ()),
            action.site_id,
            shown(action.kind, t.kind),
            place,
            shown(action.district, t.district),
            added_count(action.adds_workers, t),
        )
        for action, place in zip(actions, places, strict=True)
    ]
    years = (t("year"), t("action")) if has_years else ()
    headings = (t("order"), *years, t("id"), t("kind"), t("site"), t("district"))
    headings = (*headings, t(_ADDS[of.measure]))
    return table(headings, rows, left=len(headings) - 1)


def _what(action: DoneAction) -> str:
    t = spoken()
    what = shown(action.what, lambda word: t(_WHATS.get(word, word)))
    return " ".join(part for part in (what, action.hours, action.station) if part)


def _figure_table(made: Comparison) -> object:
    t = spoken()
    rows: list[tuple[object, ...]] = [
        (t("actions"), *(len(of.actions) for of in made.figures)),
        (t("covered after"), *map(_reached, made.figures)),
        (t("proven"), *(_short_proof(of) for of in made.figures)),
    ]
    if made.money:
        rows.append((t("cost, yuan"), *(f"{of.cost_yuan or 0:,}" for of in made.figures)))
    return table((t("figure"), *made.names), rows)


def _short_proof(of: ScenarioFigures) -> str:
    return spoken()("best") if of.proven_best else f"≤ {gap_words(of.gap)}"


def _row_table(made: Comparison) -> object:
    """Coverage of all by year, and by group and by district in the last year.

    Of a group in a district, and of classes of hours, only the JSON tells.
    """
    t = spoken()
    years = sorted({row.year for row in made.rows if row.year is not None})
    last = years[-1] if years else None
    told = [
        row
        for row in made.rows
        if row.hours == "all"
        and (row.group == row.district == "all" or (row.year == last and _is_margin(row)))
    ]
    pair = len(made.names) == _PAIR
    rows = [
        (
            *((row.year,) if years else ()),
            shown(row.group, t.group),
            shown(row.district, t.district),
            *(_with_share(*of) for of in zip(row.after, row.workers, strict=True)),
            *([_change(row)] if pair else []),
        )
        for row in told
    ]
    heads = (*((t("year"),) if years else ()), t("group"), t("district"))
    return table((*heads, *made.names, *([t("change")] if pair else [])), rows, left=len(heads))


def _is_margin(row: ComparedRow) -> bool:
    return "all" in {row.group, row.district}


def _change(row: ComparedRow) -> str:
    """Say the change between two answers: that of the numbers as they are printed."""
    first, second = row.after
    if first is None or second is None:
        return "–"
    return signed_count(half_up(second) - half_up(first))


def _money_table(made: Comparison) -> object:
    t = spoken()
    rows = [(row.year or "–", row.payer, *(f"{yuan:,}" for yuan in row.yuan)) for row in made.money]
    return table((t("year"), t("payer"), *made.names), rows, left=2)


def _differing_table(
    made: Comparison, differing: Sequence[ComparedAction], network: RoadNetwork | None
) -> object:
    t = spoken()
    places = names_of([one.action for one in differing], network, t)
    rows = [
        (
            _what(one.action),
            one.action.site_id,
            place,
            shown(one.action.kind, t.kind),
            shown(one.action.district, t.district),
            *("–" if order is None else order for order in one.orders),
        )
        for one, place in zip(differing, places, strict=True)
    ]
    headings = (t("action"), t("id"), t("site"), t("kind"), t("district"))
    return table((*headings, *made.names), rows, left=5)
