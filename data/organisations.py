"""Organisations: unions, federations and firms, with their members and posts."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from data.vocabulary import GROUPS_BY_ID, ORGANISATION_KINDS_BY_ID, quote
from geo.errors import InputError
from geo.messages import say

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

#: Members who belong to none of the groups of the vocabulary.
OTHERS: Final = "other_members"
#: The columns that count members.
MEMBERS: Final = (*GROUPS_BY_ID, OTHERS)
#: The columns of numbers: members by group, those of none, and the posts of part-time officers.
NUMBERS: Final = (*MEMBERS, "posts")
ORGANISATION_COLUMNS: Final = ("id", "name", "kind", "district", *NUMBERS)
MOST_OF_A_NUMBER: Final = 10**7


@dataclass(frozen=True, eq=False)
class Organisations:
    """The organisations of a city, in the order of the list.

    ``frame`` has the columns `ORGANISATION_COLUMNS` and no others: id (unique), name, kind (an id
    of `data.vocabulary.ORGANISATION_KINDS`), district (its name, "" for the whole city), and whole
    numbers, 0 where there is none: members of each group of the vocabulary by its id,
    ``other_members`` who belong to no group, and ``posts`` (of part-time officers). A member stands
    in one organisation of the list only. The frame is copied at birth; treat it as read-only.

    Raises
    ------
    InputError
        when a column is missing, an id is blank or double, a kind is not known, or a number is
        negative or no whole number.
    """

    frame: pd.DataFrame

    def __post_init__(self) -> None:
        missing = [column for column in ORGANISATION_COLUMNS if column not in self.frame.columns]
        if missing:
            raise InputError(say("organisations: no column {missing}", missing=", ".join(missing)))
        frame = self.frame[list(ORGANISATION_COLUMNS)].reset_index(drop=True).copy()
        ids = list(frame["id"])
        if not all(isinstance(value, str) and value.strip() for value in ids):
            raise InputError(say("every organisation needs an id that is text"))
        seen: set[str] = set()
        for id_, kind in zip(ids, frame["kind"], strict=True):
            if id_ in seen:
                raise InputError(say("organisation id {id} stands twice", id=quote(id_)))
            seen.add(id_)
            if kind not in ORGANISATION_KINDS_BY_ID:
                raise InputError(
                    say(
                        "organisation {id}: kind {kind} is not in the vocabulary",
                        id=quote(id_),
                        kind=quote(str(kind)),
                    )
                )
        for column in NUMBERS:
            frame[column] = _whole(ids, column, frame[column].to_numpy())
        object.__setattr__(self, "frame", frame)

    def __len__(self) -> int:
        return len(self.frame)

    @classmethod
    def from_records(cls, records: Sequence[Mapping[str, Any]]) -> Organisations:
        """Make a list of plain records, one mapping an organisation.

        Parameters
        ----------
        records
            needed are id, name and kind; district defaults to empty (the whole city), every number
            to 0.

        Raises
        ------
        InputError
            as at birth, and when a record has a column that is none.

        Examples
        --------
        >>> from data import Organisations
        >>> unions = Organisations.from_records([
        ...     {"id": "U1", "name": "快递行业工会", "kind": "union", "courier": 120, "posts": 2},
        ...     {"id": "U2", "name": "货运工会", "kind": "union", "truck_driver": 26},
        ... ])
        >>> unions.members.tolist()
        [120, 26]
        """
        for record in records:
            for column in record:
                if column not in ORGANISATION_COLUMNS:
                    raise InputError(
                        say("organisations have no column {column}", column=quote(column))
                    )
        defaults = {"district": "", **dict.fromkeys(NUMBERS, 0)}
        full = [{**defaults, **record} for record in records]
        return cls(pd.DataFrame(full, columns=list(ORGANISATION_COLUMNS)))

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids in order."""
        return tuple(self.frame["id"])

    @cached_property
    def members(self) -> npt.NDArray[np.int64]:
        """int64[n]: all members of each, of a group or of none."""
        by_group = self.frame[list(MEMBERS)].to_numpy(dtype=np.int64)
        return np.asarray(by_group.sum(axis=1), dtype=np.int64)

    @property
    def posts(self) -> npt.NDArray[np.int64]:
        """int64[n]: the posts of each."""
        return self.frame["posts"].to_numpy(dtype=np.int64)

    @cached_property
    def content_hash(self) -> str:
        """sha256 (hex) of the content, the same in every process."""
        rows = [self.frame[column].tolist() for column in ORGANISATION_COLUMNS]
        text = json.dumps(rows, ensure_ascii=False)
        return hashlib.sha256(f"yizhan organisations 1\n{text}".encode()).hexdigest()


def _whole(ids: Sequence[str], column: str, values: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
    """Return a column as whole numbers, or refuse the first that is none."""
    for id_, value in zip(ids, values, strict=True):
        number = not isinstance(value, bool | np.bool_ | str) and value is not None
        if not number or not 0 <= value <= MOST_OF_A_NUMBER or value != int(value):
            raise InputError(
                say(
                    "organisation {id}: {column} {value} must be a whole number from 0 to {most}",
                    id=quote(id_),
                    column=column,
                    value=quote(str(value)),
                    most=MOST_OF_A_NUMBER,
                )
            )
    return np.array(values, dtype=np.int64)
