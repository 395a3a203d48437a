"""The report's section on nominal and effective coverage: its words, rows and picture."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from planning.coverage.effective_rows import effective_rows
from planning.coverage.nominal import ALL
from planning.siting.whole_workers import in_whole_hours
from web.languages import capital
from web.reports.effective_drawing import draw_key, draw_week
from web.reports.effective_labels import (
    basis_sentence,
    before_dawn_sentence,
    effect_words,
    ends_of,
    evidence_sentence,
    headline,
    longer_sentence,
    lost_words,
    truth_sentence,
)
from web.site.number_words import per_cent, per_cent_range

if TYPE_CHECKING:
    from markupsafe import Markup

    from planning.coverage.effective_rows import EffectiveRow
    from planning.coverage.extended_hours import LongerHours
    from web.languages import Language
    from web.services.effective import EffectiveAnswer

_N_STATIONS: Final = 5


@dataclass(frozen=True, eq=False)
class EffectiveSection:
    """What the template of the section asks for, in one language."""

    answer: EffectiveAnswer
    language: Language

    @cached_property
    def rows(self) -> tuple[EffectiveRow, ...]:
        """One row a group and district, "all" first, in whole worker-hours."""
        return in_whole_hours(effective_rows(self.answer.coverage))

    @property
    def by_group(self) -> list[EffectiveRow]:
        """The groups of the whole city, all of them last."""
        rows = [row for row in self.rows if row.district == ALL]
        return [*rows[1:], *rows[:1]]

    @property
    def by_district(self) -> list[EffectiveRow]:
        """All workers in each district, the widest gap first; empty where there are none."""
        rows = [row for row in self.rows if row.group == ALL and row.district != ALL]
        return sorted(rows, key=lambda row: -row.share("gap"))

    @property
    def lead(self) -> str:
        """The answer in two sentences, with what its shares are of."""
        measured, t = self.answer.coverage, self.language
        nominal, found = per_cent(measured.share("nominal")), per_cent_range(ends_of(measured))
        what = effect_words(self.answer, t)
        said = t(
            "换成按人时计（一人需要休息几个小时就算几次），名义覆盖是 {nominal}；"
            "有{what}的站可去的是 {found}（台账写明的才算，到没写的也算）。",
            nominal=nominal,
            what=what,
            found=found,
        )
        return t.sentences([said, before_dawn_sentence(measured, ALL, t)])

    @property
    def title(self) -> str:
        """The sentence above the picture."""
        return headline(self.answer.coverage, ALL, self.language)

    @property
    def truth(self) -> str:
        """How far unknown hours leave it open."""
        return truth_sentence(self.answer, ALL, self.language)

    @property
    def evidence(self) -> str:
        """What it stands on."""
        held, t = self.answer, self.language
        return t.sentences([evidence_sentence(held.evidence, t), basis_sentence(held, t)])

    @property
    def longer(self) -> tuple[LongerHours, ...]:
        """The stations that would gain most."""
        return self.answer.longer[:_N_STATIONS]

    def gains(self, one: LongerHours) -> str:
        """Say what a station would gain."""
        return capital(longer_sentence(one, self.language))

    @cached_property
    def picture(self) -> Markup:
        """The week of each group."""
        return draw_week(self.answer.coverage, self.title, self.language)

    @cached_property
    def key(self) -> Markup:
        """What the colours mean."""
        return draw_key(self.language)

    @property
    def what(self) -> str:
        """What a station must be to count in effect."""
        return effect_words(self.answer, self.language)

    @staticmethod
    def share(value: float) -> str:
        """Write a share under a heading of per cent."""
        return per_cent(value).removesuffix(" %")

    @staticmethod
    def ends(ends: tuple[float, float] | None) -> str:
        """Write a share in effect and perhaps under a heading of per cent."""
        return per_cent_range(ends).removesuffix(" %")

    def lost(self, row: EffectiveRow) -> str:
        """Write the gap in percentage points."""
        return lost_words(row, self.language)
