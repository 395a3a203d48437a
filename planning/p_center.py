r"""The p-center (Hakimi 1964): p sites from which the longest trip to the nearest one is least.

.. math::
   \min r \quad\text{with}\quad
   \sum_{j:\ d_{ij} \le r} x_j \ge 1 \ \text{for every item } i, \quad
   \sum_{j\ \text{free}} x_j \le p, \quad x_j \in \{0, 1\}

The least r is one of the distances in the matrix, so that it is found by bisection over their
distinct values: a radius is enough exactly when the set covering problem at this radius needs no
more than p sites (Minieka 1970).
"""

from __future__ import annotations
