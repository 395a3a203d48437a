"""What Click says of a command line, in the language that is spoken.

Click forms its sentences in English. The few that a person of ours can meet are known here by their
templates: a sentence is taken apart into template and values, and put together in the language. A
sentence that is not known stays as it is.
"""

from __future__ import annotations

import re
from functools import cache
from string import Formatter
from typing import Final

from geo.messages import Message, message_of, say
from web.commands.language import is_english, spoken, told

#: The narrower before the wider: the first that fits is taken.
_TEMPLATES: Final = (
    say("No such option '{name}'. {possibilities}"),
    say("No such option '{name}'."),
    say("No such command '{name}'. {possibilities}"),
    say("No such command '{name}'."),
    say("Did you mean {possibility}?"),
    say("(Did you mean one of: {possibilities}?)"),
    say("Missing command."),
    say("Missing option {name}. {reason}"),
    say("Missing option {name}."),
    say("Missing argument {name}. {reason}"),
    say("Missing argument {name}."),
    say("Choose from:\n\t{choices}"),
    say("Got unexpected extra argument ({words})"),
    say("Got unexpected extra arguments ({words})"),
    say("Option '{name}' requires an argument."),
    say("Option '{name}' requires {nargs} arguments."),
    say("Option '{name}' does not take a value."),
    say("Argument '{name}' takes {nargs} values."),
    say("Invalid value for {name}: {reason}"),
    say("Invalid value: {reason}"),
    say("'{value}' is not one of {choices}."),
    say("'{value}' is not a valid integer."),
    say("'{value}' is not a valid integer range."),
    say("'{value}' is not a valid float."),
    say("'{value}' is not a valid float range."),
    say("'{value}' is not a valid boolean. Recognized values: {states}"),
    say("'{value}' is not {choice}."),
    say("{value} is not in the range {range}."),
    say("'{value}' does not match the format {format}."),
    say("'{value}' does not match the formats {formats}."),
    say("File '{name}' does not exist."),
    say("File '{name}' is a directory."),
    say("Path '{name}' does not exist."),
    say("Directory '{name}' is a file."),
    say("Options"),
    say("Commands"),
    say("Positional arguments"),
    say("Show this message and exit."),
    say("Show the version and exit."),
    say("required"),
)
#: Values that are sentences themselves.
_CLAUSES: Final = frozenset({"reason", "possibilities"})


def click_words(words: str) -> str:
    """Put a sentence of Click into the language that is spoken."""
    if is_english():
        return words
    if isinstance(words, Message):
        return told(words)
    for template, pattern in _patterns():
        found = pattern.fullmatch(words)
        if found is not None:
            values = {
                name: click_words(value) if name in _CLAUSES else value
                for name, value in found.groupdict().items()
            }
            said = spoken()(template)
            return said.format(**values) if values else said
    return words


def refused_words(error: Exception) -> str:
    """Return what an error of ours says, in the language that is spoken."""
    return told(message_of(error))


def _pattern(template: str) -> re.Pattern[str]:
    parts = Formatter().parse(template)
    return re.compile(
        "".join(
            re.escape(text) + (f"(?P<{name}>.+?)" if name is not None else "")
            for text, name, _, _ in parts
        ),
        re.DOTALL,
    )


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((template, _pattern(template)) for template in _TEMPLATES)
