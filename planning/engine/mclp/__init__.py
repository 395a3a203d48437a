"""The maximal covering location problem (Church and ReVelle 1974), with all its limits.

``maximal_covering`` is the formulation and its steps. Before: ``gradual``, ``reduction``,
``warm_start``. Plans: ``interchange``, ``annealing``, ``priced_annealing``, ``crossover``,
``restricted_search``. Bounds:
``lagrangian``, ``lp_relaxation`` with ``zero_half_cuts``, ``branch_and_cut``, ``milp``. Floors:
``floor_*``, ``infeasibility``.
"""
