#!/usr/bin/env bash
# OR-Tools: a solver that knows no whole numbers takes integer variables and calls the half optimal.
#
# Expected: IntVar on the GLOP solver is refused, or the answer is whole.
# Seen:     OR-Tools 9.15 (pywraplp) solves the relaxation without a warning: two plots per station on seven
#           plots open 3.5 stations, status OPTIMAL, and the variable still says that it is an integer. PDLP
#           and CLP do the same.
# Why:      a plan of 3.5 stations is seen; one in which forty sites are opened by a tenth each sums to four
#           and passes every check of the budget.
set -euo pipefail
t=$(mktemp -d); trap 'rm -rf "$t"' EXIT; cd "$t"
python3 -m venv v && v/bin/pip install -q --no-compile ortools==9.15.6755
v/bin/python - <<'PY'
import ortools
from ortools.linear_solver import pywraplp

for name, wanted in (("SCIP", 3.0), ("GLOP", 3.5), ("CLP", 3.5), ("PDLP", 3.5)):
    solver = pywraplp.Solver.CreateSolver(name)
    stations = solver.IntVar(0, 10, "stations")
    solver.Add(2 * stations <= 7)
    solver.Maximize(stations)
    status = solver.Solve()
    print("OR-Tools", ortools.__version__, name, "optimal" if status == solver.OPTIMAL else status, stations.solution_value(), "integer:", stations.integer())
    assert status == solver.OPTIMAL and abs(stations.solution_value() - wanted) < 1e-3 and stations.integer()
PY
