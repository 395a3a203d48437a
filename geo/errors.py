"""The error tree: everything that Yizhan refuses, with one root.

* `YizhanError`
    * `InputError` (`ValueError`): what a person handed in cannot be taken
        * `DatumError`: a datum word that is not known, or coordinates that cannot be in it
        * `RowsError`: rows of a file that cannot be taken, each with file, row, column and cure
        * `FieldsError`: values of a document, such as a question, each with its place in it
        * `FileFormatError`: a file that is missing, empty, broken or of another format
    * `NetworkError` (`ValueError`): a road network that cannot be built or asked
    * `ProblemError` (`ValueError`): a planning problem that contradicts itself
    * `WorkspaceError` (`OSError`): a folder that is no workspace, or cannot be written
        * `DiskFullError`: nothing more can be written; what is there can still be read
    * `NothingYetError` (`LookupError`): a step that needs the result of an earlier one

A message says what was wrong, where, and what to do, in one line; the command line prints it after
``error:`` and ends with exit code 2, the web answers with problem+json. It is a
`geo.messages.Message`, so that both can tell it in the language of the reader.
"""

from __future__ import annotations

from dataclasses import dataclass

from geo.messages import say


class YizhanError(Exception):
    """Root of everything that Yizhan refuses."""


class InputError(YizhanError, ValueError):
    """What a person handed in cannot be taken."""


class DatumError(InputError):
    """A datum word that is not known, or coordinates that cannot be in it."""


@dataclass(frozen=True)
class FieldFault:
    """One value of a document that cannot be taken.

    ``place`` leads to it by keys and by positions from 0; ``reason`` is why, without the place.
    """

    place: tuple[str | int, ...]
    reason: str = ""

    @property
    def pointer(self) -> str:
        """The place as a JSON pointer (RFC 6901): "/floors/0/hours", "" for the whole document."""
        parts = (str(part).replace("~", "~0").replace("/", "~1") for part in self.place)
        return "".join(f"/{part}" for part in parts)


class FieldsError(InputError):
    """Values of a document that cannot be taken; nothing of it was taken.

    The message is one line about the first of ``faults``.
    """

    def __init__(self, words: str, *faults: FieldFault) -> None:
        self.faults = faults
        super().__init__(words)


class FileFormatError(InputError):
    """A file that is missing, empty, broken or of another format than it should be."""


class NetworkError(YizhanError, ValueError):
    """A road network that cannot be built or asked."""


class ProblemError(YizhanError, ValueError):
    """A planning problem that contradicts itself."""


class WorkspaceError(YizhanError, OSError):
    """A folder that is no workspace, or one that cannot be written."""


class DiskFullError(WorkspaceError):
    """A disk on which nothing more can be written; what is there can still be read."""


class NothingYetError(YizhanError, LookupError):
    """A step that needs the result of an earlier one, which is not there yet."""


@dataclass(frozen=True)
class RowFault:
    """One reason why one row of a file cannot be taken.

    ``row`` counts as a spreadsheet does (the heading is row 1); None means the whole file.
    ``column`` is the heading as written in the file, or None when no single column is at fault.
    """

    row: int | None
    column: str | None
    reason: str

    def __str__(self) -> str:
        return str(self.message())

    def message(self) -> str:
        """Return where and why, as a Message."""
        if self.row is None and self.column is None:
            return self.reason
        return say("{where}: {reason}", where=self._where(), reason=self.reason)

    def _where(self) -> str:
        if self.column is None:
            return say("row {row}", row=self.row)
        if self.row is None:
            return say("column {column}", column=self.column)
        return say("row {row}, column {column}", row=self.row, column=self.column)


class RowsError(InputError):
    """Rows of a file that cannot be taken; nothing of the file was taken.

    The message is one line: the file, how many rows are at fault, and the first of them.
    """

    def __init__(self, file: str, faults: tuple[RowFault, ...]) -> None:
        self.file = file
        self.faults = faults
        first = faults[0].message()
        if len(faults) == 1:
            super().__init__(say("{file}: {fault}", file=file, fault=first))
            return
        n_more = len(faults) - 1
        super().__init__(
            say("{file}: {fault} (and {n_more} more)", file=file, fault=first, n_more=n_more)
        )
