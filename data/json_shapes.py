"""JSON that others wrote, read within bounds and held against a shape before anything uses it.

A shape is written as the document looks: ``{"name": str, "sites": [{"order": int}]}``. ``float``
takes whole numbers too; a `Words` takes one of its words; a `Maybe` may be null, a `Since` be
missing as well; a `By` is an object with any keys whose values are alike; ``object`` is anything.
All other keys of a shape must be there, and none beside them.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import Any, Final, NoReturn

from data.vocabulary import nearest_word, quote
from geo.errors import FileFormatError, InputError
from geo.messages import say

_LONGEST_TEXT: Final = 10_000
_KINDS: Final = {
    str: say("text"),
    int: say("a whole number"),
    float: say("a number"),
    bool: say("true or false"),
}


@dataclass(frozen=True)
class Words:
    """One of a few words."""

    known: tuple[str, ...]


@dataclass(frozen=True)
class Maybe:
    """A value of a shape, or null."""

    shape: Any


@dataclass(frozen=True)
class Since:
    """A value of a shape, or null, that documents of earlier versions do without."""

    shape: Any


@dataclass(frozen=True)
class By:
    """An object whose keys are free and whose values have one shape."""

    shape: Any


def parse_json(data: bytes, *, file: str, most_bytes: int) -> Any:  # noqa: ANN401 - JSON is anything until it is checked
    """Read JSON as RFC 8259 has it: UTF-8, no NaN, no key twice, at most ``most_bytes``.

    Raises
    ------
    FileFormatError
        when it is none; one line with the reason.
    """
    if len(data) > most_bytes:
        raise FileFormatError(
            say("{file}: is larger than {most_mb} MB", file=file, most_mb=most_bytes // 10**6)
        )
    try:
        return json.loads(
            data.decode("utf-8-sig"), object_pairs_hook=_once, parse_constant=_no_number
        )
    except UnicodeDecodeError:
        raise FileFormatError(say("{file}: is not UTF-8 text", file=file)) from None
    except RecursionError:
        raise FileFormatError(say("{file}: is nested too deep", file=file)) from None
    except ValueError as error:
        raise FileFormatError(say("{file}: is no JSON: {error}", file=file, error=error)) from None


def check_shape(value: object, shape: Any, *, where: str) -> None:  # noqa: ANN401 - see the module
    """Refuse a value that has not the shape; ``where`` is its place in the document.

    Raises
    ------
    InputError
        that names the place, what stands there and what must.
    """
    if shape is object or (isinstance(shape, Maybe | Since) and value is None):
        return
    if isinstance(shape, Maybe | Since):
        check_shape(value, shape.shape, where=where)
    elif isinstance(shape, list):
        for number, one in enumerate(_list(value, where)):
            check_shape(one, shape[0], where=f"{where}[{number}]")
    elif isinstance(shape, By):
        for key, one in _object(value, where).items():
            check_shape(one, shape.shape, where=f"{where}.{key[:40]}")
    elif isinstance(shape, dict):
        _check_keys(_object(value, where), shape, where=where)
    else:
        _check_plain(value, shape, where=where)


def _check_keys(value: dict[str, Any], shape: dict[str, Any], *, where: str) -> None:
    for key in value:
        if key not in shape:
            near = nearest_word(key, shape) or ", ".join(shape)
            raise InputError(
                say(
                    "{where} has the key {key}, which is not known: do you mean {near}?",
                    where=where,
                    key=quote(key),
                    near=near,
                )
            )
    for key, part in shape.items():
        if key in value:
            check_shape(value[key], part, where=f"{where}.{key}")
        elif not isinstance(part, Since):
            raise InputError(say("{where} has no {key}", where=where, key=key))


def _check_plain(value: object, kind: type | Words, *, where: str) -> None:
    if isinstance(kind, Words):
        if value not in kind.known:
            known = ", ".join(kind.known)
            raise InputError(say("{where} must be one of {known}", where=where, known=known))
        return
    of_kind = isinstance(value, (int, float) if kind is float else kind)
    if not of_kind or (isinstance(value, bool) and kind is not bool):
        raise InputError(say("{where} must be {kind}", where=where, kind=_KINDS[kind]))
    if isinstance(value, str) and len(value) > _LONGEST_TEXT:
        raise InputError(
            say("{where} must have at most {longest} characters", where=where,
                longest=_LONGEST_TEXT)
        )  # fmt: skip
    if isinstance(value, int | float) and not _is_finite(value):
        raise InputError(say("{where} must be a finite number", where=where))


def _is_finite(value: float) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:  # a whole number beyond every float
        return False


def _list(value: object, where: str) -> list[Any]:
    if not isinstance(value, list):
        raise InputError(say("{where} must be a list", where=where))
    return value


def _object(value: object, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise InputError(say("{where} must be an object", where=where))
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(say("the key {key} stands twice", key=quote(twice)))
    return made


def _no_number(word: str) -> NoReturn:
    raise ValueError(say("{word} is no number", word=word))
