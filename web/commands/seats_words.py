"""What `yizhan plan --question` says of seats: the fullest hour, its places, its groups."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from web.commands.common import table
from web.commands.language import shown, spoken
from web.languages import message
from web.site.number_words import count

if TYPE_CHECKING:
    from data.questions import Question
    from planning.coverage.seating import SeatHour, Seating
    from web.languages import Language

_MOST_PLACES: Final = 5
_DAYS: Final = (
    message("Mon"),
    message("Tue"),
    message("Wed"),
    message("Thu"),
    message("Fri"),
    message("Sat"),
    message("Sun"),
)


def seats_words(seating: Seating, question: Question) -> list[object]:
    """Say how full places become in the fullest hour, and what that stands on."""
    t = spoken()
    words: list[object] = [_fullest(seating, t)]
    if seating.fullest.overflow > 0:
        words += [_groups(seating, t), _places(seating, t)]
    if seating.unknown:
        words.append(
            t.plural(
                "{n} open place has no seats known and takes everybody who comes ({workers} then): "
                "overflow may be more.",
                "{n} open places have no seats known and take everybody who comes ({workers} "
                "then): overflow may be more.",
                n=seating.unknown,
                workers=_workers(seating.at_unknown),
            )
        )
    if seating.hours_unknown:
        words.append(
            t.plural(
                "{n} place whose hours are not known is counted as open to nobody.",
                "{n} places whose hours are not known are counted as open to nobody.",
                n=seating.hours_unknown,
            )
        )
    if "at_once" not in question.capacity.model_fields_set:
        words.append(
            t(
                "That {share:.0f} % of those who want a rest place in an hour sit at the same "
                "moment is an assumption: capacity.at_once.",
                share=100 * seating.at_once,
            )
        )
    return words


def _fullest(seating: Seating, t: Language) -> str:
    of = seating.fullest
    if of.overflow <= 0:
        return t(
            "Seats are enough in every hour; the fullest is {when}, with {seated} seated.",
            when=_when(of, t),
            seated=_workers(of.seated),
        )
    return t(
        "Seats are fewest at {when}: {seated} of {near} who have an open place in reach sit, "
        "{over} find every one full; sent otherwise, {most} could sit at most.",
        when=_when(of, t),
        seated=_workers(of.seated),
        near=_workers(of.in_reach),
        over=_workers(of.overflow),
        most=_workers(seating.most_seated),
    )


def _when(of: SeatHour, t: Language) -> str:
    first, last = t(_DAYS[of.days[0]]), t(_DAYS[of.days[-1]])
    days = first if len(of.days) == 1 else f"{first}–{last}"
    in_row = of.days[-1] - of.days[0] == len(of.days) - 1
    if not in_row:
        days = t.listed([t(_DAYS[day]) for day in of.days])
    return f"{days} {of.hour}:00–{of.hour + 1}:00"


def _groups(seating: Seating, t: Language) -> object:
    rows = [
        (shown(one.group, t.group), *map(_workers, (one.wanted, one.seated, one.overflow)))
        for one in seating.groups
    ]
    return table((t("group"), t("want a seat"), t("sit"), t("find all full")), rows)


def _places(seating: Seating, t: Language) -> object:
    full = sorted(seating.places, key=lambda one: (-one.sent_on, one.id))[:_MOST_PLACES]
    rows = [
        (
            one.id,
            one.name,
            shown(one.kind, t.kind),
            "?" if one.seats is None else f"{one.seats:,.0f}",
            *map(_workers, (one.nearest, one.seated, one.sent_on)),
        )
        for one in full
        if one.sent_on > 0
    ]
    headings = (
        *(t("id"), t("site"), t("kind"), t("seats")),
        *(t("nearest for"), t("sit"), t("sent on")),
    )
    return table(headings, rows, left=3)


def _workers(figure: float) -> str:
    """Write a number of workers; a part of one is told as such."""
    return f"{figure:.1f}" if 0 < figure < 10 else count(figure)  # noqa: PLR2004 - few
