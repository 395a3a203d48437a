"""Tables in the reader's language: headings and words of the field in the place of identifiers.

Only workbooks are written so, for people open them; CSV, GeoJSON and GeoPackage keep identifiers,
for programs read those. Every word is one that reading takes for the same identifier.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.datavalidation import DataValidation

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from data.vocabulary import Term

#: Whose words stand in a workbook.
Reader = Literal["zh", "en"]
WORDS_SHEETS: Final = {"zh": "词汇表", "en": "words"}
_TITLES: Final = {
    "stations": "站点",
    "sites": "候选点",
    "organisations": "组织",
    "actions": "行动",
    "notice": "说明",
}
_MOST_MORE_ROWS: Final = 10_000


@dataclass(frozen=True)
class Spoken:
    """How the columns of a table are said to a reader.

    ``choices`` are the terms of columns whose cells are words, or lists of words; those in
    ``fixed`` hold one of them and nothing else, and get a drop-down.
    """

    reader: Reader
    fields: Sequence[Term]
    choices: Mapping[str, Sequence[Term]]
    fixed: frozenset[str]
    _headings: Mapping[str, str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        headings = {term.id: self.word(term) for term in self.fields}
        object.__setattr__(self, "_headings", headings)

    def word(self, term: Term) -> str:
        """Return a term as the reader says it."""
        return term.zh if self.reader == "zh" else term.en

    def title(self, layer: str) -> str:
        """Return the title of a sheet."""
        return _TITLES[layer] if self.reader == "zh" else layer

    def heading(self, name: str) -> str:
        """Return the heading of a column."""
        return self._headings.get(name, name)

    def cells(self, name: str, values: Sequence[object]) -> list[object]:
        """Return the cells of a column: identifiers as words, everything else as it is."""
        words: dict[object, str] = {term.id: self.word(term) for term in self.choices.get(name, ())}
        return [
            tuple(words.get(one, one) for one in value)
            if isinstance(value, tuple)
            else words.get(value, value)
            for value in values
        ]

    def lists(self, names: Sequence[str]) -> dict[str, list[str]]:
        """Return the words of each drop-down: once for columns that share their terms."""
        return {
            self._list_name(name): [self.word(term) for term in self.choices[name]]
            for name in names
            if name in self.fixed
        }

    def drop_downs(self, names: Sequence[str], *, rows: int) -> Iterator[DataValidation]:
        """Yield the drop-downs of a sheet with these columns, for its rows and as many more."""
        lists = list(self.lists(names).items())
        places = {name: at for at, (name, _) in enumerate(lists, start=1)}
        last = min(2 * rows, rows + _MOST_MORE_ROWS) + 1
        for number, name in enumerate(names, start=1):
            if name not in self.fixed:
                continue
            at = places[self._list_name(name)]
            letter, count = get_column_letter(at), len(lists[at - 1][1])
            sheet = quote_sheetname(WORDS_SHEETS[self.reader])
            rule = DataValidation(
                type="list",
                formula1=f"{sheet}!${letter}$1:${letter}${count}",
                allow_blank=True,
                showErrorMessage=True,
            )
            here = get_column_letter(number)
            rule.add(f"{here}2:{here}{last}")
            yield rule

    def _list_name(self, name: str) -> str:
        terms = self.choices[name]
        return next(other for other in self.choices if self.choices[other] is terms)
