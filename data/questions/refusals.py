"""What is wrong with a question, in one line: where it stands, and the cure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from data.vocabulary import nearest_word, quote
from geo.errors import FieldFault, FieldsError, InputError
from geo.messages import Message, message_of, say

if TYPE_CHECKING:
    from pydantic import BaseModel, ValidationError
    from pydantic_core import ErrorDetails

_TYPES: Final = {
    "int": say("a whole number"),
    "float": say("a number"),
    "string": say("text in quotes"),
    "bool": say("true or false"),
    "tuple": say("a list"),
    "list": say("a list"),
    "dict": say("a table"),
    "model": say("a table"),
}


def first_fault(model: type[BaseModel], error: ValidationError) -> str:
    """Return the first fault of a question as one line."""
    fault = error.errors()[0]
    where = _where(fault["loc"])
    what = _what(model, fault)
    return say("{where}: {what}", where=where, what=what) if where else what


def faults_of(model: type[BaseModel], error: ValidationError) -> tuple[FieldFault, ...]:
    """Return every fault of a question with the place of its field."""
    return tuple(_fault(model, fault) for fault in error.errors())


def at(*place: str | int) -> FieldFault:
    """Say at which field below a part of a question something is wrong."""
    return FieldFault(place)


def _fault(model: type[BaseModel], fault: ErrorDetails) -> FieldFault:
    raised = fault.get("ctx", {}).get("error")
    below: tuple[str | int, ...] = ()
    if isinstance(raised, FieldsError) and raised.faults:
        below = raised.faults[0].place
    return FieldFault((*fault["loc"], *below), _what(model, fault))


def _where(place: tuple[int | str, ...]) -> str:
    """Write a place as people count: money_limits[2].most_yuan is the second limit's."""
    words = ""
    for part in place:
        words += f"[{part + 1}]" if isinstance(part, int) else f".{part}"
    return words.removeprefix(".")


def _what(model: type[BaseModel], fault: ErrorDetails) -> str:
    raised = fault.get("ctx", {}).get("error")
    if isinstance(raised, InputError):
        return message_of(raised)
    sort = fault["type"]
    if sort in {"extra_forbidden", "missing"}:
        missing = say("is missing: give it")
        return missing if sort == "missing" else _unknown_key(model, fault["loc"])
    given = quote(str(fault["input"]))
    if sort == "literal_error":
        return say("{given} is none of {known}", given=given, known=fault["ctx"]["expected"])
    for name, sort_of in _TYPES.items():
        if sort.startswith((f"{name}_type", f"{name}_from", f"{name}_pars")):
            return say("{given} is not {wanted}", given=given, wanted=sort_of)
    return _out_of_range(fault, given)


def _out_of_range(fault: ErrorDetails, given: str) -> str:
    for name, limit in fault.get("ctx", {}).items():
        wanted = _ranges(limit).get(name)
        if wanted is not None:
            return say("{given} must be {range}", given=given, range=wanted)
    # what is left is rare, and pydantic's own words are plain
    return say("{given}: {reason}", given=given, reason=Message(fault["msg"]))


def _ranges(limit: object) -> dict[str, Message]:
    """Say the ends of ranges and lengths, by pydantic's names for them."""
    return {
        "ge": say("{limit} or more", limit=limit),
        "gt": say("more than {limit}", limit=limit),
        "le": say("{limit} or less", limit=limit),
        "lt": say("less than {limit}", limit=limit),
        "min_length": say("of {limit} entries or signs at least", limit=limit),
        "max_length": say("of {limit} entries or signs at most", limit=limit),
    }


def _unknown_key(model: type[BaseModel], place: tuple[int | str, ...]) -> str:
    key = str(place[-1])
    known = tuple(_fields_at(model, place[:-1]))
    near = nearest_word(key, known)
    if near is not None:
        return say("this key is not known: did you mean {near}?", near=near)
    return say("this key is not known: there are {known}", known=", ".join(known))


def _fields_at(model: type[BaseModel], place: tuple[int | str, ...]) -> tuple[str, ...]:
    """Return the keys of the part at a place, by walking the published schema."""
    schema = model.model_json_schema()
    at: Any = schema
    for part in place:
        at = _resolved(schema, at)
        at = (
            at.get("items", {}) if isinstance(part, int) else at.get("properties", {}).get(part, {})
        )
    return tuple(_resolved(schema, at).get("properties", {}))


def _resolved(schema: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    for choice in (part, *part.get("anyOf", ()), *part.get("allOf", ())):
        name = choice.get("$ref", "").rpartition("/")[2]
        if name:
            found: dict[str, Any] = schema["$defs"][name]
            return found
    return part
