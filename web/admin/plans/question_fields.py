"""The question's form: its fields as plain tables of a question, and back.

The form shows the keys that planners set; whatever else the question holds travels beside it as it
is, so that a file of a question can be opened here, changed and saved without losing a word.
"""

from __future__ import annotations

import json
import re
import tomllib
from typing import TYPE_CHECKING, Any, Final

from data.questions import Question
from data.questions.money_rules import SHENYANG_RULES
from data.vocabulary import KINDS
from geo.errors import InputError
from geo.messages import say

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from werkzeug.datastructures import MultiDict

#: Lines of a kind that the form offers: so many more than there are.
SPARE_ROWS: Final = 2
MOST_ROWS: Final = 20
MOST_YEARS: Final = 5
MOST_CHARS: Final = 400_000
_SPLIT: Final = re.compile(r"[,，、;；\n]+")
_DEGREES: Final = re.compile(r"[-+]?[0-9]+(?:\.[0-9]*)?")
_WHOLE: Final = re.compile(r"[0-9]{1,13}")

#: What the form says of a floor or a limit; everything else of a line stays as it was.
_OF_LINES: Final = frozenset(
    {
        *("name", "least_share", "most_yuan", "most", "year", "payer"),
        *("what", "kinds", "groups", "districts"),
    }
)

Tables = dict[str, Any]


def tables_of_form(form: MultiDict[str, str], *, name_of: Callable[[str, int], str]) -> Tables:
    """Read a form into the tables of a question, over those that it began from.

    ``name_of`` names a limit that was left without a name: its part of the question and which of
    them it is, from 1.

    Raises
    ------
    InputError
        when the tables that travel beside the form are none.
    """
    made = _beside(form.get("beside", ""))
    made["name"] = form.get("name", "").strip()
    made["goal"] = _goal(form, made.get("goal"))
    made["years"] = _given(first=_number(form, "years.first"), count=_number(form, "years.count"))
    count = made["years"].get("count", 1)
    made["money"] = _money(form, made.get("money"), count if isinstance(count, int) else 1)
    made["new"] = _number(form, "new")
    made["actions"] = _actions(form, made.get("actions"))
    made["spacing_m"] = _number(form, "spacing_m", whole=False)
    for key in ("required", "forbidden"):
        made[key] = _pins(form.get(key, ""), made.get(key))
    made["floors"] = _lines(form, "floors", _floor, name_of, made)
    made["money_limits"] = _lines(form, "money_limits", _money_limit, name_of, made)
    made["count_limits"] = _lines(form, "count_limits", _count_limit, name_of, made)
    made["zones"] = _listed(form.get("zones", ""), what="zones")
    made["world"] = _json(form.get("world", "").strip() or "{}", what="world")
    _add_drawn(form, made, name_of)
    costs = dict(made.get("costs") or {})
    costs["by_kind"] = _costs(form, costs.get("by_kind") or [])
    made["costs"] = _given(**costs)
    made["money_rules"] = _rules(form, made.get("money_rules"))
    return {key: value for key, value in made.items() if value not in ("", None, [], {})}


