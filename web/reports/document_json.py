"""A document as JSON and back, so that a report can be kept word for word."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any, Final

from geo.errors import InputError
from geo.messages import say
from web.languages import language_of
from web.reports.document import (
    Column,
    Document,
    Headline,
    Headlines,
    Listing,
    Notice,
    Paragraph,
    Picture,
    Range,
    Section,
    Signature,
    Signatures,
    Table,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from web.reports.document import Block

_PARTS: Final[Mapping[str, type[Any]]] = {
    part.__name__: part
    for part in (
        *(Column, Headline, Headlines, Listing, Notice, Paragraph, Picture, Range),
        *(Section, Signature, Signatures, Table),
    )
}
_PART: Final = "part"


def document_dict(document: Document) -> dict[str, Any]:
    """Return a document as plain data for JSON."""
    values = {one.name: getattr(document, one.name) for one in fields(document)}
    return {
        **values,
        "language": document.language.code,
        "sections": [_plain(section) for section in document.sections],
    }


def document_from(body: Mapping[str, Any]) -> Document:
    """Read back what `document_dict` wrote.

    Raises
    ------
    InputError
        when it is none, or of a newer version of Yizhan.
    """
    try:
        sections = tuple(_part(section) for section in body["sections"])
        language = language_of(body["language"])
        values = {one.name: body[one.name] for one in fields(Document) if one.name in body}
        return Document(**{**values, "language": language, "sections": sections})
    except (KeyError, TypeError) as error:
        raise InputError(
            say("a kept report cannot be read ({error}): use a newer Yizhan", error=error)
        ) from None


def _plain(value: object) -> Any:  # noqa: ANN401 - JSON
    """Return a part with its name, and what it holds."""
    if type(value).__name__ in _PARTS:
        held = {one.name: _plain(getattr(value, one.name)) for one in fields(value)}  # type: ignore[arg-type]
        return {_PART: type(value).__name__, **held}
    if isinstance(value, (tuple, list)):
        return [_plain(one) for one in value]
    return value


def _part(body: object) -> Any:  # noqa: ANN401 - any part
    if isinstance(body, dict):
        made = {name: _part(value) for name, value in body.items() if name != _PART}
        return _PARTS[body[_PART]](**made)
    if isinstance(body, list):
        return tuple(_part(one) for one in body)
    return body


def with_block(document: Document, section_id: str, old: type[Block], new: Block) -> Document:
    """Return a document in which one section's block of a kind is another."""
    sections = tuple(
        replace(
            section,
            blocks=tuple(new if isinstance(block, old) else block for block in section.blocks),
        )
        if section.id == section_id
        else section
        for section in document.sections
    )
    return replace(document, sections=sections)
