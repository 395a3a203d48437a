"""The sheet of one site of a decision: its figures in words, for a page of A4."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from data.hours import parse_hours
from data.questions.money_rules import OWN
from data.vocabulary import HOST_TYPES_BY_ID
from web.labels.goal_ends import better_words, is_sum, worse_words
from web.labels.hours import opening_words
from web.languages import capital, message
from web.maps.city_map import source_of
from web.maps.site_picture import DOT_STEPS, site_picture
from web.reports.hour_classes import hour_class_words
from web.services.decisions import EXPLAINED
from web.site.number_words import added_count, count, gap_words, per_cent, standard_words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from markupsafe import Markup

    from planning.decisions.decision import DecidedAction
    from planning.decisions.explain import PriceLine, WhatIf
    from web.languages import Language
    from web.maps.site_picture import PictureGround
    from web.services.site_sheets import SheetFacts, SheetSet

_MOST_GROUPS: Final = 6
_MOST_PARTS: Final = 3
_MOST_PAYERS: Final = 4
_MOST_LIMITS: Final = 2
_HASH_DIGITS: Final = 12
_SAME: Final = 0.05
_HASHED: Final = ("question", "demand", "stations", "sites", "network", "settings")
_OTHERS: Final = message("其余")
_OF_A_LIMIT: Final = {
    "budget": message("{n} 元"),
    "limit_budget": message("{n} 元"),
    "count": message("{n} 个", context="an amount"),
    "limit_count": message("{n} 个", context="an amount"),
}


class Line(NamedTuple):
    """A line of a small table: what is counted, a note on it, and its figure."""

    words: str
    note: str
    figure: str


class PaidRow(NamedTuple):
    """What one payer pays, by year and together."""

    payer: str
    by_year: tuple[str, ...]
    together: str


class Legend(NamedTuple):
    """An area of the picture: its rank, and whose it is by which standard."""

    rank: int
    words: str


@dataclass(frozen=True, eq=False)
class SiteSheet:
    """One site's sheet in one language; ``name`` is what the site is called."""

    of: SheetSet
    facts: SheetFacts
    ground: PictureGround
    names: dict[str, str]
    t: Language

    @property
    def action(self) -> DecidedAction:
        """What is done."""
        return self.facts.reasons.action

    @property
    def name(self) -> str:
        """What the site is called: its own name, or the roads that meet there."""
        return self.names.get(self.action.id, self.action.name)

    @property
    def file(self) -> str:
        """The name of its file; it says the order alone, never a name from data."""
        return f"site-{self.action.order:02d}.html"

    @property
    def sample(self) -> bool:
        """Whether the city is generated."""
        return self.of.settings.sample

    @property
    def title(self) -> str:
        """The title of the page."""
        return self.t("第 {order} 项：{name}", order=self.action.order, name=self.name)

    @property
    def kicker(self) -> str:
        """Which sheet of how many, of what."""
        t, question = self.t, self.of.question.name
        said = t(
            "{city}选址单 {order} / {n}",
            city=self._city,
            order=self.action.order,
            n=len(self.of.facts),
        )
        return f"{said} · {question}" if question else said

    @property
    def _city(self) -> str:
        name = self.of.settings.name
        return f"{name} " if self.t.is_chinese and name[-1].isascii() else name

    @property
    def what(self) -> str:
        """What is done, of which kind, when, where, with which hours."""
        t, one = self.t, self.action
        did = t(
            "{year} 年{what}：{kind}",
            year=one.year,
            what=t.action(one.what),
            kind=t.kind_within(one.kind),
        )
        return " · ".join(part for part in (did, t.district(one.district), self.hours) if part)

    @property
    def hours(self) -> str:
        """When it is open."""
        hours = self.action.hours
        if not hours:
            return self.t("开放时间另定")
        said = opening_words(parse_hours(hours), self.t)
        return self.t("开放：{hours}", hours=said)

    def counted(self, figure: float) -> str:
        """Say a figure in what the question counts, with its unit."""
        t, n = self.t, added_count(figure, self.t)
        if self.of.decision.measure == "workers":
            return t.plural("{workers} 人", n=round(figure), workers=n)
        return t("每周 {hours} 人时", hours=n)

    @property
    def figures(self) -> tuple[Line, ...]:
        """The four figures that stand large."""
        t, one = self.t, self.action
        if one.what == "close":
            saved = t("{yuan} 元", yuan=count(-one.running_yuan_a_year))
            return (Line(t("每年省下"), t("运行费"), saved),)
        dear = one.cost_per_added
        return (
            Line(
                t("新增覆盖"), t("{year} 年，在前面各项之外", year=one.year), self.counted(one.adds)
            ),
            Line(
                t("去掉它就少"),
                t("{year} 年，其余不变", year=self.of.decision.years[-1]),
                self.counted(one.lost_without),
            ),
            Line(
                t("别处都够不到"),
                t("所有可选的地点都算上"),
                self.counted(self.facts.reasons.only_here),
            ),
            Line(
                t("每新增一人") if self._of_people else t("每新增一人时"),
                t("{first}–{last} 年全部付出", first=self._years[0], last=self._years[-1])
                if len(self._years) > 1
                else t("{year} 年全部付出", year=self._years[0]),
                "—" if dear is None else t("{yuan} 元", yuan=count(dear)),
            ),
        )

    @property
    def _years(self) -> tuple[int, ...]:
        return self.of.decision.years

    @property
    def _of_people(self) -> bool:
        return self.of.decision.measure == "workers"

    @property
    def for_whom(self) -> tuple[Line, ...]:
        """What it adds by group, most first, each with its standard."""
        t, adds = self.t, self.action.adds_by_group
        held = {group: area.standard for area in self.facts.areas for group in area.groups}
        lines = sorted(((n, group) for group, n in adds.items() if n > 0), reverse=True)
        rows = [
            Line(
                t.group(group),
                standard_words(held[group], t) if group in held else "",
                added_count(n, t),
            )
            for n, group in lines[:_MOST_GROUPS]
        ]
        return (*rows, *self._rest(n for n, _ in lines[_MOST_GROUPS:]))

    @property
    def where(self) -> tuple[Line, ...]:
        """What it adds by district, most first."""
        t, parts = self.t, tuple(self.facts.reasons.by_district.items())
        rows = [Line(t.district(name), "", added_count(n, t)) for name, n in parts[:_MOST_PARTS]]
        return (*rows, *self._rest(n for _, n in parts[_MOST_PARTS:]))

    @property
    def at_hours(self) -> tuple[Line, ...]:
        """What it adds by class of hours, most first; nothing where hours do not count."""
        t, parts = self.t, self.facts.reasons.by_hours
        rows = [
            Line(hour_class_words(gain.hours, t), "", added_count(gain.adds, t))
            for gain in parts[:_MOST_PARTS]
        ]
        return (*rows, *self._rest(gain.adds for gain in parts[_MOST_PARTS:]))

    def _rest(self, figures: Iterable[float]) -> list[Line]:
        whole = sum(figures)
        return [Line(self.t(_OTHERS), "", added_count(whole, self.t))] if whole > 0 else []

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why here and not there, and what binds: a sentence each."""
        return (*self._runner_up(), *self._alternatives(), *map(self._price, self._binding()))

    def _runner_up(self) -> list[str]:
        t, why = self.t, self.facts.why
        if why is None:
            return []
        if why.is_needed:
            return [t("少了这里，没有方案能守住全部限制。")]
        said, goal = [], self.of.decision.goal
        if not is_sum(goal):
            worse = worse_words(goal, why.costs_least, why.costs_most, t)
            does = why.does or ((why.instead,) if why.instead is not None else ())
            if does:
                what = t.listed(map(self.what_if, does))
                said.append(t("次选：{what}。不用这里的最好方案{worse}。", what=what, worse=worse))
            else:
                said.append(t("没有一处能顶替。不用这里的最好方案{worse}。", worse=worse))
        elif less := self._ends(why.costs_least, why.costs_most):
            said.append(
                t("次选：{what}。不用这里的最好方案，各年合计少覆盖：{less}。",
                  what=self.what_if(why.instead), less=less)
                if why.instead is not None
                else t("没有一处能顶替。不用这里的最好方案，各年合计少覆盖：{less}。", less=less)
            )  # fmt: skip
        if why.neighbour is not None:
            limits = t.listed(t.told(limit) for limit in why.kept_out_by)
            said.append(
                t("{what}会覆盖更多，但超出限制：{limits}。",
                  what=self.what_if(why.neighbour), limits=limits)
            )  # fmt: skip
        return said

    def what_if(self, what: WhatIf) -> str:
        """Say another option: what is done where, of which kind, from which year on."""
        return self.t(
            "{year} 年在{name}{what}{kind}",
            year=what.year,
            name=self.names.get(what.id, what.name),
            what=self.t.action(what.what),
            kind=self.t.kind_within(what.kind),
        )

    def _ends(self, least: float | None, most: float | None) -> str:
        """Say proved ends; "" where neither is known."""
        t, unit = self.t, self._of_people
        if least is None and most is None:
            return ""
        # the ends stay proved when they are written whole
        low = "" if not least else count(math.floor(least))
        high = "" if most is None else count(math.ceil(most))
        if least is not None and most is not None and most - least <= _SAME:
            low = high = count(most)
        if low in {"", "0"} and not high:
            return ""
        if low in {"", "0"} or not high:
            said = t("至少 {n}", n=low) if not high else t("至多 {n}", n=high)
        elif low == high:
            said = low
        else:
            said = t("{low} 至 {high}", low=low, high=high)
        return t("{figure} 人", figure=said) if unit else t("每周 {hours} 人时", hours=said)

    def _alternatives(self) -> list[str]:
        why = self.of.why
        if not why.others or self.action.id not in why.held:
            return []
        n, share = len(why.others) + 1, why.held[self.action.id]
        if share >= 1.0:
            return [self.t("差不多一样好的 {n} 个方案都用到这里。", n=n)]
        said = per_cent(share)
        return [self.t("差不多一样好的 {n} 个方案中，{share} 用到这里。", n=n, share=said)]

    def _binding(self) -> list[PriceLine]:
        """Return the limits of which a step more is proved to bring most; else may bring most."""
        ends = [(line.brings_least or 0.0, line.brings_most or 0.0) for line in self.of.why.prices]
        order = sorted(range(len(ends)), key=lambda number: ends[number], reverse=True)
        lines = [self.of.why.prices[number] for number in order if ends[number][1] > 0.0]
        proved = [line for line in lines if (line.brings_least or 0.0) > 0.0]
        return proved[:_MOST_LIMITS] or lines[:1]

    def _price(self, line: PriceLine) -> str:
        t, goal = self.t, self.of.decision.goal
        amounts = {name: self._amount(line, getattr(line, name)) for name in ("allows", "step")}
        if not is_sum(goal):
            better = better_words(goal, line.brings_least, line.brings_most, t)
            words = message("限制“{limit}”（{allows}）放宽 {step}：{better}。")
            return t(words, limit=t.told(line.limit), better=better, **amounts)
        brings = self._ends(line.brings_least, line.brings_most)
        words = message("限制“{limit}”（{allows}）放宽 {step}，可多覆盖：{brings}。")
        if (line.brings_least or 0.0) > 0.0:
            words = message(
                "整个方案受制于“{limit}”（{allows}）：放宽 {step}，可多覆盖：{brings}。"
            )
        return t(words, limit=t.told(line.limit), brings=brings, **amounts)

    def _amount(self, line: PriceLine, amount: float) -> str:
        words = _OF_A_LIMIT.get(line.kind)
        return self.counted(amount) if words is None else self.t(words, n=count(amount))

    @property
    def payments(self) -> tuple[PaidRow, ...]:
        """Who pays how much in which year; the payers that pay least together in one row."""
        t = self.t
        paid: dict[str, dict[int, int]] = {}
        for line in self.facts.reasons.payments:
            of = paid.setdefault(line.payer, {})
            of[line.year] = of.get(line.year, 0) + line.yuan
        order = sorted(paid, key=lambda payer: -sum(paid[payer].values()))
        shown, rest = order[:_MOST_PAYERS], order[_MOST_PAYERS:]
        rows = [self._paid(t("自筹") if one == OWN else one, [paid[one]]) for one in shown]
        if rest:
            rows.append(self._paid(t(_OTHERS), [paid[one] for one in rest]))
        if len(order) > 1:
            rows.append(self._paid(t("合计"), list(paid.values())))
        return tuple(rows)

    def _paid(self, payer: str, of: list[dict[int, int]]) -> PaidRow:
        years = [sum(one.get(year, 0) for one in of) for year in self._years]
        return PaidRow(payer, tuple(count(yuan) for yuan in years), count(sum(years)))

    @property
    def life_cycle(self) -> str:
        """What the whole lifetime costs."""
        t, one = self.t, self.action
        if one.what == "close":
            return ""
        said = t(
            "建设 {capital} 元，每年运行 {running} 元；用 {lifetime} 年，全寿命共 {whole} 元"
            "（不折现），合每年 {each} 元。",
            capital=count(one.capital_yuan),
            running=count(one.running_yuan_a_year),
            lifetime=one.lifetime_years,
            whole=count(one.life_cycle_yuan),
            each=count(one.life_cycle_yuan / one.lifetime_years),
        )
        if one.kind in self.of.decision.assumed_kinds:
            return t.sentences([said, t("这类站点的费用是假设值。")])
        return said

    @property
    def host(self) -> str:
        """Who would have it."""
        t, host = self.t, self.facts.host
        if not host.imported:
            return t("未定：候选网格上的路口，没有承办单位")
        term = HOST_TYPES_BY_ID.get(host.host_type)
        kind = host.host_type if term is None else capital(t.term(term))
        return " · ".join(part for part in (kind, host.operator) if part) or t("未登记")

    @property
    def address(self) -> str:
        """Where it is: the address of the register, and the point."""
        one = self.action
        point = f"{one.lon:.5f}, {one.lat:.5f} (WGS-84)"
        return " · ".join(part for part in (self.facts.host.address, point) if part)

    @property
    def proof(self) -> str:
        """How good the whole plan is proven to be."""
        return proof_words(self.of, self.t)

    @property
    def hashes(self) -> tuple[tuple[str, str], ...]:
        """The inputs by name, with the first signs of their hashes."""
        inputs = self.of.decision.inputs
        return tuple((name, inputs[name][:_HASH_DIGITS]) for name in _HASHED if name in inputs)

    @property
    def source(self) -> str:
        """Whose the roads are."""
        return source_of(self.of.settings, self.t)

    @property
    def legend(self) -> tuple[Legend, ...]:
        """The areas that the picture shows."""
        t = self.t
        return tuple(
            Legend(
                rank,
                t("{standard}：{groups}", standard=standard_words(area.standard, t),
                  groups=t.listed(t.people(group) for group in area.groups)),
            )
            for rank, area in enumerate(self.facts.areas, start=1)
            if not area.area.is_empty
        )  # fmt: skip

    @property
    def dots(self) -> str:
        """What the dots of the picture are; "" where it adds nobody."""
        low, high = (f"{step:g}" for step in DOT_STEPS)
        if not len(self.facts.cells):
            return ""
        if self._of_people:
            words = message("新增覆盖的地方：不到 {low} 人，{low} 至 {high} 人，{high} 人以上")
        else:
            words = message(
                "新增覆盖的地方，每周：不到 {low} 人时，{low} 至 {high} 人时，{high} 人时以上"
            )
        return self.t(words, low=low, high=high)

    @property
    def picture(self) -> Markup:
        """The map."""
        return site_picture(self.ground, self.facts, self.t, name=self.name)


def proof_words(of: SheetSet, t: Language) -> str:
    """Say what the whole plan does and how good it is proven to be."""
    made = of.decision
    last = made.covered(year=made.years[-1])
    did = t.plural(
        "整个方案：{n} 项行动，{yuan} 元，{year} 年覆盖 {share}，不做则为 {before}。",
        n=len(made.actions),
        yuan=count(made.cost_yuan),
        year=last.year,
        share=per_cent(last.share),
        before=per_cent(last.share_before),
    )
    among = t("{n} 个候选点、这些限制之内", n=count(made.n_candidates))
    if made.gap == 0.0:
        proven = t("已证明没有更好的方案（{among}）。", among=among)
    elif made.gap != made.gap or made.gap == float("inf"):
        return t.sentences([did, t("在给定时间内没有证明离最优多远。")])
    else:
        gap = gap_words(made.gap)
        proven = t("已证明离最优不超过 {gap}（{among}）。", gap=gap, among=among)
    if made.goal not in EXPLAINED:
        return t.sentences([did, proven])
    bound = t(
        "各年合计 {objective}，上限 {bound}。",
        objective=count(made.objective),
        bound=count(made.objective if made.gap == 0.0 else math.ceil(made.bound)),
    )
    return t.sentences([did, proven, bound])
