"""The answer of a scenario in words: what is done, for which money, for whom, how well proven."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from data.vocabulary import KINDS_BY_ID
from web.site.number_words import count, gap_words, share, signed_count

if TYPE_CHECKING:
    from planning.scenarios.figures import CoveredRow, DoneAction, ScenarioFigures
    from web.languages import Language


@dataclass(frozen=True)
class AnswerWords:
    """What the pages say of one answer; ``n_candidates`` is None where it is not known."""

    figures: ScenarioFigures
    t: Language
    n_candidates: int | None = None

    @property
    def done(self) -> str:
        """Say how many actions, by what is done."""
        if not self.figures.actions:
            return self.t("什么都不做")
        sorts = Counter(action.what for action in self.figures.actions)
        return self.t.listed(
            self.t("{act} {n} 处", act=self.t.action(what), n=n) for what, n in sorts.items()
        )

    @property
    def more(self) -> str:
        """Say how many more are covered in the last year."""
        row = self.figures.row()
        n = signed_count(row.after - row.before)
        if self.figures.measure == "worker_hours":
            return self.t("每周 {n} 人·小时", n=n)
        return self.t("{n} 人", n=n)

    @property
    def sentence(self) -> str:
        """Say the answer in a sentence."""
        if self.figures.cost_yuan is None:
            return self.t("{done}，覆盖 {more}", done=self.done, more=self.more)
        return self.t(
            "{done}，{yuan} 元，覆盖 {more}",
            done=self.done,
            yuan=count(self.figures.cost_yuan),
            more=self.more,
        )

    @property
    def proof(self) -> str:
        """Say how near the best this is proven to be, among how many candidates."""
        if self.figures.proven_best:
            said = self.t("已证明在这些限制内没有更好的方案")
        else:
            said = self.t(
                "已证明在这些限制内离最好的方案不超过 {gap}", gap=gap_words(self.figures.gap)
            )
        if self.n_candidates is None:
            return said
        return self.t("{said}（{n} 个候选点）", said=said, n=count(self.n_candidates))

    @property
    def share_after(self) -> str:
        """Share covered in the last year, with the plan."""
        return _share_after(self.figures.row())

    @property
    def share_before(self) -> str:
        """Share covered in the last year, without it."""
        row = self.figures.row()
        return share(row.before, row.workers)

    @property
    def unit(self) -> str:
        """Name what is counted."""
        if self.figures.measure == "worker_hours":
            return self.t("人·小时/周")
        return self.t("人")

    @property
    def money(self) -> str:
        """Say what all payers pay; a dash where the answer knows no money."""
        yuan = self.figures.cost_yuan
        return "–" if yuan is None else self.t("{yuan} 元", yuan=count(yuan))

    def act(self, action: DoneAction) -> str:
        """Say what is done: "新建 司机之家", and the hours where they are its own."""
        kind = self.t.kind(action.kind) if action.kind in KINDS_BY_ID else action.kind
        words = [self.t.action(action.what), kind]
        return " ".join(words)

    def covered(self, row: CoveredRow) -> str:
        """Say the share of a row that is covered, without the plan and with it."""
        return f"{share(row.before, row.workers)} → {_share_after(row)}"


def _share_after(row: CoveredRow) -> str:
    return share(row.after, row.workers)
