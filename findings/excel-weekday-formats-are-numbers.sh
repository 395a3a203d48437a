#!/usr/bin/env bash
# A date that Chinese Excel shows as 星期日 is read as the number 46355.
#
# Expected: a cell with the format aaaa or [$-804]aaaa (the day of the week, in Excel's own list of Chinese
#           date formats) is a date for readers of spreadsheets.
# Seen:     openpyxl 3.1.5 and python-calamine 0.9.1 both look for d, m, y, h, s and give the bare number;
#           pandas 3.1.1 by either engine too. The same cell with dddd is a date.
# Why:      duty rosters of stations have such a column. 46355 passes for a count, a yuan amount, a member number.
set -euo pipefail
t=$(mktemp -d); trap 'rm -rf "$t"' EXIT; cd "$t"
python3 -m venv v && v/bin/pip install -q --no-compile python-calamine==0.9.1 openpyxl==3.1.5 pandas==3.1.1
v/bin/python - <<'PY'
import openpyxl
import pandas
from python_calamine import CalamineWorkbook

seen = {}
for form in ("aaaa", "[$-804]aaaa", "dddd"):
    book = openpyxl.Workbook()
    book.active["A1"] = 46355
    book.active["A1"].number_format = form
    book.save("roster.xlsx")
    seen[form] = (
        str(openpyxl.load_workbook("roster.xlsx").active["A1"].value),
        str(CalamineWorkbook.from_path("roster.xlsx").get_sheet_by_index(0).to_python()[0][0]),
        *(str(pandas.read_excel("roster.xlsx", header=None, engine=engine).iloc[0, 0]) for engine in ("openpyxl", "calamine")),
    )
print("openpyxl, calamine, pandas by each:", seen)
assert all(not value.startswith("2026") and value.startswith("46355") for form in ("aaaa", "[$-804]aaaa") for value in seen[form])
assert all(value.startswith("2026-11-29") for value in seen["dddd"])
PY
