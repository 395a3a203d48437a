"""The report's section on nominal and effective coverage: its words, rows and picture."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from planning.coverage import ALL
from planning.effective_rows import effective_rows
from web.effective_drawing import draw_key, draw_week
from web.effective_words import (
    basis_sentence,
    before_dawn_sentence,
    evidence_sentence,
    headline,
    longer_sentence,
    per_cent,
    points_lost,
    truth_sentence,
)

if TYPE_CHECKING:
    from markupsafe import Markup

    from planning.effective_rows import EffectiveRow
    from planning.longer_hours import LongerHours
    from web.effective_answer import EffectiveAnswer
    from web.language import Language

_N_STATIONS: Final = 5


@dataclass(frozen=True, eq=False)
class EffectiveSection:
    """What the template of the section asks for, in one language."""

    answer: EffectiveAnswer
    language: Language

    @cached_property
    def rows(self) -> tuple[EffectiveRow, ...]:
        """One row a group and district, "all" first."""
        return effective_rows(self.answer.coverage)

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
        """The answer in two sentences."""
        measured, t = self.answer.coverage, self.language
        nominal, effective = (per_cent(measured.share(one)) for one in ("nominal", "effective"))
        return t(
            f"按想歇脚的时段算，纸面上 {nominal} 有站可去，"
            f"开着门、进得去、用得上的是 {effective}。",
            f"Of those who want a rest place, {nominal} have one on paper and {effective} one that "
            "is open, lets them in and works. ",
        ) + before_dawn_sentence(measured, ALL, t)

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
        said = (evidence_sentence(self.answer.evidence, self.language),)
        return self.language("", " ").join((*said, basis_sentence(self.answer, self.language)))

    @property
    def longer(self) -> tuple[LongerHours, ...]:
        """The stations that would gain most."""
        return self.answer.longer[:_N_STATIONS]

    def gains(self, one: LongerHours) -> str:
        """Say what a station would gain."""
        said = longer_sentence(one, self.language)
        return said[:1].upper() + said[1:]

    @cached_property
    def picture(self) -> Markup:
        """The week of each group."""
        return draw_week(self.answer.coverage, self.title, self.language)

    @cached_property
    def key(self) -> Markup:
        """What the colours mean."""
        return draw_key(self.language)

    @staticmethod
    def share(value: float | None) -> str:
        """Write a share in per cent."""
        return per_cent(value)

    @staticmethod
    def lost(row: EffectiveRow) -> str:
        """Write the gap in percentage points."""
        return points_lost(row.share("gap"))
