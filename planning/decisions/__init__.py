"""A planner's decisions: what to do where and in which year, who pays for it, and why.

A question (`data.questions`) is asked of a city: ``actions`` lists what may be done, ``items`` what
there is to cover, ``placing`` what must and must not stand where, ``problem`` makes one covering
problem of them, ``goals`` solves it, ``decide`` tells the ``decision``.

``money`` splits what an action costs between payers before a question is solved; ``accounts`` adds
up, to the yuan, what a chosen plan costs whom, and ``decision_accounts`` does so of a decision.

Of a covering problem and its plan: ``gains`` (what each option does), ``runner_up`` (why here and
not there), ``shadow_prices`` (what a little more of each rule would bring), ``alternatives`` (other
plans that are nearly as good), ``curve`` (money against coverage), ``front`` (two measures against
each other), ``nesting`` (what plans that only grow cost each year), ``score`` (a list made by
hand), ``robust`` (when demand, places and prices are not as assumed), ``redundant`` (what closing
what stands would lose), ``conflict`` (why there is no plan). ``site_reasons`` gathers what the
sheet of a site tells, and ``restored`` gives a decision that was read back its plan again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.lazy_face import lazy_face

if TYPE_CHECKING:
    from planning.decisions.accounts import AccountLine, Accounts, Budget, keep_accounts
    from planning.decisions.alternatives import Alternative, Alternatives, near_alternatives
    from planning.decisions.conflict import Conflict, ConflictMember, find_conflict
    from planning.decisions.curve import Curve, CurvePoint, coverage_curve
    from planning.decisions.decide import AskedQuestion, ask
    from planning.decisions.decision import Decision
    from planning.decisions.decision_accounts import accounts_of, money_of
    from planning.decisions.front import Front, FrontPoint, pareto_front
    from planning.decisions.gains import ClassGains, Gains, measure_gains
    from planning.decisions.money import GrossCosts, PayerCosts, split_costs
    from planning.decisions.nesting import NestedYear, Nesting, price_of_nesting
    from planning.decisions.redundant import Redundancy, find_redundant
    from planning.decisions.robust import Candidate, PriceChange, Robustness, try_over_draws
    from planning.decisions.runner_up import Neighbour, RunnerUp, find_runners_up
    from planning.decisions.score import Score, broken_words, score_choice
    from planning.decisions.shadow_prices import ShadowPrice, Step, measure_shadow_prices

__all__ = [
    "AccountLine",
    "Accounts",
    "Alternative",
    "Alternatives",
    "AskedQuestion",
    "Budget",
    "Candidate",
    "ClassGains",
    "Conflict",
    "ConflictMember",
    "Curve",
    "CurvePoint",
    "Decision",
    "Front",
    "FrontPoint",
    "Gains",
    "GrossCosts",
    "Neighbour",
    "NestedYear",
    "Nesting",
    "PayerCosts",
    "PriceChange",
    "Redundancy",
    "Robustness",
    "RunnerUp",
    "Score",
    "ShadowPrice",
    "Step",
    "accounts_of",
    "ask",
    "broken_words",
    "coverage_curve",
    "find_conflict",
    "find_redundant",
    "find_runners_up",
    "keep_accounts",
    "measure_gains",
    "measure_shadow_prices",
    "money_of",
    "near_alternatives",
    "pareto_front",
    "price_of_nesting",
    "score_choice",
    "split_costs",
    "try_over_draws",
]

__getattr__, __dir__ = lazy_face(__name__)
