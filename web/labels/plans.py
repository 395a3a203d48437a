"""A plan in words: the answer in a sentence, its proof, and why each site was chosen."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from planning.engine.params import EXACT
from planning.siting.whole_workers import added_workers
from web.labels.shortfalls import shortfall_words
from web.languages import capital
from web.site.input_labels import kinds_words
from web.site.number_words import added_count, count, gap_words, share

if TYPE_CHECKING:
    from planning.siting.plan import PlannedSite, SitingPlan
    from web.languages import Language

_NAMED_GROUPS: Final = 2


def proof_words(plan: SitingPlan, t: Language) -> str:
    """Say what is proven of a plan: among which candidates, for which workers, how near the best.

    Nothing is proven of places that were no candidates, nor of other numbers of workers.
    """
    asked, workers = plan.inputs, count(plan.before.row().workers)
    sites = count(int(asked["candidates"])) if "candidates" in asked else ""
    new = count(int(asked.get("new", len(plan.sites))))
    bounds = [kinds_words(asked["kind"], t)] if ":" in asked.get("kind", "") else []
    bounds += [t("按指定的取舍")] if {"keep", "without"} & set(asked) else []
    within = t("（{bounds}）", bounds=t("，").join(bounds)) if bounds else ""
    choice = (
        t("在 {sites} 个候选点中选 {new} 个{within}", sites=sites, new=new, within=within)
        if sites
        else t("在候选点中选 {new} 个{within}", new=new, within=within)
    )
    if plan.status == "optimal":
        return t(
            "{choice}、按这 {workers} 名户外劳动者的分布，已证明没有更好的选法",
            choice=choice,
            workers=workers,
        )
    return t(
        "{choice}、按这 {workers} 名户外劳动者的分布，已证明离最优不超过 {gap}",
        choice=choice,
        workers=workers,
        gap=gap_words(plan.gap),
    )


def finer_words(plan: SitingPlan, t: Language) -> list[str]:
    """Say what more candidates could add to a plan at most; nothing where that was not asked."""
    finer = plan.finer
    if finer is None:
        return []
    sites = count(finer.candidates)
    if finer.spacing_m:
        among = t(
            "如果 {metres} 米网格上的路网节点也是候选点（共 {sites} 个）",
            metres=f"{finer.spacing_m:g}",
            sites=sites,
        )
    else:
        among = t("如果全部路网节点也是候选点（共 {sites} 个）", sites=sites)
    if finer.more_workers <= EXACT * plan.objective:
        return [t("{among}，已证明也没有更好的选法。", among=among)]
    more = math.ceil(finer.more_workers)
    return [
        t.plural(
            "{among}，已证明最多还能多覆盖 {more} 人，比本方案多 {part}。",
            n=more,
            among=among,
            more=count(more),
            part=gap_words(finer.more_workers / plan.objective),
        )
    ]


@dataclass(frozen=True)
class PlanWords:
    """What the pages say of one plan, in one language; ``names`` are those of its sites.

    ``plan`` is in whole workers (`planning.siting.whole_workers.in_whole_plan`).
    """

    plan: SitingPlan
    t: Language
    names: tuple[str, ...]

    @property
    def added(self) -> float:
        """Workers who are covered by the plan and were not before."""
        return added_workers(self.plan)

    @property
    def answer(self) -> str:
        """Say how many sites reach how many workers more."""
        more = added_count(self.added, self.t)
        n = len(self.plan.sites)
        return self.t.plural("{built}，新覆盖 {more} 人", n=n, built=self.built, more=more)

    @property
    def shortfall(self) -> list[str]:
        """Say why there are fewer sites than were asked for; nothing where there are as many."""
        return shortfall_words(self.plan, self.t)

    @property
    def finer(self) -> list[str]:
        """Say what more candidates could add at most; nothing where that was not asked."""
        return finer_words(self.plan, self.t)

    @property
    def n_built(self) -> str:
        """Say how many new stations."""
        return self.t.plural("{n} 个新站", n=len(self.plan.sites))

    @property
    def proof_alone(self) -> str:
        """Say the proof as a sentence of its own."""
        return capital(self.proof)

    @property
    def built(self) -> str:
        """Say how many new stations, by kind where there are several kinds."""
        kinds = Counter(site.kind for site in self.plan.sites)
        sites = self.n_built
        if len(kinds) == 1:
            return sites
        mix = self.t.listed(self.t.kinds(kind, of) for kind, of in kinds.items())
        return self.t("{sites}（{mix}）", sites=sites, mix=mix)

    @property
    def proof(self) -> str:
        """Say how far from the best this is proven to be at most, among which choices."""
        return proof_words(self.plan, self.t)

    @property
    def bound_name(self) -> str:
        """Name the proven bound, with the number of candidates for which it is one."""
        if "candidates" not in self.plan.inputs:  # plans of the first version
            return self.t("证明的上限")
        sites = count(int(self.plan.inputs["candidates"]))
        return self.t("证明的上限（{sites} 个候选点）", sites=sites)

    @property
    def bound(self) -> str:
        """Write the proven bound, never below it; that of an optimal plan is its own value."""
        if self.plan.status == "optimal":
            return count(self.plan.covered_after)
        return count(math.ceil(self.plan.bound))

    @property
    def share_before(self) -> str:
        """Share of the workers covered before."""
        return share(self.plan.covered_before, self.plan.before.row().workers)

    @property
    def share_after(self) -> str:
        """Share of the workers covered after."""
        return share(self.plan.covered_after, self.plan.after.row().workers)

    def name(self, site: PlannedSite) -> str:
        """Name a site."""
        return self.names[site.order - 1]

    def why(self, site: PlannedSite) -> list[str]:
        """Say whom a site reaches first of all, such as "快递员 21" and "外卖配送员 17"."""
        ranked = sorted(site.adds_by_group.items(), key=lambda item: -item[1])
        named = [(group, n) for group, n in ranked[:_NAMED_GROUPS] if round(n) > 0]
        named = named or [(group, n) for group, n in ranked[:1] if n > 0]
        return [f"{self.t.group(group)} {added_count(n, self.t)}" for group, n in named]

    def bar(self, site: PlannedSite) -> float:
        """Width of a site's bar in per cent of the one that adds most."""
        most = max((other.adds_workers for other in self.plan.sites), default=0.0)
        return round(100 * site.adds_workers / most, 1) if most > 0 else 0.0
