#!/usr/bin/env bash
# pandas, odfpy engine: the hour of an ODS sheet is the one that is shown, not the one that is kept.
#
# Expected: a cell of value type time with the value PT20H00M00S is read as 20:00, however it is formatted, as
#           python-calamine and GDAL read it; 24:00, a common closing time, is read or told apart.
# Seen:     pandas 2.3.3 with odfpy 1.4.1 parses the text of the cell. Formatted by twelve hours without AM and PM
#           it shows 08:00, and 20:00 becomes 08:00 in the morning; 20时00分 and 下午8:00, the formats of a Chinese
#           office, end the whole sheet in an error, and so does 24:00. python-calamine 0.5.3 reads 20:00 in all
#           three, and gives 24:00 as the text PT24H00M00S.
# Why:      a station that closes at eight in the evening closes at eight in the morning, or the list cannot be read
#           for how one column looks.
set -euo pipefail
t=$(mktemp -d); trap 'rm -rf "$t"' EXIT; cd "$t"
python3 -m venv v && v/bin/pip install -q --no-compile pandas==2.3.3 odfpy==1.4.1 python-calamine==0.5.3
v/bin/python -W ignore - <<'PY'
from datetime import time

import pandas as pd
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P


def read(value, shown, engine):
    book, table = OpenDocumentSpreadsheet(), Table(name="站点")
    for cell in (TableCell(valuetype="string"), TableCell(valuetype="time", timevalue=value)):
        cell.addElement(P(text=shown if cell.getAttribute("timevalue") else "关门"))
        row = TableRow()
        row.addElement(cell)
        table.addElement(row)
    book.spreadsheet.addElement(table)
    book.save("list.ods")
    try:
        return pd.read_excel("list.ods", engine=engine)["关门"][0]
    except ValueError as error:
        return type(error).__name__


seen = {}
for value, shown in (
    ("PT20H00M00S", "8:00 PM"), ("PT20H00M00S", "08:00"), ("PT20H00M00S", "20时00分"),
    ("PT20H00M00S", "下午8:00"), ("PT24H00M00S", "24:00"),
):
    seen[shown] = (read(value, shown, "odf"), read(value, shown, "calamine"))
    print("pandas", pd.__version__, value, "shown as", shown, "odf, calamine:", *seen[shown], sep="  ")
eight, evening = time(8), time(20)
assert seen["8:00 PM"] == (evening, evening)
assert seen["08:00"] == (eight, evening)
assert all(seen[shown][1] == evening for shown in ("20时00分", "下午8:00"))
assert all(seen[shown][0] == "DateParseError" for shown in ("20时00分", "下午8:00", "24:00"))
assert seen["24:00"][1] == "PT24H00M00S"
PY
