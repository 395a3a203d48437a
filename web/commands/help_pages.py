"""Commands whose help is told in the language that is spoken, and laid out for its signs.

A docstring and the help of an option are messages in English, as they stand in the code; they are
put into the language when the help is asked for. A Chinese sign is two columns wide on a terminal
and a line may end behind any of them, which Click's own layout does not know.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any, Final

import click
from click.core import ParameterSource

from geo.messages import say
from web.commands.language import LANGUAGES, OPTION, is_english, spoken

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

#: Signs that do not begin a line, and signs that do not end one.
_NOT_FIRST: Final = frozenset("%，。、；：？！）》」』】”’…—·,.;:?!)]}")
_NOT_LAST: Final = frozenset("（《「『【“‘([{")
_WIDE: Final = frozenset("WF")
_LEAST_WIDTH: Final = 10
#: How Click names what an option takes.
_KINDS: Final = (
    *(say("TEXT"), say("INTEGER"), say("INTEGER RANGE"), say("FLOAT"), say("FLOAT RANGE")),
    *(say("PATH"), say("FILE"), say("[%Y-%m-%d]")),
)
_USAGE: Final = say("Usage: ")
#: And what stands behind the name of a command.
_PIECES: Final = (say("[OPTIONS]"), say("COMMAND [ARGS]..."))


def width_of(text: str) -> int:
    """Return how many columns of a terminal a text takes."""
    return sum(1 + (unicodedata.east_asian_width(sign) in _WIDE) for sign in text)


def wrapped(text: str, width: int) -> list[str]:
    """Break a paragraph into lines of at most ``width`` columns.

    A line may end at a space, and before and behind a wide sign that is no mark of the other side.
    """
    lines, line = [], ""
    for piece in _pieces(" ".join(text.split())):
        if line and width_of(line + piece.rstrip()) > width:
            lines.append(line.rstrip())
            line = piece.lstrip()
        else:
            line += piece
    return [*lines, line.rstrip()] if line.strip() else lines


def _pieces(text: str) -> Iterator[str]:
    """Cut a text where a line may end."""
    piece = ""
    for sign in text:
        if piece and _may_break(piece[-1], sign):
            yield piece
            piece = ""
        piece += sign
    if piece:
        yield piece


def _may_break(before: str, behind: str) -> bool:
    if before == " ":
        return behind not in _NOT_FIRST
    if behind == " " or behind in _NOT_FIRST or before in _NOT_LAST:
        return False
    return unicodedata.east_asian_width(before) in _WIDE or (
        unicodedata.east_asian_width(behind) in _WIDE
    )


class WideFormatter(click.HelpFormatter):
    """Lays a help page out by the columns that its signs take."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """Write the usage line."""
        prefix = spoken()(_USAGE) if prefix is None else prefix
        for piece in _PIECES:
            args = args.replace(piece, spoken()(piece))
        first = f"{prefix}{prog} "
        self._write_lines(wrapped(args, self.width - width_of(first)), first=first)

    def write_heading(self, heading: str) -> None:
        """Write the heading of a section."""
        t = spoken()
        line = t("{heading}:", heading=t(heading))
        self.write(f"{'':>{self.current_indent}}{line}\n")

    def write_text(self, text: str) -> None:
        """Write paragraphs, as Click calls it."""
        self.paragraphs(text)

    def paragraphs(self, text: str) -> None:
        """Write paragraphs."""
        indent = " " * self.current_indent
        for number, paragraph in enumerate(re.split(r"\n\s*\n", text)):
            if number:
                self.write("\n")
            self._write_lines(wrapped(paragraph, self.width - len(indent)), first=indent)

    def write_dl(
        self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2
    ) -> None:
        """Write terms and what they mean in two columns."""
        rows, indent = list(rows), " " * self.current_indent
        column = min(max(width_of(term) for term, _ in rows), col_max) + col_spacing
        for term, words in rows:
            gap = column - width_of(term)
            first = f"{indent}{term}{' ' * gap}"
            if gap < col_spacing:
                self.write(f"{indent}{term}\n")
                first = indent + " " * column
            room = max(self.width - self.current_indent - column, _LEAST_WIDTH)
            self._write_lines(wrapped(words, room), first=first)

    def _write_lines(self, lines: list[str], *, first: str) -> None:
        """Write lines, the first behind ``first`` and the others below where it begins."""
        rest = " " * width_of(first)
        start = first
        for line in lines or [""]:
            self.write(f"{start}{line}".rstrip() + "\n")
            start = rest


class Context(click.Context):
    """A context whose help is laid out for the language."""

    def make_formatter(self) -> click.HelpFormatter:
        """Return Click's own layout for English, ours for the others."""
        if is_english():
            return super().make_formatter()
        return WideFormatter(width=self.terminal_width, max_width=self.max_content_width)


