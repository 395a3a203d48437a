"""Turn restrictions as they stand in OSM relations, before their members are looked up."""

# pyosmium ships no types that tell nodes from ways: what comes out of it is Any on purpose.
# ruff: noqa: ANN401

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from geo.conditions import clauses
from geo.profiles import MODES
from geo.roads import Turn

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import numpy.typing as npt

_MODES_OF: Final[Mapping[str, frozenset[str]]] = {
    "vehicle": frozenset({"ebike", "car", "truck"}),
    "motor_vehicle": frozenset({"car", "truck"}),
    "motorcar": frozenset({"car"}),
    "hgv": frozenset({"truck"}),
    "goods": frozenset({"truck"}),
    "bicycle": frozenset({"ebike"}),
    "foot": frozenset({"foot"}),
}


@dataclass(frozen=True)
class TurnMembers:
    """One restriction by the ids of its members; ``via_ways`` is empty where a node stands between.

    With ``via_ways`` the node at which one leaves ``from_way`` is not told (0).
    """

    from_way: int
    via_node: int
    via_ways: tuple[int, ...]
    to_way: int
    only: bool
    free_modes: frozenset[str]
    when: str


@dataclass
class TurnRelations:
    """What a pass over the relations collects, and counts of what cannot be taken by its kind."""

    found: list[TurnMembers] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)

    def take(self, relation: Any) -> None:
        """Take one relation of ``type=restriction``, with all its keys of ``restriction``."""
        members: dict[tuple[str, str], list[int]] = {}
        for member in relation.members:
            members.setdefault((member.role, member.type), []).append(member.ref)
        ways = tuple(members.get(("via", "w"), ()))
        nodes = members.get(("via", "n"), [])
        spared = _modes(relation.tags.get("except", "").split(";"))
        for word, free, when in self._readings(dict(relation.tags)):
            from_ways, to_ways = members.get(("from", "w"), []), members.get(("to", "w"), [])
            if not from_ways or not to_ways or not (ways or len(nodes) == 1):
                self.left_out["turns_without_members"] += 1
                continue
            # of several members each way in is banned to each way out; an ``only`` has one way out
            only = word.startswith("only_")
            if only and len(to_ways) > 1:
                self.left_out["turns with several ways out of an only"] += 1
                continue
            via = 0 if ways else nodes[0]
            self.found += [
                TurnMembers(start, via, ways, end, only, free | spared, when)
                for start in from_ways
                for end in to_ways
            ]

    def _readings(self, tags: Mapping[str, str]) -> Iterator[tuple[str, frozenset[str], str]]:
        """Give (word, modes that are free, condition) of each restriction in one relation."""
        keys = [key for key in tags if key.split(":", 1)[0] == "restriction"]
        for key in keys:
            vehicle = key.split(":")[1:]
            conditional = "conditional" in vehicle
            named = [word for word in vehicle if word != "conditional"]
            meant = _modes(named) if named else frozenset(MODES)
            if not meant:
                self.left_out["turns of other vehicles"] += 1
                continue
            parts = clauses(tags[key]) if conditional else ((tags[key].strip(), ""),)
            for word, when in parts:
                if word.startswith(("no_", "only_")):
                    yield word, frozenset(MODES) - meant, when
                elif word != "none":
                    self.left_out["turns of an unknown kind"] += 1
        if not keys:
            self.left_out["turns of an unknown kind"] += 1


def _modes(words: list[str]) -> frozenset[str]:
    none = frozenset[str]()
    return none.union(*(_MODES_OF.get(word.strip(), none) for word in words))


@dataclass(frozen=True, eq=False)
class WayRows:
    """Where ways and nodes stand in the arrays of the roads: for looking up members by their id."""

    way_id: npt.NDArray[np.int64]
    way_offset: npt.NDArray[np.int64]
    way_node: npt.NDArray[np.int32]
    node_id: npt.NDArray[np.int64]

    def turns(self, found: list[TurnMembers]) -> tuple[Turn, ...]:
        """Give the restrictions of which all members are there."""
        row = {int(number): i for i, number in enumerate(self.way_id)} if found else {}
        made = (self._turn(one, row) for one in found)
        return tuple(turn for turn in made if turn is not None)

    def _turn(self, one: TurnMembers, row: Mapping[int, int]) -> Turn | None:
        ways = [row.get(number, -1) for number in (one.from_way, *one.via_ways, one.to_way)]
        if min(ways) < 0:
            return None
        if one.via_ways:
            via = self._meeting(ways[0], ways[1])
        else:
            at = int(np.searchsorted(self.node_id, one.via_node))
            via = at if at < len(self.node_id) and self.node_id[at] == one.via_node else -1
        if via < 0:
            return None
        return Turn(
            ways[0],
            via,
            ways[-1],
            only=one.only,
            free_modes=one.free_modes,
            via_ways=tuple(ways[1:-1]),
            when=one.when,
        )

    def _meeting(self, one: int, other: int) -> int:
        """Row of the first node of ``other``, from either end, at which it meets ``one``."""
        first, second = (
            self.way_node[self.way_offset[way] : self.way_offset[way + 1]].tolist()
            for way in (one, other)
        )
        common = [node for node in (second[0], second[-1], *second) if node >= 0 and node in first]
        return common[0] if common else -1
