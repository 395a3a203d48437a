"""Claims that every catalogue holds all messages of the product, and is compiled as it stands."""

from __future__ import annotations

import io
from functools import cache
from typing import TYPE_CHECKING

import pytest
from babel.messages.pofile import read_po

from tests.web.languages.pseudo import found_messages
from web.languages import catalogues, codes
from web.languages.extraction import (
    Entry,
    Found,
    MessageError,
    messages_of_code,
    messages_of_template,
    sayings_of_code,
)
from web.languages.update import Catalogue, faults, mo_bytes, po_text, updated

if TYPE_CHECKING:
    from pathlib import Path

FILES = sorted(catalogues.ROOM.glob("*.po"))
N = Entry("{n} 个站点", "{n} 个站点")


@cache
def _made(path: Path) -> Catalogue:
    """A catalogue as `make catalogues` would make it now."""
    return updated(path.stem, path.read_text(encoding="utf-8"), found_messages())


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_catalogue_holds_all_messages_and_no_other(path: Path) -> None:
    made = _made(path)
    assert list(faults(made)) == []
    assert po_text(made) == path.read_text(encoding="utf-8"), "run make catalogues"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_what_is_read_is_what_is_written(path: Path) -> None:
    assert path.with_suffix(".mo").read_bytes() == mo_bytes(_made(path)), "run make catalogues"


def test_the_languages_offered_are_those_with_a_catalogue_and_chinese() -> None:
    assert set(codes()) == {"zh"} | {path.stem for path in FILES}


def test_a_message_is_read_from_every_way_of_saying_it() -> None:
    code = (
        't("站点")\nt("{n} 米", n=3)\nt.plural("{n} 个站点", n=3)\n'
        't("开", context="verb")\nt(TABLE[word])\nTABLE = {"a": message("晴")}\n'
        'self.t.plural("{n} worker", "{n} workers", n=n)\nopen("站点")'
    )
    assert set(messages_of_code(code, "a.py")) == {
        Entry("站点"),
        Entry("{n} 米"),
        N,
        Entry("开", context="verb"),
        Entry("晴"),
        Entry("{n} worker", "{n} workers"),
    }
    page = '{{ t("站点") }}{% if a %}<a title="{{ t.plural(\'{n} 个站点\', n=3) }}">{% endif %}'
    assert set(messages_of_template(page, "a.html")) == {Entry("站点"), N}


@pytest.mark.parametrize("call", ['t(f"{n} 米")', 't("米" + n)', 't("米" if n else "里")'])
def test_a_message_that_is_put_together_is_refused(call: str) -> None:
    with pytest.raises(MessageError, match=r"a\.py:1: a message is put together"):
        list(messages_of_code(call, "a.py"))
    page = "{{ " + call.replace('f"{n} 米"', '"米" ~ n').replace(" + ", " ~ ") + " }}"
    with pytest.raises(MessageError, match=r"a\.html:1: a message is put together"):
        list(messages_of_template(page, "a.html"))


def _catalogue(words: str, entry: Entry) -> list[str]:
    text = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n' + words
    return list(faults(updated("en", text, {entry: Found(["a.py"], {"zh"})})))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ('msgid "{n} 米"\nmsgstr ""', "has no words"),
        ('msgid "{n} 里"\nmsgstr "{n} li"', "has no words"),
        ('msgid "{n} 米"\nmsgstr "{m} m"', "has the places"),
        ('msgid "{n} 米"\nmsgstr "metres"', "has the places"),
        ('#, fuzzy\nmsgid "{n} 米"\nmsgstr "{n} m"', "marked fuzzy"),
    ],
)
def test_a_faulty_message_is_named(words: str, said: str) -> None:
    faulty = _catalogue(words, Entry("{n} 米"))
    assert len(faulty) == 1
    assert "{n} 米" in faulty[0]
    assert said in faulty[0]
    assert _catalogue('msgid "{n} 米"\nmsgstr "{n} m"', Entry("{n} 米")) == []


def test_a_plural_needs_each_of_its_forms_and_only_one_may_leave_out_the_number() -> None:
    both = 'msgid "{n} 个站点"\nmsgid_plural "{n} 个站点"\nmsgstr[0] "%s"\nmsgstr[1] "%s"'
    assert _catalogue(both % ("one station", "{n} stations"), N) == []
    assert "has no words" in _catalogue(both % ("one station", ""), N)[0]
    assert "has the places" in _catalogue(both % ("one station", "{m} stations"), N)[0]


def test_a_catalogue_holds_the_messages_that_are_not_of_its_own_language() -> None:
    found = {
        Entry("站点"): Found(["page.html"], {"zh"}),
        Entry("Built."): Found(["init.py"], {"en"}),
        Entry("驿站", context="station"): Found(["vocabulary.py"], {"zh", "en"}),
    }
    held = {
        code: [entry.id for entry in updated(code, "", found) if entry.id]
        for code in ("zh", "en", "vi")
    }
    assert held == {"zh": ["Built."], "en": ["站点"], "vi": ["站点", "Built.", "驿站"]}


def test_words_outlive_an_update_and_gone_messages_go() -> None:
    here, there = Found(["a.py"], {"zh"}), Found(["b.py"], {"zh"})
    empty = po_text(updated("en", "", {N: here, Entry("旧"): here}))
    text = empty.replace('[0] ""', '[0] "{n} station"').replace('[1] ""', '[1] "{n} stations"')
    made = updated("en", text, {Entry("新"): there, N: there})
    read = {entry.id: entry.string for entry in read_po(io.StringIO(po_text(made))) if entry.id}
    assert read == {"新": "", ("{n} 个站点", "{n} 个站点"): ("{n} station", "{n} stations")}


def test_refusals_and_helps_are_read_as_english_messages() -> None:
    code = (
        "@click.command(cls=Command)\n"
        '@click.option("--new", show_default="the usual", help="How many.\\n  And where.")\n'
        "def plan():\n"
        '    """Add stations.\n\n    They reach\n    workers.\n    """\n'
        '    raise InputError(say("{file}: is empty", file=file))\n'
        "def helper():\n"
        '    """No help."""\n'
    )
    assert set(sayings_of_code(code, "a.py")) == {
        Entry("Add stations.\n\nThey reach workers."),
        Entry("the usual"),
        Entry("How many. And where."),
        Entry("{file}: is empty"),
    }
    assert list(messages_of_code('spoken()("Saved.")', "a.py")) == [Entry("Saved.")]


def test_a_refusal_that_is_put_together_is_refused() -> None:
    with pytest.raises(MessageError, match="put together from parts"):
        list(sayings_of_code('say(f"{file}: is empty")', "a.py"))
