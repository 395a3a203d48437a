"""Sentences that can still be put into another language when they have been raised and caught.

`say` fills a sentence in, as an f-string would, and the `Message` that it returns is that English
sentence: it prints, compares and matches as one. It also remembers the template and the values, so
that the face which shows it (a command, a page) can put the template into its own language. A value
may itself be a Message: a reason within a sentence.
"""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping


class Message(str):
    """An English sentence with its values filled in, which knows its template and its values.

    A template without values is the sentence as it stands: its braces are signs like others.
    """

    __slots__ = ("template", "values")

    template: str
    values: Mapping[str, object]

    def __new__(cls, template: str, values: Mapping[str, object] | None = None) -> Self:
        """Fill ``values`` into the braces of ``template``, in the syntax of `str.format`."""
        kept = {name: _kept(value) for name, value in (values or {}).items()}
        made = super().__new__(cls, template.format(**kept) if kept else template)
        made.template = template
        made.values = kept
        return made

    def __reduce__(self) -> tuple[type[Message], tuple[str, dict[str, object]]]:
        """Pickle and copy the template and the values; a plain str would lose them."""
        return type(self), (self.template, dict(self.values))

    def put(self, translate: Callable[[str], str]) -> str:
        """Return the sentence with its template, and those within, put through ``translate``."""
        template = translate(self.template)
        if not self.values:
            return template
        values = {
            name: value.put(translate) if isinstance(value, Message) else value
            for name, value in self.values.items()
        }
        return template.format(**values)


def say(template: str, /, **values: object) -> Message:
    """Fill in a sentence: ``say("{file}: no column {name}", file=file, name=name)``.

    The template is what translators see: it is written out at the call, never computed.
    """
    return Message(template, values)


def message_parts(message: str) -> dict[str, object]:
    """Return a sentence as plain data, from which `message_from` makes it again, elsewhere too.

    Values that JSON has no form for become text.
    """
    if not isinstance(message, Message):
        return {"template": str(message), "values": {}}
    values = {
        name: message_parts(value)
        if isinstance(value, Message)
        else value
        if isinstance(value, str | int | float) or value is None
        else str(value)
        for name, value in message.values.items()
    }
    return {"template": message.template, "values": values}


def message_from(parts: Mapping[str, object]) -> Message:
    """Make the sentence again of which `message_parts` told the parts."""
    values = parts["values"]
    told = values if isinstance(values, dict) else {}
    return Message(
        str(parts["template"]),
        {n: message_from(v) if isinstance(v, dict) else v for n, v in told.items()},
    )


def either(words: Iterable[str]) -> str:
    """Join words that are alternatives: "Point or MultiPoint"."""
    return _joined(words, lambda first, last: say("{first} or {last}", first=first, last=last))


def in_turn(sentences: Iterable[str]) -> str:
    """Join clauses that are told one after the other."""
    return _joined(sentences, lambda first, last: say("{first}; {last}", first=first, last=last))


def listed(words: Iterable[str]) -> str:
    """Join words of a list, of which some may be Messages."""
    return _joined(words, lambda first, last: say("{first}, {last}", first=first, last=last))


def _joined(words: Iterable[str], pair: Callable[[str, str], Message]) -> str:
    first, *others = words
    return reduce(pair, others, first)


def reason_of(error: OSError) -> Message:
    """Return what the system calls an error: words of its own, of which few are usual."""
    return Message(error.strerror or str(error) or type(error).__name__)


def message_of(error: BaseException) -> str:
    """Return what an error says, as the Message that it was raised with where there is one."""
    first = error.args[0] if error.args else None
    return first if isinstance(first, Message) else str(error)


def _kept(value: object) -> object:
    """Keep what an error says and not the error, which holds on to the frames it went through."""
    return message_of(value) if isinstance(value, BaseException) else value
