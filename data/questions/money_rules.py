"""Who pays what: the money rules of a question, as they stand in its ``[[money_rules]]`` tables.

Two sorts of rule:

* **Rules of a price** split what an action costs: a `ShareRule` pays a share of a project up to a
  cap, an `OwnShareRule` keeps a least share for the operator. They are computed before a question
  is solved (`planning.decisions.money`).
* **Rules of an organisation** pay by the table of organisations and not by an action: a
  `MembersRule` by members, a `PostsRule` by posts. They stand in the accounts only
  (`planning.decisions.accounts`).

A share is the decimal that was written: 0.6 is three fifths to the yuan. Rules apply in the order
written, each to what the ones before have left; what no rule pays is the operator's own (`OWN`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal, get_args

from data.questions.refusals import at
from data.vocabulary import (
    KINDS,
    ORGANISATION_KINDS,
    Term,
    find_term,
    nearest_word,
    quote,
    unknown_word,
)
from geo.errors import FieldsError, InputError
from geo.messages import say

if TYPE_CHECKING:
    from collections.abc import Iterable

OWN: Final = "own"
"""The payer of what no rule pays: the operator itself (自筹)."""
MOST_YUAN: Final = 10**11
"""No single cost, cap or base is more: products with a share stay whole numbers of 64 bits."""
SHARE_DECIMALS: Final = 6
OfWord = Literal["capital", "running"]
BaseWord = Literal["left", "whole"]
EveryWord = Literal["year", "once"]
ACTIONS: Final = ("build", "upgrade", "extend", "close", "relocate", "keep")
_OWN_WORDS: Final = (OWN, "自筹")
_FIRST_YEAR: Final = 2000
_LAST_YEAR: Final = 2100
_LONGEST_NAME: Final = 100


@dataclass(frozen=True, kw_only=True)
class _Rule:
    """What every rule may say: a name of its own, and where and when it counts.

    ``districts`` and ``years`` (those in which money is spent) are all where they are empty.
    """

    rule: ClassVar[str]
    name: str = ""
    districts: tuple[str, ...] = ()
    years: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if self.name:
            _check_name("name", self.name)
        self._keep(
            "districts", tuple(_check_name("districts", d) for d in _many(self, "districts"))
        )
        years = (_whole("years", y, _FIRST_YEAR, _LAST_YEAR) for y in _many(self, "years"))
        self._keep("years", tuple(years))

    def _keep(self, column: str, value: object) -> None:
        object.__setattr__(self, column, value)

    @property
    def label(self) -> str:
        """What the rule is called in accounts: its name, else its payer and sort."""
        return self.name or self.rule

    def as_dict(self) -> dict[str, Any]:
        """Return the rule as its table: what differs from the defaults, lists for tuples."""
        table: dict[str, Any] = {"rule": self.rule}
        for column in fields(self):
            value = getattr(self, column.name)
            if value != column.default:
                table[column.name] = list(value) if isinstance(value, tuple) else value
        return table


@dataclass(frozen=True, kw_only=True)
class _PaidRule(_Rule):
    """A rule that pays: its payer's name is any but `OWN`."""

    payer: str

    def __post_init__(self) -> None:
        super().__post_init__()
        if _check_name("payer", self.payer) in _OWN_WORDS:
            raise InputError(
                say(
                    "payer {payer} is the operator, who pays what is left: name who gives the "
                    'money, or write rule = "own_share"',
                    payer=quote(self.payer),
                )
            )

    @property
    def label(self) -> str:
        """What the rule is called in accounts: its name, else its payer and sort."""
        return self.name or f"{self.payer} {self.rule}"


@dataclass(frozen=True, kw_only=True)
class _ScopedShare(_Rule):
    """A share of a cost, and of which: for which kinds of station and which actions."""

    share: float
    of: OfWord = "capital"
    kinds: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        _check_share(self.share)
        _check_choice("of", self.of, get_args(OfWord))
        self._keep("kinds", _terms(self, "kinds", KINDS, say("kind")))
        actions = _many(self, "actions")
        for action in actions:
            _check_choice("actions", action, ACTIONS)
        self._keep("actions", actions)


