#!/usr/bin/env bash
# OR-Tools: a round trip over distances with fractions costs nothing.
#
# Expected: a transit callback that returns 3.9 is rounded or refused, as RegisterTransitMatrix refuses it.
# Seen:     OR-Tools 9.15: the callback's float is turned into 0 somewhere below Python: the tour's objective is
#           0, the status a success, the order of visits that of the input. With int() around it the same tour
#           costs 12.
# Why:      kilometres and minutes come as floats. The round of the mobile station or of the inspectors is "optimal"
#           whatever the order.
set -euo pipefail
t=$(mktemp -d); trap 'rm -rf "$t"' EXIT; cd "$t"
python3 -m venv v && v/bin/pip install -q --no-compile ortools==9.15.6755
v/bin/python - 2>err <<'PY'
import ortools
from ortools.constraint_solver import pywrapcp

KM = [[0, 3.9, 9.9, 4.9], [3.9, 0, 5.9, 9.9], [9.9, 5.9, 0, 3.9], [4.9, 9.9, 3.9, 0]]


def tour(kilometres):
    manager = pywrapcp.RoutingIndexManager(len(KM), 1, 0)
    routing = pywrapcp.RoutingModel(manager)
    routing.SetArcCostEvaluatorOfAllVehicles(routing.RegisterTransitCallback(
        lambda i, j: kilometres(KM[manager.IndexToNode(i)][manager.IndexToNode(j)])))
    return routing.Solve().ObjectiveValue()


fractions, whole = tour(float), tour(round)
print("OR-Tools", ortools.__version__, "with fractions", fractions, "rounded", whole)
assert (fractions, whole) == (0, 19)
PY
cat err
