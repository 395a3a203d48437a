"""`plan --new N` as a planner's question: build so many, of these kinds, with and without sites."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from data.questions.parts import CountLimit, Pin
from data.questions.question import Question
from geo.errors import ProblemError
from geo.messages import say

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from planning.decisions.actions import ActionTable

_MOST_NEW: Final = 10_000
_MOST_OF_A_KIND: Final = 1_000_000


def short_question(
    base: Question,
    table: ActionTable,
    *,
    new: int,
    kinds: Mapping[str, int | None],
    keep: Sequence[str],
    without: Sequence[str],
) -> Question:
    """Return the question of ``base``'s actions with a number, limits by kind, and pins.

    ``kinds`` maps each kind to how many of it at most, None: any number. ``keep`` and ``without``
    are sites, ``SITE`` or ``SITE:KIND``.

    Raises
    ------
    ProblemError
        for a site or kind that is not there, kept and left out at once, or kept without a kind
        where several may be built; more sites kept than ``new``.
    """
    kinds_at: dict[str, list[str]] = {}
    for action in table.actions:
        kinds_at.setdefault(action.id, []).append(action.kind)
    required = [_pin(word, kinds_at) for word in keep]
    forbidden = [_pin(word, kinds_at) for word in without]
    for pin in required:
        if pin.kind is None and len(kinds_at[pin.place]) > 1:
            may_be = ", ".join(f"{pin.place}:{kind}" for kind in kinds_at[pin.place])
            raise ProblemError(
                say(
                    "site {site} may get several kinds: say which, of {may_be}",
                    site=pin.place,
                    may_be=may_be,
                )
            )
    _refuse_both(required, forbidden)
    n_kept = len({pin.place for pin in required})
    if n_kept > new:
        raise ProblemError(
            say("{n_kept} sites are kept and only {new} are new", n_kept=n_kept, new=new)
        )
    return Question(
        goal=base.goal,
        actions=base.actions,
        new=min(new, _MOST_NEW),
        required=tuple(required),
        forbidden=tuple(forbidden),
        count_limits=tuple(
            CountLimit(name=kind, most=min(most, _MOST_OF_A_KIND), kinds=(kind,))
            for kind, most in kinds.items()
            if most is not None
        ),
    )


def _pin(word: str, kinds_at: Mapping[str, Sequence[str]]) -> Pin:
    """Read ``SITE`` or ``SITE:KIND``; an id may hold a colon itself."""
    site, _, kind = (word, "", "") if word in kinds_at else word.rpartition(":")
    site, kind = (site, kind) if site else (word, "")
    if site not in kinds_at:
        raise ProblemError(
            say(
                "site {word} is not among the {n_sites} candidate sites",
                word=word,
                n_sites=len(kinds_at),
            )
        )
    if kind and kind not in kinds_at[site]:
        raise ProblemError(
            say("site {site}: {kind} is not among the kinds asked for", site=site, kind=kind)
        )
    return Pin(place=site, kind=kind or None)


def _refuse_both(required: Sequence[Pin], forbidden: Sequence[Pin]) -> None:
    for pin in required:
        for other in forbidden:
            if pin.place == other.place and (
                None in (pin.kind, other.kind) or pin.kind == other.kind
            ):
                raise ProblemError(
                    say(
                        "site {site} is kept and left out at once: drop one of them", site=pin.place
                    )
                )
