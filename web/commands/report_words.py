"""Kept reports in words: what was made, what there is, what one says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from web.commands.common import table
from web.commands.language import spoken
from web.labels.kept_reports import STATES, STEPS
from web.reports.document import Headlines, Paragraph, written
from web.reports.keeping import kept_document, state_notice
from web.site.number_words import local_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.table import Table

    from data.kept_reports import KeptReport


def made_words(made: KeptReport) -> list[str]:
    """Say what was kept, and what comes next."""
    t = spoken()
    n = len(made.figures)
    said = [
        t.plural(
            "The report {number} is kept as a draft with {n} figure, sha256 {hash}.",
            "The report {number} is kept as a draft with {n} figures, sha256 {hash}.",
            n=n,
            number=made.number,
            hash=made.content_hash[:16],
        )
    ]
    if made.previous:
        said.append(t("It is compared with {last}.", last=made.previous))
    return [*said, t("Next: yizhan report review {number}", number=made.number)]


def list_table(found: Sequence[KeptReport]) -> Table:
    """List the kept reports."""
    t = spoken()
    headings = [t("number", context="of a report"), t("period"), t("state"), t("made"), t("by")]
    rows = [
        (
            one.number,
            one.period.text,
            t(STATES[one.state]),
            local_words(one.made_at),
            one.steps[0].name,
        )
        for one in found
    ]
    return table(headings, rows, left=len(headings))


def step_words(kept: KeptReport) -> str:
    """Say how far a report has come."""
    t, last = spoken(), kept.steps[-1]
    return t(
        "The report {number} is now {state} ({name}).",
        number=kept.number,
        state=t(STATES[kept.state]),
        name=last.name,
    )


def report_words(kept: KeptReport) -> list[object]:
    """Say what a report says first: its title, its paragraph, its large figures, who signed."""
    t = spoken()
    document = kept_document(kept, t)
    words: list[object] = [f"{document.title} · {document.subtitle}", document.period]
    notice = state_notice(kept, t)
    words += [notice] if notice else []
    for block in document.sections[0].blocks:
        if isinstance(block, Paragraph) and block.style == "lead":
            words.append(block.text)
        elif isinstance(block, Headlines):
            rows = [
                (
                    one.label,
                    written(one.before, one.kind, t),
                    "" if one.after is None else written(one.after, one.kind, t),
                )
                for one in block.items
            ]
            words.append(table([block.label, block.before, block.after], rows))
    signed = [(t(STEPS[one.act]), one.name, local_words(one.at)) for one in kept.steps]
    return [*words, table(["", "", ""], signed, left=3), f"sha256 {kept.content_hash}"]