def fields_of(tables: Tables) -> dict[str, str]:
    """Write the tables of a question into the fields of the form; what is not said is left out."""
    goal, years, money, actions = (
        _table(tables, key) for key in ("goal", "years", "money", "actions")
    )
    made: dict[str, object] = {
        "goal.what": goal.get("what", "workers"),
        "goal.standard": goal.get("standard", "group"),
        "goal.coverage": goal.get("coverage", "nominal"),
        "goal.share": _per_cent(goal.get("share")),
        "years.first": years.get("first", Question().years.first),
        "years.count": years.get("count", 1),
        "money.carry_over": "yes" if money.get("carry_over", True) else "",
        "new": tables.get("new"),
        "spacing_m": tables.get("spacing_m"),
        "actions.existing": actions.get("existing", "fixed"),
        "actions.build_hours": _joined(actions.get("build_hours", Question().actions.build_hours)),
        "actions.extend_hours": _joined(actions.get("extend_hours", ())),
        "actions.relocate_within_m": actions.get("relocate_within_m"),
        **{f"money.{n}": yuan for n, yuan in enumerate(money.get("yuan_by_year", ()), start=1)},
    }
    for key in ("required", "forbidden"):
        made[key] = "\n".join(str(pin.get("place", "")) for pin in _list(tables, key))
    for key in ("zones", "world"):
        made[key] = json.dumps(tables[key], ensure_ascii=False) if tables.get(key) else ""
    for part in ("floors", "money_limits", "count_limits"):
        for number, line in enumerate(_list(tables, part)):
            for key, value in _line_fields(line).items():
                made[f"{part}.{number}.{key}"] = value
    for cost in (Question().cost_of_kind(term.id) for term in KINDS):
        made[f"cost.capital.{cost.kind}"] = cost.capital_yuan
        made[f"cost.running.{cost.kind}"] = cost.running_yuan_a_year
    for line in _list(_table(tables, "costs"), "by_kind"):
        made[f"cost.capital.{line.get('kind')}"] = line.get("capital_yuan")
        made[f"cost.running.{line.get('kind')}"] = line.get("running_yuan_a_year", 0)
    return {key: str(value) for key, value in made.items() if value not in (None, "")}


def lists_of(tables: Tables) -> dict[str, frozenset[str]]:
    """Return the kinds that are ticked, by the key of their list."""
    actions = _table(tables, "actions")
    build = actions.get("build", Question().actions.build)
    lists = {"actions.build": build, "actions.upgrade": actions.get("upgrade", ())}
    return {key: frozenset(map(str, values)) for key, values in lists.items()}


def n_lines(tables: Tables) -> dict[str, int]:
    """Return how many lines of each part the form shows: those that there are, and spare ones."""
    parts = ("floors", "money_limits", "count_limits")
    return {part: min(len(_list(tables, part)) + SPARE_ROWS, MOST_ROWS) for part in parts}


def _line_fields(line: Tables) -> dict[str, object]:
    """Write a floor or a limit into its fields."""
    share = _per_cent(line.get("least_share"))
    return {
        "figure": share or line.get("most_yuan", line.get("most")),
        "name": line.get("name"),
        "year": line.get("year"),
        "payer": line.get("payer"),
        "what": line.get("what"),
        "kind": next(iter(line.get("kinds", ())), None),
        "group": next(iter(line.get("groups", ())), None),
        "district": next(iter(line.get("districts", ())), None),
    }


def _table(tables: Tables, key: str) -> Tables:
    found = tables.get(key)
    return found if isinstance(found, dict) else {}


def _list(tables: Tables, key: str) -> list[Tables]:
    found = tables.get(key)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _per_cent(share: object) -> str:
    return f"{100 * share:.6g}" if isinstance(share, int | float) else ""


def _joined(words: object) -> str:
    return "，".join(map(str, words)) if isinstance(words, list | tuple) else ""


def beside_words(tables: Tables) -> str:
    """Write the tables that travel beside the form."""
    return json.dumps(tables, ensure_ascii=False, separators=(",", ":"))


def _beside(text: str) -> Tables:
    found = _json(text or "{}", what="beside")
    if not isinstance(found, dict):
        raise InputError(say("a question is a table of keys: begin with [goal]"))
    return found


def _json(text: str, *, what: str) -> Any:  # noqa: ANN401 - as read
    if len(text) > MOST_CHARS:
        raise InputError(say("{what}: is larger than a question can be", what=what))
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise InputError(say("{what}: is no JSON", what=what)) from None


def _listed(text: str, *, what: str) -> list[Any]:
    if not text.strip():
        return []
    found = _json(text, what=what)
    if not isinstance(found, list):
        raise InputError(say("{what}: is no list", what=what))
    return found


