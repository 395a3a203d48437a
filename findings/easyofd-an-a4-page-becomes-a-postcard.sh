#!/usr/bin/env bash
# easyofd: a signed A4 report becomes a picture of 101 x 143 mm in a format that is not OFD.
#
# Expected: pdf2ofd() keeps the size of the page and its text, and writes the namespace of GB/T 33190,
#           http://www.ofdspec.org/2016, by which readers know the format.
# Seen:     easyofd 20260427 makes of an A4 page with one line of text a page of 100.838 x 142.621 mm that holds
#           one JPEG and no text, in a namespace that is the address of a blog.
# Why:      OFD is what offices in China file. A report that went this way cannot be searched, prints at a quarter of
#           its area, and an archive's reader may refuse it; the function raises nothing.
set -euo pipefail
t=$(mktemp -d); trap 'rm -rf "$t"' EXIT; cd "$t"
python3 -m venv v && v/bin/pip install -q --no-compile easyofd==20260427 reportlab
v/bin/python -W ignore - 2>/dev/null <<'PY'
import contextlib
import io
import re
import zipfile
from importlib.metadata import version

from easyofd import OFD
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen import canvas

made = io.BytesIO()
page = canvas.Canvas(made, pagesize=A4)
page.drawString(72, 750, "16 homes, 100 stations, 40,000 workers")
page.save()
with contextlib.redirect_stdout(io.StringIO()):
    told = OFD().pdf2ofd(made.getvalue())
files = zipfile.ZipFile(io.BytesIO(told))
xml = {name: files.read(name).decode() for name in files.namelist() if name.endswith(".xml")}
box = re.search(r"PhysicalBox>([^<]+)<", xml["Doc_0/Document.xml"])[1]
space = re.search(r'xmlns:ofd="([^"]+)"', xml["OFD.xml"])[1]
pictures = [name for name in files.namelist() if name.endswith(".jpg")]
text = any("TextObject" in words for words in xml.values())
print("easyofd", version("easyofd"), "page", box, "mm, namespace", space, "pictures", pictures, "text", text)
assert box == "0 0 100.838 142.621" and not text and len(pictures) == 1
assert "ofdspec.org" not in space
PY
