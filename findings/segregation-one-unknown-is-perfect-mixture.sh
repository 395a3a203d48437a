#!/usr/bin/env bash
# segregation (PySAL): one district without a number, and the index is 0, "perfectly mixed".
#
# Expected: with NaN in one of the districts the index is NaN, or that district is left out, or it raises.
# Seen:     segregation 2.5.4 answers by the index: Dissim and Gini are NaN, PARDissim raises, and Entropy, Isolation and
#           Interaction are exactly 0.0, a legal value, where they are 0.16, 0.46 and 0.54 without the district.
# Why:      whether couriers and street cleaners live and rest apart from others is read from these. A table with one
#           gap gives the best news there is, and nothing but the roundness of the zero shows it.
set -euo pipefail
t=$(mktemp -d); trap 'rm -rf "$t"' EXIT; cd "$t"
python3 -m venv v && v/bin/pip install -q --no-compile segregation==2.5.4 geopandas==1.2.0 numpy==2.4.6 pandas==3.1.1 scipy==1.17.1 shapely==2.2.0
v/bin/python -W ignore - <<'PY'
from importlib.metadata import version

import geopandas
import numpy
from segregation.singlegroup import Dissim, Entropy, Gini, Interaction, Isolation, PARDissim
from shapely.geometry import box

districts = geopandas.GeoDataFrame({"couriers": [10.0, 60, 30, numpy.nan], "all": [100.0, 100, 100, 100]},
                                   geometry=[box(at, 0, at + 1, 1) for at in range(4)], crs="EPSG:4549")


def by_index(table):
    return {index.__name__: round(float(index(table, group_pop_var="couriers", total_pop_var="all").statistic), 2)
            for index in (Dissim, Gini, Entropy, Isolation, Interaction)}


with_gap, known = by_index(districts), by_index(districts.iloc[:3])
try:
    PARDissim(districts, group_pop_var="couriers", total_pop_var="all")
    raised = False
except ValueError:
    raised = True
print("segregation", version("segregation"), "with one unknown", with_gap, "without that district", known, "PARDissim raises", raised)
assert (with_gap["Entropy"], with_gap["Isolation"], with_gap["Interaction"]) == (0, 0, 0)
assert numpy.isnan([with_gap["Dissim"], with_gap["Gini"]]).all()
assert (known["Entropy"], known["Isolation"], known["Interaction"]) == (0.16, 0.46, 0.54)
assert raised
PY