def _add_drawn(form: Mapping[str, str], made: Tables, name_of: Callable[[str, int], str]) -> None:
    """Put the place whose corners were written, one a line, among the zones or the new workers."""
    text, rule = form.get("drawn.corners", "").strip(), form.get("drawn.rule", "exclude")
    if not text:
        return
    numbers = [[float(part) for part in _DEGREES.findall(line)] for line in text.splitlines()]
    corners = [corner for corner in numbers if corner]
    within_m, name = (
        _number(form, "drawn.within_m", whole=False),
        form.get("drawn.name", "").strip(),
    )
    if len(corners) in {0, 2} or any(len(corner) != 2 for corner in corners):  # noqa: PLR2004 - lon, lat
        raise InputError(
            say("zones: write a corner a line as 116.8,33.96: three or more, or one with metres")
        )
    place = {"ring": corners} if len(corners) > 1 else {"around": corners[0], "within_m": within_m}
    if rule == "park":
        world = made["world"] = dict(made["world"]) if isinstance(made["world"], dict) else {}
        one = _given(
            name=name or name_of("world", 1), at=corners[0], within_m=within_m,
            group=form.get("drawn.group"), workers=_number(form, "drawn.workers"),
            year=_number(form, "drawn.year"),
        )  # fmt: skip
        world["demand"] = [*world.get("demand", []), one]
    else:
        zones = made["zones"]
        one = _given(name=name or name_of("zones", len(zones) + 1), rule=rule, **place)
        made["zones"] = [*zones, one]


def _given(**values: object) -> Tables:
    return {key: value for key, value in values.items() if value not in ("", None, [], ())}


def _number(form: Mapping[str, str], key: str, *, whole: bool = True) -> int | float | str | None:
    """Read a number; what is none stays text, so that the question says what is wrong with it."""
    text = form.get(key, "").strip().replace(",", "").replace("，", "")
    if not text:
        return None
    if _WHOLE.fullmatch(text):
        return int(text)
    try:
        value = float(text)
    except ValueError:
        return text
    return text if whole else value


def _share(form: Mapping[str, str], key: str) -> float | str | None:
    """Read per cent as a share."""
    value = _number({key: form.get(key, "").strip().removesuffix("%")}, key, whole=False)
    return value if isinstance(value, str) or value is None else round(value / 100, 6)


def _words(text: str) -> list[str]:
    return [part.strip() for part in _SPLIT.split(text) if part.strip()]


def _goal(form: MultiDict[str, str], before: object) -> Tables:
    kept = dict(before) if isinstance(before, dict) else {}
    what = form.get("goal.what", "workers")
    kept |= {"what": what, "standard": form.get("goal.standard", "group")}
    kept["coverage"] = form.get("goal.coverage", "nominal") if what == "worker_hours" else "nominal"
    kept["share"] = _share(form, "goal.share") if what == "cheapest" else None
    if what != "worker_hours":
        kept.pop("hour_weights", None)
    if what != "mean_time":
        kept.pop("beyond_s", None)
    return _given(**kept)


def _money(form: MultiDict[str, str], before: object, years: int) -> Tables:
    kept = dict(before) if isinstance(before, dict) else {}
    sums = [_number(form, f"money.{year}") for year in range(1, min(years, MOST_YEARS) + 1)]
    while sums and sums[-1] is None:
        sums.pop()
    given: list[Any] = [0 if one is None else one for one in sums]
    # one sum alone is for all years together; more than one say each year
    if len(given) > 1:
        given += [0] * (years - len(given))
    kept["yuan_by_year"] = given
    kept["carry_over"] = form.get("money.carry_over") == "yes"
    return {key: value for key, value in _given(**kept).items() if key != "carry_over" or not value}


def _actions(form: MultiDict[str, str], before: object) -> Tables:
    kept = dict(before) if isinstance(before, dict) else {}
    for key in ("build", "upgrade"):
        ticked = form.getlist(f"actions.{key}")
        # their order means nothing; that of the question stays where the same ones are ticked
        if not isinstance(kept.get(key), list) or set(kept[key]) != set(ticked):
            kept[key] = ticked
    kept["existing"] = form.get("actions.existing", "fixed")
    kept["build_hours"] = _words(form.get("actions.build_hours", ""))
    kept["extend_hours"] = _words(form.get("actions.extend_hours", ""))
    kept["relocate_within_m"] = _number(form, "actions.relocate_within_m", whole=False)
    made = _given(**kept)
    # an empty list says that nothing is built; a key that is left out means the default
    return {**made, "build": kept["build"]}


