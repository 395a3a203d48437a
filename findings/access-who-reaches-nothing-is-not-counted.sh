#!/usr/bin/env bash
# access (PySAL): a district that reaches no station has no access score, rather than a score of 0.
#
# Expected: by the method of the two-step floating catchment areas a place without a station in its catchment has 0, the
#           worst there is.
# Seen:     access 1.1.10.post3 gives NaN for it. Any mean, minimum, Gini or quantile over the districts is then that of
#           the served: 0.30 is the lowest of three districts, one of which has nothing. In norm_access_df its people
#           count in the mean (the score of 1 is theirs too), and still it stays NaN. The same table by hand has 0.
# Why:      the map shows the worst district without a colour, as if it had no data, and a plan that closes the last
#           station of the worst-off district raises the minimum.
set -euo pipefail
t=$(mktemp -d); trap 'rm -rf "$t"' EXIT; cd "$t"
python3 -m venv v && v/bin/pip install -q --no-compile access==1.1.10.post3 geopandas==1.2.0 numpy==2.4.6 pandas==3.1.1 shapely==2.2.0
v/bin/python -W ignore - <<'PY'
from importlib.metadata import version

import pandas
from access import Access

minutes = pandas.DataFrame([("A", "bank", 10.0), ("B", "bank", 25.0), ("B", "park", 5.0), ("C", "park", 40.0)],
                           columns=["district", "station", "minutes"])
workers = pandas.DataFrame({"district": ["A", "B", "C"], "workers": [100, 200, 300]})
stations = pandas.DataFrame({"station": ["bank", "park"], "seats": [30, 80]})
model = Access(demand_df=workers, demand_index="district", demand_value="workers",
               supply_df=stations, supply_index="station", supply_value="seats",
               cost_df=minutes, cost_origin="district", cost_dest="station", cost_name="minutes")
score = model.two_stage_fca(name="score", max_cost=15)["score_seats"]
normal = model.norm_access_df["score_seats"]

near = minutes[minutes["minutes"] <= 15].merge(workers, on="district").merge(stations, on="station")
ratio = near["seats"] / near.groupby("station")["workers"].transform("sum")
by_hand = ratio.groupby(near["district"]).sum().reindex(workers["district"], fill_value=0)
print("access", version("access"), score.to_dict(), "lowest", score.min(), "by hand", by_hand.to_dict(), "normal", normal.to_dict())
assert by_hand.round(6).to_dict() == {"A": 0.3, "B": 0.4, "C": 0}
assert score.dropna().round(6).to_dict() == {"A": 0.3, "B": 0.4}
assert score.isna().tolist() == [False, False, True]
assert round(score.min(), 6) == 0.3
mean_with_c = (0.3 * 100 + 0.4 * 200) / 600
assert abs(normal["A"] - 0.3 / mean_with_c) < 1e-9
PY
