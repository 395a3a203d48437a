"""A question in effect says of how many stations the register knows too little to count them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table

from data.questions import Question
from data.stations import Stations
from data.vocabulary import BASIC_EQUIPMENT
from data.workspace import Workspace
from geo.measure import Box
from planning.decisions.explain import WhatIf
from planning.decisions.silent import SilentEnds, YearEnds
from web.commands.decision_words import ends_words, silence_words
from web.languages import CHINESE, Language
from web.services.decisions import Silence, silence_of

if TYPE_CHECKING:
    from pathlib import Path

KNOWN = {
    "hours": "8:00-20:00",
    "access": ("free_door",),
    "facilities": tuple(BASIC_EQUIPMENT),
}
#: What is known of each station, and whether that is too little to count it in effect.
STATIONS = {
    "known": (KNOWN, False),
    "hours": ({**KNOWN, "hours": ""}, True),
    "way in": ({**KNOWN, "access": ()}, True),
    "equipment": ({**KNOWN, "facilities": ()}, True),
    "broken": ({**KNOWN, "facilities": (), "facilities_broken": tuple(BASIC_EQUIPMENT)}, False),
    "closed": ({**KNOWN, "hours": "", "status": "closed"}, False),
}


def test_what_is_not_known_is_counted_in_effect_and_on_paper_nothing_is(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "city", name="市", box=Box(116.7, 33.8, 117.0, 34.0))
    workspace.replace_stations(
        Stations.from_records(
            [
                {"id": one, "name": one, "kind": "station", "lon": 116.8 + row / 100, "lat": 33.9}
                | dict(told)
                for row, (one, (told, _)) in enumerate(STATIONS.items())
            ]
        )
    )
    silent = sum(is_silent for _, is_silent in STATIONS.values())
    goal = {"what": "worker_hours", "coverage": "effective"}
    in_effect = Question.from_dict({"new": 1, "goal": goal})
    assert silence_of(workspace, in_effect) == Silence(silent, len(STATIONS) - 1)
    assert silence_of(workspace, Question.from_dict({"new": 1})) is None


def test_it_is_said_where_there_are_any() -> None:
    for t in (CHINESE, Language("en")):
        [words] = silence_words(Silence(3, 5), t)
        assert "3" in str(words)
        assert "5" in str(words)
        assert silence_words(Silence(0, 5), t) == silence_words(None, t) == []


def test_both_ends_and_what_they_change_are_said() -> None:
    year = YearEnds(2028, 200.0, 20.0, 60.0, 100.0, 150.0)
    built = WhatIf("build", "C1", "候选1", "station", 2028)
    cases = (
        (SilentEnds((year,), 0.0, 0.0, (), ()), "proven the best too"),
        (SilentEnds((year,), 0.0, 7.0, (), ()), "none covers more than 7.0"),
        (SilentEnds((year,), 5.0, 7.0, (built,), ()), "covers 5.0–7.0 worker-hours a week more"),
    )
    for ends, words in cases:
        said = ends_words(ends, Language("en"))
        assert isinstance(said[1], Table)
        cells = [str(cell) for column in said[1].columns for cell in column.cells]
        assert cells == ["2028", "10.0 % – 30.0 %", "50.0 % – 75.0 %"]
        assert words in str(said[-1])
        assert len(ends_words(ends, CHINESE)) == len(said)
    assert "C1" in str(said[-1])
    assert ends_words(None, CHINESE) == []