def _pins(text: str, before: object) -> list[Tables]:
    """Read places, one a line; what the question said more of a place stays with it."""
    kept = {
        str(pin.get("place")): pin
        for pin in (before if isinstance(before, list) else [])
        if isinstance(pin, dict)
    }
    return [kept.get(place, {"place": place}) for place in _words(text)]


def _rows(form: MultiDict[str, str], part: str) -> list[dict[str, str]]:
    """Return the lines of a part that say something, as they were numbered."""
    found: dict[int, dict[str, str]] = {}
    for key, value in form.items():
        head, _, rest = key.partition(".")
        number, _, field = rest.partition(".")
        if head == part and number.isascii() and number.isdigit() and len(number) < 4:  # noqa: PLR2004 - digits
            found.setdefault(int(number), {})[field] = value.strip()
    lines = (found[number] for number in sorted(found))
    return [line for line in lines if line.get("figure")][:MOST_ROWS]


def _lines(
    form: MultiDict[str, str],
    part: str,
    read: Callable[[dict[str, str]], Tables],
    name_of: Callable[[str, int], str],
    before: Tables,
) -> list[Tables]:
    """Read the lines of a part; what a line of the same name said more stays with it.

    The form shows one kind, group and district of a line. Where it still shows the first of
    several, all of them are meant.
    """
    kept = {str(line.get("name")): line for line in _list(before, part)}
    made = []
    for number, row in enumerate(_rows(form, part), start=1):
        line = read({**row, "name": row.get("name") or name_of(part, number)})
        old = kept.get(str(line.get("name")), {})
        for key in ("kinds", "groups", "districts"):
            if line.get(key) and line[key] == list(old.get(key, ()))[:1]:
                line[key] = old[key]
        more = {key: value for key, value in old.items() if key not in _OF_LINES}
        made.append({**more, **line})
    return made


def _floor(row: dict[str, str]) -> Tables:
    return _given(
        name=row.get("name"),
        least_share=_share(row, "figure"),
        groups=_one(row, "group"),
        districts=_one(row, "district"),
        year=_number(row, "year"),
    )


def _money_limit(row: dict[str, str]) -> Tables:
    return _given(
        name=row.get("name"),
        most_yuan=_number(row, "figure"),
        year=_number(row, "year"),
        kinds=_one(row, "kind"),
        districts=_one(row, "district"),
        payer=row.get("payer"),
    )


def _count_limit(row: dict[str, str]) -> Tables:
    return _given(
        name=row.get("name"),
        most=_number(row, "figure"),
        year=_number(row, "year"),
        kinds=_one(row, "kind"),
        districts=_one(row, "district"),
        what=row.get("what"),
    )


def _one(row: Mapping[str, str], key: str) -> list[str]:
    return [row[key]] if row.get(key) else []


def _costs(form: MultiDict[str, str], before: list[Tables]) -> list[Tables]:
    """Read what kinds cost; a kind whose figures are as assumed is left to the assumption."""
    kept = {str(one.get("kind")): one for one in before if isinstance(one, dict)}
    assumed = Question()
    made = []
    for key in form:
        kind = key.removeprefix("cost.capital.")
        if kind == key:
            continue
        capital, running = _number(form, key), _number(form, f"cost.running.{kind}")
        usual = assumed.cost_of_kind(kind)
        is_usual = (capital, running) == (usual.capital_yuan, usual.running_yuan_a_year)
        if is_usual and kind not in kept:
            continue
        line = dict(kept.get(kind, {"kind": kind, "lifetime_years": usual.lifetime_years}))
        line |= _given(capital_yuan=capital, running_yuan_a_year=running)
        made.append(line)
    return made


def _rules(form: MultiDict[str, str], before: object) -> Any:  # noqa: ANN401 - plain tables
    chosen = form.get("rules", "kept")
    if chosen == "none":
        return []
    return shenyang_rules() if chosen == "shenyang" else before


def shenyang_rules() -> list[Tables]:
    """Return Shenyang's three subsidies as the tables of a question."""
    found: list[Tables] = tomllib.loads(SHENYANG_RULES)["money_rules"]
    return found