@dataclass(frozen=True, kw_only=True)
class ShareRule(_PaidRule, _ScopedShare):
    """A share of what an action costs, up to a cap: 60 % and at most 100,000 yuan a project.

    ``of`` says of which cost: of the ``capital``, once in the year of the action, or of what it
    takes to run it, each year. ``base`` is what the share is taken of: what the rules before have
    ``left``, or the ``whole`` cost; more than is left is never paid. ``cap_yuan`` holds for each
    project (and year, of running cost); None is no cap. ``kinds`` of station and ``actions`` are
    all where they are empty.

    Raises
    ------
    InputError
        when a value cannot be; the message names the key and the cure.
    """

    rule: ClassVar[str] = "share"
    cap_yuan: int | None = None
    base: BaseWord = "left"

    def __post_init__(self) -> None:
        super().__post_init__()
        _check_choice("base", self.base, get_args(BaseWord))
        if self.cap_yuan is not None:
            self._keep("cap_yuan", _whole("cap_yuan", self.cap_yuan, 0, MOST_YUAN))


@dataclass(frozen=True, kw_only=True)
class OwnShareRule(_ScopedShare):
    """The least share that the operator bears itself, which no other rule pays, wherever it stands.

    The columns are those of `ShareRule`. Of several that hold for an action the greatest counts.

    Raises
    ------
    InputError
        when a value cannot be; the message names the key and the cure.
    """

    rule: ClassVar[str] = "own_share"


@dataclass(frozen=True, kw_only=True)
class MembersRule(_PaidRule):
    """A base for an organisation, and more for each member above a number.

    2,000 yuan up to 25 members and 20 for each further one: ``base_yuan`` 2000, ``up_to_members``
    25, ``per_member_yuan`` 20. One without members gets nothing. ``every`` year, or ``once``: in
    the first year of the plan in which the rule holds. ``kinds`` are those of organisations, all
    where they are empty.

    Raises
    ------
    InputError
        when a value cannot be; the message names the key and the cure.
    """

    rule: ClassVar[Literal["members"]] = "members"
    base_yuan: int
    up_to_members: int
    per_member_yuan: int
    every: EveryWord = "year"
    kinds: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        for column in ("base_yuan", "up_to_members", "per_member_yuan"):
            self._keep(column, _whole(column, getattr(self, column), 0, MOST_YUAN))
        _check_choice("every", self.every, get_args(EveryWord))
        self._keep("kinds", _terms(self, "kinds", ORGANISATION_KINDS, say("kind of organisation")))

    def yuan(self, members: int) -> int:
        """Return what an organisation of so many members gets each time.

        Examples
        --------
        >>> from data.questions import MembersRule
        >>> rule = MembersRule(payer="市总", base_yuan=2000, up_to_members=25, per_member_yuan=20)
        >>> [rule.yuan(members) for members in (0, 1, 25, 26, 100)]
        [0, 2000, 2000, 2020, 3500]
        """
        if members <= 0:
            return 0
        return self.base_yuan + self.per_member_yuan * max(0, members - self.up_to_members)


@dataclass(frozen=True, kw_only=True)
class PostsRule(_PaidRule):
    """So much a month for each post of an organisation, twelve months of each year.

    ``kinds`` are those of organisations, all where they are empty.

    Raises
    ------
    InputError
        when a value cannot be; the message names the key and the cure.
    """

    rule: ClassVar[Literal["posts"]] = "posts"
    yuan_a_month: int
    kinds: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        self._keep("yuan_a_month", _whole("yuan_a_month", self.yuan_a_month, 0, MOST_YUAN))
        self._keep("kinds", _terms(self, "kinds", ORGANISATION_KINDS, say("kind of organisation")))

    def yuan(self, posts: int) -> int:
        """Return what an organisation of so many posts gets in a year."""
        return 12 * self.yuan_a_month * max(0, posts)


