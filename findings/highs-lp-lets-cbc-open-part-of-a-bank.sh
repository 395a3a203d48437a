#!/usr/bin/env bash
# HiGHS and CBC: of an LP file that HiGHS wrote CBC opens 97 % of a bank, and calls that optimal.
#
# Expected: LP is the format that solvers exchange: yes-or-no variables written by one are yes or no for the other, or
#           the file is refused.
# Seen:     highspy 1.16.0 heads them with "bin"; CBC 2.10.3 (the one inside PuLP 3.3.2) takes "bin" and "gen" for
#           names of further variables and drops both lists. Of three sites with 100, 60 and 50 workers at a price
#           of 30, 29 and 28 and a budget of 58 it takes the first and 0.966 of the second (157.9, "optimal")
#           where the first and the third are (150); all it says is that a variable bin is not used. With "binary" as
#           the heading it finds the 150.
# Why:      a plan is checked with a second solver just this way. The check says that the first one missed a better
#           plan, and the plan that it gives, rounded, is over the budget.
set -euo pipefail
t=$(mktemp -d); trap 'rm -rf "$t"' EXIT; cd "$t"
python3 -m venv v && v/bin/pip install -q --no-compile highspy==1.16.0 numpy==2.4.6 pulp==3.3.2
v/bin/python - <<'PY'
import re
import subprocess
from importlib.metadata import version
from pathlib import Path

import highspy
import pulp

model = highspy.Highs()
model.silent()
park, bank, school = (model.addBinary(name=name) for name in ("park", "bank", "school"))
model.addConstr(30 * park + 29 * bank + 28 * school <= 58)
model.maximize(100 * park + 60 * bank + 50 * school)
model.writeModel("plan.lp")
written = Path("plan.lp").read_text()
Path("spelled.lp").write_text(re.sub(r"(?m)^(gen|semi)\n", "", re.sub(r"(?m)^bin$", "binary", written)))


def by_cbc(name):
    command = [pulp.PULP_CBC_CMD().path, name, "solve", "solu", "out.txt"]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    status, *rows = Path("out.txt").read_text().splitlines()
    opened = {row.split()[1]: round(float(row.split()[2]), 3) for row in rows}
    workers = round(abs(float(status.split()[-1])), 1)
    return status.split()[0], workers, opened, "Variable bin does not appear" in said


seen, spelled = by_cbc("plan.lp"), by_cbc("spelled.lp")
print("highspy", version("highspy"), model.getObjectiveValue(), "CBC of PuLP", version("pulp"), seen, "with binary:", spelled)
assert "\nbin\n park\n" in written
assert model.getObjectiveValue() == 150
assert seen[:2] == ("Optimal", 157.9)
assert (seen[2]["park"], seen[2]["bank"], seen[3]) == (1, 0.966, True)
assert spelled[:2] == ("Optimal", 150)
assert not spelled[3]
PY
