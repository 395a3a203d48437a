#!/usr/bin/env bash
# One column of closing times in Excel comes as a time, a duration and a day in January 1900.
#
# Expected: 18:00, 24:00 and 30:00 typed into cells are read alike, 24:00 as the end of the day.
# Seen:     Excel keeps them as 0.75, 1.0 and 1.25. With the format h:mm openpyxl 3.1.5 and python-calamine 0.9.1
#           read 18:00 as a time, 24:00 as 1 January 1900 (a datetime and a date), 0:00 as a time; with [h]:mm,
#           which Excel itself sets for hours from 24 on, they are durations, 18:00 too.
# Why:      str() of the cell, the usual way into a register, gives "18:00:00", "1900-01-01 00:00:00" and
#           "1 day, 6:00:00"; the round-the-clock stations, the rarest, are those that fail.
set -euo pipefail
t=$(mktemp -d); trap 'rm -rf "$t"' EXIT; cd "$t"
python3 -m venv v && v/bin/pip install -q --no-compile python-calamine==0.9.1 openpyxl==3.1.5
v/bin/python - <<'PY'
import openpyxl
from python_calamine import CalamineWorkbook

book = openpyxl.Workbook()
for row, (days, form) in enumerate([(0.75, "h:mm"), (1.0, "h:mm"), (0.75, "[h]:mm"), (1.0, "[h]:mm"), (1.25, "[h]:mm")], 1):
    book.active.cell(row, 1, days).number_format = form
book.save("hours.xlsx")
by_openpyxl = [str(row[0]) for row in openpyxl.load_workbook("hours.xlsx").active.iter_rows(values_only=True)]
by_calamine = [str(row[0]) for row in CalamineWorkbook.from_path("hours.xlsx").get_sheet_by_index(0).to_python()]
print("openpyxl 3.1.5", by_openpyxl, "python-calamine 0.9.1", by_calamine)
durations = ["18:00:00", "1 day, 0:00:00", "1 day, 6:00:00"]
assert by_openpyxl == ["18:00:00", "1900-01-01 00:00:00", *durations]
assert by_calamine == ["18:00:00", "1900-01-01", *durations]
PY
