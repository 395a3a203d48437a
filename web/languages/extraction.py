"""The messages that stand in the code and the templates, and in which languages each is said there.

A message is a literal in a call of ``t``, ``t.plural``, ``message`` or ``counted``. One that is put
together (an f-string, a sum, a choice) is refused, because no catalogue could hold it. A call of
``t`` with a name, such as ``t(TABLE[word])``, gives nothing: the table marks its messages. What
``say`` says (`geo.messages`: refusals and notes of all rooms) and the help of the commands are
messages in English wherever they stand.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from jinja2 import Environment, nodes

from geo.errors import YizhanError
from web.languages.help_texts import help_texts
from web.languages.terms import terms

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT: Final = Path(__file__).parents[2]
_TERMS: Final = "web/languages/terms.py"
#: What is called with a message: whether the message has a number.
CALLS: Final = {
    "t": False,
    "language": False,
    "self": False,
    "message": False,
    "plural": True,
    "counted": True,
    "forms": True,
}
_SAY: Final = "say"


class MessageError(YizhanError, ValueError):
    """A message that no catalogue could hold."""


@dataclass(frozen=True)
class Entry:
    """One message: its text, its form for many ("" where it has none) and its context."""

    text: str
    more: str = ""
    context: str = ""


@dataclass(frozen=True)
class Source:
    """A file or folder of messages: ``code`` is the language in which they are written."""

    path: str
    code: str


#: A file belongs to the first of these that holds it.
SOURCES: Final = (
    Source("geo", "en"),
    Source("data", "en"),
    Source("planning", "en"),
    Source("web/commands", "en"),
    Source("web/cli.py", "en"),
    Source("web", "zh"),
)


@dataclass
class Found:
    """Where a message stands, and the languages in which it needs no catalogue."""

    files: list[str]
    codes: set[str]


def messages() -> dict[Entry, Found]:
    """Return all messages of the product, in the order of the files that hold them."""
    found: dict[Entry, Found] = {}
    for path, code in _files():
        name = path.relative_to(ROOT).as_posix()
        read = messages_of_template if path.suffix == ".html" else messages_of_code
        text = path.read_text(encoding="utf-8")
        for entry in read(text, name):
            _note(found, entry, name, {code})
        if path.suffix == ".py":
            for entry in sayings_of_code(text, name):
                _note(found, entry, name, {"en"})
    for named in terms():
        text = str(named.message)
        entry = Entry(text, text if named.counted else "", named.message.context)
        _note(found, entry, _TERMS, set(named.codes))
    return found


def messages_of_code(text: str, name: str) -> Iterator[Entry]:
    """Yield the messages of a Python file.

    Raises
    ------
    MessageError
        when a message is put together from parts.
    """
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call):
            options = {word.arg: word.value for word in node.keywords if word.arg}
            yield from _of_call(_called(node.func), node.args, options, f"{name}:{node.lineno}")


def sayings_of_code(text: str, name: str) -> Iterator[Entry]:
    """Yield the English messages of a Python file: what `geo.messages.say` says, and helps.

    Raises
    ------
    MessageError
        when a message is put together from parts.
    """
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _called(node.func) == _SAY and node.args:
            said = _literal(node.args[0], f"{name}:{node.lineno}")
            if said:
                yield Entry(said)
    yield from (Entry(said) for said in help_texts(tree) if said)


def messages_of_template(text: str, name: str) -> Iterator[Entry]:
    """Yield the messages of a template.

    Raises
    ------
    MessageError
        when a message is put together from parts.
    """
    for node in Environment(autoescape=True).parse(text).find_all(nodes.Call):
        options = {word.key: word.value for word in node.kwargs}
        yield from _of_call(_called(node.node), node.args, options, f"{name}:{node.lineno}")


def _note(found: dict[Entry, Found], entry: Entry, name: str, codes: set[str]) -> None:
    held = found.setdefault(entry, Found([], set()))
    if name not in held.files:
        held.files.append(name)
    held.codes |= codes


def _files() -> Iterator[tuple[Path, str]]:
    """Yield the files that may hold messages, each once, with the language of its source."""
    seen: set[Path] = set()
    for source in SOURCES:
        place = ROOT / source.path
        held = [place] if place.is_file() else sorted(place.rglob("*"))
        for path in held:
            if path.suffix in {".py", ".html"} and path not in seen:
                seen.add(path)
                yield path, source.code


def _called(node: Any) -> str:  # noqa: ANN401 - a node of Python or of a template
    """Return the name that is called, without what it belongs to."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Call):  # spoken()("…") of the commands
        return "t" if _called(node.func) == "spoken" else ""
    if isinstance(node, ast.Call):  # spoken()("…") of the commands
        return "t" if _called(node.func) == "spoken" else ""
    if isinstance(node, nodes.Name):
        return node.name
    return str(node.attr) if isinstance(node, (ast.Attribute, nodes.Getattr)) else ""


def _of_call(called: str, given: list[Any], options: dict[str, Any], place: str) -> Iterator[Entry]:
    if called not in CALLS or not given:
        return
    texts = [_literal(one, place) for one in given]
    if texts[0]:
        context = _literal(options["context"], place) if "context" in options else ""
        yield Entry(texts[0], texts[-1] if CALLS[called] else "", context)


def _literal(node: Any, place: str) -> str:  # noqa: ANN401 - a node of Python or of a template
    """Return the text of a literal, nothing for a name."""
    if isinstance(node, (ast.Constant, nodes.Const)) and isinstance(node.value, str):
        return node.value
    if isinstance(node, (ast.JoinedStr, ast.BinOp, ast.IfExp, nodes.Concat, nodes.CondExpr)):
        raise MessageError(
            f"{place}: a message is put together from parts; write it whole, with its values as "
            "named places: t('… {n} …', n=n)"
        )
    return ""
