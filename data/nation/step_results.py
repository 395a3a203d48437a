"""What was computed of each city, one file a step, with the key of what it was computed from."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from data.atomic import write_text

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class StepResult:
    """The outcome of a step of a city.

    ``key`` is the sha256 of all that it was computed from, ``stamp`` tells cheaply whether the
    workspace's files have changed since. ``failed`` are the parts of the sentence that says why
    there is no ``body`` (`geo.messages.message_parts`), None where there is one. ``seconds`` are of
    the processor.
    """

    city: str
    step: str
    key: str
    stamp: str
    body: dict[str, Any]
    failed: dict[str, Any] | None
    seconds: float
    made_at: str


@dataclass(frozen=True)
class StepResults:
    """The folder of kept results: ``CODE/STEP.json``, each file whole or not there."""

    folder: Path

    def find(self, city: str, step: str) -> StepResult | None:
        """Return the kept result; None where there is none, or none that can be read."""
        try:
            text = (self.folder / city / f"{step}.json").read_text(encoding="utf-8")
            return StepResult(**json.loads(text))
        except (OSError, ValueError, TypeError):
            # what a kill or a hand has spoilt is computed again
            return None

    def keep(self, result: StepResult) -> None:
        """Keep a result in the place of the last one (WorkspaceError: it cannot be written)."""
        folder = self.folder / result.city
        folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps(asdict(result), ensure_ascii=False, indent=1, allow_nan=False)
        write_text(folder / f"{result.step}.json", text + "\n")
