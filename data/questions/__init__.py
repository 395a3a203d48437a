"""What a planner asks, as records: the question and its parts, and how they are read and written.

``question`` is the whole, ``parts`` what it is made of, ``money_rules`` who pays what. Nothing is
solved here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.lazy_face import lazy_face

if TYPE_CHECKING:
    from data.questions.money_rules import (
        MembersRule,
        MoneyRules,
        OwnShareRule,
        PostsRule,
        ShareRule,
    )
    from data.questions.question import Question

__all__ = ["MembersRule", "MoneyRules", "OwnShareRule", "PostsRule", "Question", "ShareRule"]

__getattr__, __dir__ = lazy_face(__name__)
