#!/usr/bin/env bash
# GDAL's XLSX driver: where a list holds text alone, its headings are the first station.
#
# Expected: geopandas.read_file("list.xlsx") takes the first row as the names of the columns, as pandas does.
# Seen:     GDAL 3.12.4 (pyogrio 0.13.0) looks at the second row: with one number in it the headings are headings;
#           without, the columns are Field1 to Field4 and the headings a row. A number further down changes nothing.
#           No warning.
# Why:      a list of name, address, hours and telephone is text alone, and so are identifiers like 001. It has one
#           station too many, called "name", and the same form filled by the next district, with a number of seats
#           in its second row, is read right.
set -euo pipefail
t=$(mktemp -d); trap 'rm -rf "$t"' EXIT; cd "$t"
python3 -m venv v && v/bin/pip install -q --no-compile pyogrio==0.13.0 geopandas==1.1.1 pandas==2.3.3 openpyxl==3.1.5
v/bin/python -W ignore - <<'PY'
import openpyxl
import pandas as pd
import pyogrio

HEADINGS = ["编号", "名称", "营业时间", "座位"]


def columns(*rows):
    book = openpyxl.Workbook()
    for row in (HEADINGS, *rows):
        book.active.append(row)
    book.save("list.xlsx")
    assert list(pd.read_excel("list.xlsx").columns) == HEADINGS
    table = pyogrio.read_dataframe("list.xlsx")
    return list(table.columns), len(table)


text = columns(["001", "甲站", "08:00-18:00", "不详"], ["002", "乙站", "24/7", "不详"])
late = columns(["001", "甲站", "08:00-18:00", "不详"], ["002", "乙站", "24/7", 12])
number = columns(["001", "甲站", "08:00-18:00", 12], ["002", "乙站", "24/7", "不详"])
print("GDAL", pyogrio.__gdal_version_string__, "text", text, "late number", late, "number", number)
fields = ["Field1", "Field2", "Field3", "Field4"]
assert text == late == (fields, 3)
assert number == (HEADINGS, 2)
PY
