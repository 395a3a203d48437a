"""Questions on the terminal: a line each, asked again until the answer can be taken."""

from __future__ import annotations

import contextlib
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import click

from geo.errors import InputError, YizhanError
from geo.messages import message_of, say
from web.commands.language import told

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

T = TypeVar("T")

_YES = frozenset({"y", "yes", "是", "好"})
_NO = frozenset({"n", "no", "否", "不"})


@dataclass(frozen=True)
class Talk:
    """What is said and asked goes to standard output, with ``err`` to standard error."""

    err: bool

    def tell(self, words: str) -> None:
        """Say a line."""
        click.echo(words, err=self.err)

    def ask(self, question: str, read: Callable[[str], T], *, otherwise: str = "") -> T | None:
        """Ask until ``read`` takes the answer; None for an empty one.

        ``otherwise`` stands for an empty answer. InputError when the answers end.
        """
        while True:
            text = self._line(f"{question} [{otherwise}]: " if otherwise else f"{question}: ")
            text = text or otherwise
            if not text:
                return None
            try:
                return read(text)
            except (YizhanError, OSError) as error:
                self.tell(told(message_of(error) if isinstance(error, YizhanError) else str(error)))

    def yes(self, question: str) -> bool:
        """Ask for yes or no; an empty answer is yes."""

        def read(text: str) -> bool:
            word = text.strip().casefold()
            if word not in _YES | _NO:
                raise InputError(say("answer y or n"))
            return word in _YES

        return bool(self.ask(question, read, otherwise="y"))

    @contextlib.contextmanager
    def elsewhere(self) -> Iterator[None]:
        """Let what is printed while the block runs go where this talk goes."""
        with contextlib.redirect_stdout(sys.stderr) if self.err else contextlib.nullcontext():
            yield

    def _line(self, question: str) -> str:
        click.echo(question, nl=False, err=self.err)
        try:
            # a shell that a file is dragged into puts quotes around its name
            return input().strip().strip("'\"").strip()
        except EOFError:
            self.tell("")
            raise InputError(
                say(
                    "the answers ended at the question “{question}”: nothing was changed; yizhan"
                    " start asks on a terminal, or takes a line for each question",
                    question=question.strip().rstrip(":").rstrip(),
                )
            ) from None
