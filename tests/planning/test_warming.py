"""The engine is compiled before its clock runs: a claim about every compiled loop."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Final

# In a process of its own, for the loops of this one were compiled by other tests.
_ASKED: Final = """
import json, sys
from dataclasses import replace
import numpy as np, scipy.sparse as sp
from geo.compiled import Compiled
from planning import CoverageProblem, SolveParams, solve, warm_up
from planning.engine.problems import Limit

def compiled():
    return {
        f"{module}.{name}": [str(types) for types in loop.dispatcher.signatures]
        for module, held in list(sys.modules.items())
        if module.startswith(("planning", "geo"))
        for name, loop in vars(held).items()
        if isinstance(loop, Compiled)
    }

warm_up()
before = compiled()
rng = np.random.default_rng(3)
half = np.arange(120) < 60
mixes = [
    {},
    {"limits": (Limit(members=half, max_open=3), Limit(members=~half, max_open=4))},
    {"site": np.arange(120) // 2, "required": np.arange(120) == 3, "forbidden": ~half},
]
params = SolveParams(time_limit_s=2.0)
widths = [("i4", "i4"), ("i8", "i8"), ("i8", "i4")]
for mix, (pointers, numbers) in zip(mixes, widths):
    covers = sp.csr_array(rng.random((120, 1500)) < 0.05)
    covers.indptr, covers.indices = covers.indptr.astype(pointers), covers.indices.astype(numbers)
    problem = CoverageProblem(rng.integers(1, 30, 1500) * 0.5, covers, max_open=6, **mix)
    first = solve(problem, params=params)
    solve(replace(problem, max_open=5), params=replace(params, start=first))
print(json.dumps([before, compiled()]))
"""


def test_after_warming_up_no_question_of_a_city_compiles_anything_within_its_time() -> None:
    ran = subprocess.run([sys.executable, "-c", _ASKED], capture_output=True, text=True, check=True)
    before, after = json.loads(ran.stdout)
    assert before
    late = {name: types for name, types in after.items() if types != before.get(name)}
    assert late == {}
