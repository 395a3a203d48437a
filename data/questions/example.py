"""The commented question file to begin with: every key, what it means and its default."""

from __future__ import annotations

import json
import textwrap
from typing import TYPE_CHECKING, Any, Final

from data.questions.money_rules import SHENYANG_RULES
from data.questions.question import ASSUMED_COSTS, Question

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import BaseModel

_WIDTH: Final = 94
_HEAD: Final = (
    "A question for yizhan plan --question. Every key may be left out; what stands behind a # is "
    "an example or the default. Money is whole yuan, lengths metres, coordinates WGS-84."
)
#: What is asked for without a change: three years of money, and the actions of a usual city.
_SET: Final[dict[str, str]] = {
    "goal.what": '"workers"',
    "years.first": "2027",
    "years.count": "3",
    "money.yuan_by_year": "[600_000, 500_000, 500_000]",
    "actions.build": '["station", "driver_home"]',
    "actions.existing": '"upgrade"',
}
_EXAMPLES: Final[dict[str, str]] = {
    "required": '[[required]]\nplace = "C7"            # the id of a candidate site or station\n'
    'what = "build"',
    "forbidden": '[[forbidden]]\nplace = "C9"',
    "earliest": '[[earliest]]\nplace = "C8"\nyear = 2028',
    "money_limits": '[[money_limits]]\nname = "Suixi"\nmost_yuan = 400_000\n'
    'districts = ["濉溪县"]\n\n[[money_limits]]\nname = "own money"\nmost_yuan = 900_000\n'
    'payer = "own"',
    "count_limits": '[[count_limits]]\nname = "driver homes"\nmost = 4\nkinds = ["driver_home"]',
    "floors": '[[floors]]\nname = "nobody under 30 %"\nleast_share = 0.3\n'
    'groups = ["truck_driver"]',
    "front": '[front]\nfirst = "workers"\nsecond = "money"',
    "zones": '[[zones]]\nname = "freight yard"\naround = [116.80, 33.95]\nwithin_m = 2000.0\n'
    'rule = "require"\nkinds = ["driver_home"]',
}


def example_text() -> str:
    """Return a question file in which every key stands with its meaning, and which can be asked."""
    lines = [*_comment(_HEAD), ""]
    tables: list[str] = []
    for name, field in Question.model_fields.items():
        inner = _model_of(field.annotation)
        if inner is not None:
            tables += ["", *_comment(field.description or ""), f"[{name}]", *_keys(inner, name)]
        elif name == "money_rules":
            tables += ["", *_comment(f"{field.description}. Shenyang's three rules, for example:")]
            tables += [f"# {line}".rstrip() for line in SHENYANG_RULES.splitlines()]
        elif name in _EXAMPLES:
            tables += ["", *_comment(f"{field.description}, for example:")]
            tables += [f"# {line}".rstrip() for line in _EXAMPLES[name].splitlines()]
        else:
            lines += [*_comment(field.description or ""), *_line(name, "", field.default), ""]
    lines += tables
    lines += ["", *_comment("What stations cost where nothing is said: assumptions, put in yours:")]
    for cost in ASSUMED_COSTS:
        lines += [
            "#",
            "# [[costs.by_kind]]",
            f"# kind = {json.dumps(cost.kind)}",
            f"# capital_yuan = {cost.capital_yuan:_}",
            f"# running_yuan_a_year = {cost.running_yuan_a_year:_}",
            f"# lifetime_years = {cost.lifetime_years}",
            f"# reason = {json.dumps(cost.reason)}",
        ]
    return "\n".join(lines) + "\n"


def _model_of(annotation: Any) -> type[BaseModel] | None:  # noqa: ANN401 - a type hint
    return annotation if hasattr(annotation, "model_fields") else None


def _keys(model: type[BaseModel], table: str) -> Iterator[str]:
    for name, field in model.model_fields.items():
        yield from _comment(field.description or "")
        default = field.get_default(call_default_factory=True)
        yield from _line(name, table, default)


def _line(name: str, table: str, default: Any) -> list[str]:  # noqa: ANN401 - any value
    """Write a key as it is set here, or its default behind a #."""
    own = _SET.get(f"{table}.{name}" if table else name)
    if own is not None:
        return [f"{name} = {own}"]
    if default is None:
        return [f"# {name} ="]
    return [f"# {name} = {_toml(default)}"]


def _toml(value: Any) -> str:  # noqa: ANN401 - any value
    if isinstance(value, tuple):
        return "[" + ", ".join(map(_toml, value)) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {_toml(one)}" for key, one in value.items()) + "}"
    return json.dumps(value, ensure_ascii=False)


def _comment(words: str) -> list[str]:
    return textwrap.wrap(words, _WIDTH, initial_indent="# ", subsequent_indent="# ")
