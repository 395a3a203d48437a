r"""The p-median (Hakimi 1964): p sites from which the weighted travel is least.

.. math::
   \min \sum_i w_i \sum_j d_{ij} y_{ij} \quad\text{with}\quad
   \sum_j y_{ij} = 1, \quad y_{ij} \le x_j, \quad \sum_{j\ \text{free}} x_j \le p, \quad
   x_j \in \{0, 1\}, \ y_{ij} \ge 0

With a penalty, every item may also take a place of its own at ``penalty_s``, and no trip costs
more; without one, every item must be reached. Sorted by distance, ``D_i^1 < D_i^2 < ...``, the
same problem in radius form (Cornuejols, Nemhauser and Wolsey 1980; Elloumi 2010) is

.. math::
   \min \sum_i w_i \Big( D_i^1 + \sum_k (D_i^{k+1} - D_i^k) z_i^k \Big) \quad\text{with}\quad
   z_i^k + \sum_{j:\ d_{ij} \le D_i^k} x_j \ge 1, \ z_i^k \ge 0
"""

from __future__ import annotations