class Command(click.Command):
    """A command with ``--lang``, whose help is told in the language that is spoken."""

    context_class = Context

    def __init__(self, *given: Any, **attributes: Any) -> None:  # noqa: ANN401 - what click takes
        super().__init__(*given, **attributes)
        self.params.append(_lang_option())

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what the command does."""
        if not isinstance(formatter, WideFormatter):
            super().format_help_text(ctx, formatter)
        elif self.help:
            formatter.write_paragraph()
            with formatter.indentation():
                formatter.paragraphs(_told(self.help))

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options."""
        if is_english():
            super().format_options(ctx, formatter)
            return
        records = [
            (_option_spec(param, ctx), _option_words(param, ctx))
            for param in self.get_params(ctx)
            if isinstance(param, click.Option)
        ]
        with formatter.section("Options"):
            formatter.write_dl(records)

    def get_short_help_str(self, limit: int = 45) -> str:
        """Return the first sentence of what the command does."""
        if is_english():
            return super().get_short_help_str(limit)
        return _first_sentence(_told(self.help or ""))


class Group(Command, click.Group):
    """A group of such commands."""

    command_class = Command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; refuse options of the group before it, which it would never see."""
        name, command, rest = super().resolve_command(ctx, args)
        given = [
            param.opts[-1]
            for param in self.params
            if param.expose_value
            and ctx.get_parameter_source(param.name or "") is ParameterSource.COMMANDLINE
        ]
        if name is not None and given:
            raise click.UsageError(
                say("{options}: write it behind {command}", options=", ".join(given), command=name)
            )
        return name, command, rest

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options and the commands."""
        super().format_options(ctx, formatter)
        if not is_english():
            self.format_commands(ctx, formatter)


def _told(text: str) -> str:
    """Return a help text in the language that is spoken."""
    # It is needed with the catalogue alone, and the help in English is shown without.
    from web.languages.help_texts import help_message

    return spoken()(help_message(text))


def _option_spec(option: click.Option, ctx: click.Context) -> str:
    """Return the names of an option and what it takes; a type of Click in the language."""
    record = option.get_help_record(ctx)
    names, kind = record[0] if record else "", option.make_metavar(ctx)
    if kind in _KINDS and names.endswith(kind):
        return names[: -len(kind)] + spoken()(kind)
    return names


def _option_words(option: click.Option, ctx: click.Context) -> str:
    """Return the help of an option and, in brackets, its default and what it must be."""
    t = spoken()
    extra = option.get_help_extra(ctx)
    marks = []
    if "default" in extra:
        shown = option.show_default
        default = f"（{t(shown)}）" if isinstance(shown, str) else extra["default"]
        marks.append(t("default: {default}", default=default))
    if "range" in extra:
        marks.append(extra["range"])
    if "required" in extra:
        marks.append(t("required"))
    words = _told(option.help) if option.help else ""
    return f"{words} [{t('; ').join(marks)}]".strip() if marks else words


def _first_sentence(words: str) -> str:
    first = words.partition("\n")[0].partition("。")[0]
    return first.rstrip("。")


def _lang_option() -> click.Option:
    """Return the option that decides the language; `language.asked_code` has read it already."""
    return click.Option(
        [OPTION],
        type=click.Choice(LANGUAGES),
        expose_value=False,
        help="Language of help, progress, answers and refusals; otherwise YIZHAN_LANG or LANG.",
    )