#: The three subsidies of Shenyang's unions, as a question writes them.
SHENYANG_RULES: Final = """\
# A district's project: at most 60 % of its cost, and at most 100,000 yuan.
[[money_rules]]
name = "project of a district"
rule = "share"
payer = "沈阳市总工会"
share = 0.6
cap_yuan = 100_000

# Running money of a union branch: 2,000 yuan up to 25 members, 20 yuan for each further one.
[[money_rules]]
name = "running money of a branch"
rule = "members"
payer = "沈阳市总工会"
base_yuan = 2_000
up_to_members = 25
per_member_yuan = 20
kinds = ["union"]

# 300 yuan a month for each part-time officer.
[[money_rules]]
name = "part-time officers"
rule = "posts"
payer = "沈阳市总工会"
yuan_a_month = 300
"""

PriceRule = ShareRule | OwnShareRule
OrganisationRule = MembersRule | PostsRule
MoneyRule = PriceRule | OrganisationRule
_SORTS: Final[Mapping[str, type[MoneyRule]]] = {
    sort.rule: sort for sort in (ShareRule, OwnShareRule, MembersRule, PostsRule)
}


@dataclass(frozen=True)
class MoneyRules:
    """The money rules of a question, in the order in which they apply.

    Raises
    ------
    InputError
        when two have one label, so that the accounts could not tell them apart.

    Examples
    --------
    >>> from data.questions import MoneyRules
    >>> rules = MoneyRules.from_dicts(
    ...     [{"rule": "share", "payer": "市总工会", "share": 0.6, "cap_yuan": 100000}]
    ... )
    >>> rules.payers
    ('市总工会',)
    """

    rules: tuple[MoneyRule, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "rules", tuple(self.rules))
        labels: set[str] = set()
        for rule in self.rules:
            if rule.label in labels and not isinstance(rule, OwnShareRule):
                raise InputError(
                    say(
                        "money rule {label} stands twice: give each a name of its own",
                        label=quote(rule.label),
                    )
                )
            labels.add(rule.label)

    @classmethod
    def from_dicts(cls, tables: object) -> MoneyRules:
        """Read the tables of TOML or JSON.

        Raises
        ------
        InputError
            when they are no list of tables, or one has a key that is not known (the nearest is
            named), lacks one, or has a value that cannot be; the message says which rule.
        """
        if not isinstance(tables, list | tuple):
            raise InputError(say("money_rules must be a list of tables: write [[money_rules]]"))
        return cls(tuple(_read_rule(number, table) for number, table in enumerate(tables, 1)))

    def as_dicts(self) -> list[dict[str, Any]]:
        """Return the tables, which `from_dicts` reads back to the same rules."""
        return [rule.as_dict() for rule in self.rules]

    @property
    def price_rules(self) -> tuple[PriceRule, ...]:
        """The rules that split what an action costs, in order."""
        return tuple(rule for rule in self.rules if isinstance(rule, PriceRule))

    @property
    def organisation_rules(self) -> tuple[OrganisationRule, ...]:
        """The rules that pay by the table of organisations, in order."""
        return tuple(rule for rule in self.rules if isinstance(rule, OrganisationRule))

    @property
    def payers(self) -> tuple[str, ...]:
        """Who pays by a rule, each once, in the order in which they first appear."""
        paid = (rule.payer for rule in self.rules if isinstance(rule, _PaidRule))
        return tuple(dict.fromkeys(paid))

    def check_districts(self, known: Iterable[str]) -> None:
        """Refuse a rule for a district that the city does not have (InputError)."""
        names = tuple(known)
        for rule in self.rules:
            for district in rule.districts:
                if district not in names:
                    near = nearest_word(district, names)
                    cure = (
                        say("did you mean {near}?", near=near)
                        if near
                        else say("its districts are {names}", names=", ".join(names) or "-")
                    )
                    raise InputError(
                        say(
                            "money rule {label}: the city has no district {district}: {cure}",
                            label=quote(rule.label),
                            district=quote(district),
                            cure=cure,
                        )
                    )


def exact_share(share: float) -> Fraction:
    """Return a share as the decimal that was written: 0.6 is 3/5 and not the nearest binary."""
    return Fraction(Decimal(str(share)))


