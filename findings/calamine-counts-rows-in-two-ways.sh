#!/usr/bin/env bash
# python-calamine: the same cell has two addresses, and neither is that of the sheet.
#
# Expected: the first row of to_python() and of iter_rows() is row 1, the first value column A.
# Seen:     python-calamine 0.9.1: for a table that starts at C4 to_python() starts at its corner (row 4 is
#           index 0), iter_rows() keeps the three empty rows but drops the empty columns. Only
#           to_python(skip_empty_area=False) has the sheet's own addresses.
# Why:      registers have a title and a margin. "Row 7, column B is wrong" sends the clerk to another station's
#           row, and reading the header by one and the rows by the other shifts every line.
set -euo pipefail
t=$(mktemp -d); trap 'rm -rf "$t"' EXIT; cd "$t"
python3 -m venv v && v/bin/pip install -q --no-compile python-calamine==0.9.1 openpyxl==3.1.5
v/bin/python - <<'PY'
from importlib.metadata import version

import openpyxl
from python_calamine import CalamineWorkbook

book = openpyxl.Workbook()
book.active["C4"], book.active["C5"] = "名称", "相山站"
book.save("register.xlsx")
sheet = CalamineWorkbook.from_path("register.xlsx").get_sheet_by_index(0)
whole, by_row, as_it_is = sheet.to_python(), list(sheet.iter_rows()), sheet.to_python(skip_empty_area=False)
print("python-calamine", version("python-calamine"), whole, by_row, as_it_is[3:])
assert whole == [["名称"], ["相山站"]]
assert by_row == [[""], [""], [""], ["名称"], ["相山站"]]
assert as_it_is[3:] == [["", "", "名称"], ["", "", "相山站"]]
PY
