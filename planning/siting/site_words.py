"""Candidate sites as people name them: by id, by name, or by their number in a printed plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from data.vocabulary import KINDS_BY_ID, nearest_word, quote
from geo.errors import ProblemError
from geo.messages import say

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from data.sites import CandidateSites

_NAMESAKES_TOLD: Final = 5


def sites_meant(
    words: Sequence[str], sites: CandidateSites, *, printed: Mapping[int, str]
) -> tuple[str, ...]:
    """Return ``SITE`` or ``SITE:KIND`` words with each site by its id.

    Parameters
    ----------
    words
        each an id, a name or an order number, with or without ``:KIND``.
    sites
        the candidate sites.
    printed
        order number -> id of the sites of the plan that was printed last; empty without one.

    Raises
    ------
    ProblemError
        for a name that several sites have, an order number that no printed plan has, and a word
        that is none of these, with the nearest one.
    """
    known = set(sites.ids)
    named: dict[str, list[str]] = {}
    for site, name in zip(sites.ids, sites.frame["name"], strict=True):
        named.setdefault(name, []).append(site)
    meant = []
    for word in words:
        site, kind = _parted(word, known | named.keys())
        if site in known:
            found = site
        elif site in named:
            found = _one_of(site, named[site])
        elif site.isdecimal() and int(site) in printed:
            found = printed[int(site)]
        else:
            raise _unknown(site, (*sites.ids, *named), printed, n_sites=len(sites))
        meant.append(f"{found}:{kind}" if kind else found)
    return tuple(meant)


def _parted(word: str, whole: set[str]) -> tuple[str, str]:
    """Part ``SITE:KIND``; an id or a name may hold a colon itself."""
    site, colon, kind = word.rpartition(":")
    if word in whole or not colon or (site not in whole and kind not in KINDS_BY_ID):
        return word, ""
    return site, kind


def _one_of(name: str, ids: Sequence[str]) -> str:
    if len(ids) == 1:
        return ids[0]
    told = ", ".join(ids[:_NAMESAKES_TOLD]) + (", …" if len(ids) > _NAMESAKES_TOLD else "")
    raise ProblemError(
        say(
            "{n} sites are called {name}: say which by its id, of {ids}",
            n=len(ids),
            name=quote(name),
            ids=told,
        )
    )


def _unknown(
    word: str, known: Sequence[str], printed: Mapping[int, str], *, n_sites: int
) -> ProblemError:
    if word.isdecimal() and printed:
        return ProblemError(
            say(
                "site {word}: the newest plan has the sites {numbers}: give one, an id or a name",
                word=word,
                numbers=", ".join(map(str, sorted(printed))),
            )
        )
    near = nearest_word(word, known)
    cure = (
        say("did you mean {near}?", near=near)
        if near
        else say("yizhan sites list shows them with their ids")
    )
    return ProblemError(
        say(
            "site {word} is not among the {n_sites} candidate sites: {cure}",
            word=quote(word),
            n_sites=n_sites,
            cure=cure,
        )
    )