def _read_rule(number: int, table: object) -> MoneyRule:
    if not isinstance(table, Mapping):
        raise FieldsError(
            say("money rule {number} must be a table: write [[money_rules]]", number=number),
            at(number - 1),
        )
    try:
        sort = _sort_of(table.get("rule"))
        values = {key: value for key, value in table.items() if key != "rule"}
        _check_keys(values, sort)
        return sort(**values)
    except InputError as error:
        raise FieldsError(
            say("money rule {number}: {error}", number=number, error=error), at(number - 1)
        ) from None


def _sort_of(word: object) -> type[MoneyRule]:
    if isinstance(word, str) and word in _SORTS:
        return _SORTS[word]
    near = nearest_word(word, _SORTS) if isinstance(word, str) else None
    cure = (
        say("did you mean {near}?", near=near)
        if near
        else say("write one of {known}", known=", ".join(_SORTS))
    )
    raise InputError(say("rule {word} is none: {cure}", word=_shown(word), cure=cure))


def _check_keys(values: Mapping[str, object], sort: type[MoneyRule]) -> None:
    """Refuse a key that the sort of rule does not have, and one that it needs and lacks."""
    known = [column.name for column in fields(sort)]
    for key in values:
        if key not in known:
            near = nearest_word(key, known)
            cure = (
                say("did you mean {near}?", near=near)
                if near
                else say("it may have {known}", known=", ".join(known))
            )
            raise InputError(
                say(
                    "key {key} is not known in a rule {rule}: {cure}",
                    key=quote(key),
                    rule=sort.rule,
                    cure=cure,
                )
            )
    needed = [column.name for column in fields(sort) if column.default is MISSING]
    for key in needed:
        if key not in values:
            raise InputError(say("a rule {rule} needs {key}", rule=sort.rule, key=key))


def _check_share(share: object) -> None:
    if isinstance(share, bool) or not isinstance(share, int | float) or not 0 < share <= 1:
        raise InputError(
            say(
                "share must be more than 0 and at most 1, as in 0.6 for 60 %, not {share}",
                share=_shown(share),
            )
        )
    if (exact_share(share) * 10**SHARE_DECIMALS).denominator != 1:
        raise InputError(
            say(
                "share {share} has more than {decimals} decimals: round it",
                share=share,
                decimals=SHARE_DECIMALS,
            )
        )


def _many(rule: object, column: str) -> tuple[Any, ...]:
    values = getattr(rule, column)
    if not isinstance(values, list | tuple):
        raise InputError(say("{column} must be a list in square brackets", column=column))
    return tuple(values)


def _terms(rule: object, column: str, terms: tuple[Term, ...], what: str) -> tuple[str, ...]:
    """Read words of the vocabulary, in any of their spellings, as identifiers."""
    found = []
    for word in _many(rule, column):
        term = find_term(_check_name(column, word), terms)
        if term is None:
            reason = unknown_word(word, terms, what=what)
            raise InputError(say("{column}: {reason}", column=column, reason=reason))
        found.append(term.id)
    return tuple(found)


def _check_name(column: str, value: object) -> str:
    if not isinstance(value, str) or not 0 < len(value.strip()) <= _LONGEST_NAME:
        raise InputError(
            say(
                "{column} must be text of 1 to {longest} characters, not {value}",
                column=column,
                longest=_LONGEST_NAME,
                value=_shown(value),
            )
        )
    return value


def _check_choice(column: str, value: object, known: tuple[str, ...]) -> None:
    if value not in known:
        raise InputError(
            say(
                "{column} {value} is none: write one of {known}",
                column=column,
                value=_shown(value),
                known=", ".join(known),
            )
        )


def _whole(column: str, value: object, least: int, most: int) -> int:
    if (
        isinstance(value, bool)
        or not isinstance(value, int | float)
        or not least <= value <= most
        or value != int(value)
    ):
        raise InputError(
            say(
                "{column} must be a whole number from {least} to {most}, not {value}",
                column=column,
                least=least,
                most=most,
                value=_shown(value),
            )
        )
    return int(value)


def _shown(value: object) -> str:
    return quote(str(value))
