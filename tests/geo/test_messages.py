"""Sentences that know their template: the English is as it was, the values stay at hand."""

from __future__ import annotations

import copy
import pickle

from hypothesis import given
from hypothesis import strategies as st

from geo.errors import InputError, RowFault, RowsError
from geo.messages import Message, either, in_turn, listed, message_of, reason_of, say

GERMAN = {
    "{file}: no column {name}": "In {file} fehlt die Spalte {name}",
    "{file}: {reason}": "{file}: {reason}",
    "is empty": "ist leer",
    "{first} or {last}": "{first} oder {last}",
    "row {row}": "Zeile {row}",
}


def in_german(template: str) -> str:
    return GERMAN.get(template, template)


def test_a_message_is_its_english_sentence() -> None:
    message = say("{file}: no column {name}", file="a.csv", name="id")
    assert message == "a.csv: no column id"
    assert str(InputError(message)) == "a.csv: no column id"


def test_a_message_can_be_put_into_another_language() -> None:
    message = say("{file}: no column {name}", file="a.csv", name="id")
    assert message.put(in_german) == "In a.csv fehlt die Spalte id"


def test_a_reason_within_a_sentence_is_put_too() -> None:
    message = say("{file}: {reason}", file="a.csv", reason=say("is empty"))
    assert message == "a.csv: is empty"
    assert message.put(in_german) == "a.csv: ist leer"


def test_an_error_within_a_sentence_keeps_its_message_and_not_the_error() -> None:
    message = say("{file}: {reason}", file="a.csv", reason=InputError(say("is empty")))
    assert message.put(in_german) == "a.csv: ist leer"
    assert isinstance(message.values["reason"], Message)


def test_braces_of_a_message_without_values_are_signs() -> None:
    message = say("weights is empty: write weights = { population = 1 }")
    assert message == "weights is empty: write weights = { population = 1 }"
    assert message.put(in_german) == message


def test_words_are_joined_in_the_language_of_the_reader() -> None:
    words = either(["a", "b", "c"])
    assert words == "a or b or c"
    assert isinstance(words, Message)
    assert words.put(in_german) == "a oder b oder c"
    assert listed(["a", "b"]) == "a, b"
    assert in_turn(["a", "b"]) == "a; b"
    assert either(["a"]) == "a"


def test_a_fault_of_a_row_tells_where_in_a_message_too() -> None:
    error = RowsError("a.csv", (RowFault(3, None, say("is empty")), RowFault(4, "id", "x")))
    assert str(error) == "a.csv: row 3: is empty (and 1 more)"
    message = message_of(error)
    assert isinstance(message, Message)
    assert "Zeile 3" in message.put(in_german)
    assert "ist leer" in message.put(in_german)
    assert str(error.faults[1]) == "row 4, column id: x"
    assert str(RowFault(None, "id", "x")) == "column id: x"
    assert str(RowFault(None, None, "x")) == "x"


def test_what_the_system_calls_an_error_is_a_message() -> None:
    assert reason_of(OSError(28, "No space left on device")) == "No space left on device"
    assert reason_of(PermissionError()) == "PermissionError"


@given(st.text(), st.text() | st.integers() | st.floats(allow_nan=False))
def test_a_message_survives_pickling_and_copying(file: str, name: object) -> None:
    message = say("{file}: no column {name}", file=file, name=name)
    for twin in (pickle.loads(pickle.dumps(message)), copy.copy(message), copy.deepcopy(message)):  # noqa: S301 - ours
        assert twin == message == f"{file}: no column {name}"
        assert twin.put(in_german) == f"In {file} fehlt die Spalte {name}"
