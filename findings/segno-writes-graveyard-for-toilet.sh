#!/usr/bin/env bash
# segno: the QR code of 厕所 (toilet) reads 蜴墓園 (lizard graveyard).
#
# Expected: a text of two Chinese signs comes back as it is, at least with encoding="utf-8".
# Seen:     segno 1.6.6 looks at the UTF-8 bytes: where pairs of them happen to be valid Shift-JIS it marks the
#           code as kanji, and a right reader (zxing-cpp 3.1.1) reads three other signs: 沈阳 is 豐磯亠, 骑手 is
#           鬪第焔, 外卖 is 螟門獄. encoding="utf-8" makes it worse (杜集 breaks too); mode="byte" is right. Texts
#           with an odd number of bytes or any ASCII sign are safe, so addresses of pages are.
# Why:      signs on the door of a station or a card for a courier are just such short words; about one in ten
#           of them is wrong, and the author's own test word is probably right.
set -euo pipefail
t=$(mktemp -d); trap 'rm -rf "$t"' EXIT; cd "$t"
python3 -m venv v && v/bin/pip install -q --no-compile segno==1.6.6 zxing-cpp==3.1.1 pillow==13.0.0 numpy==2.4.6
v/bin/python - <<'PY'
import io

import segno
import zxingcpp
from PIL import Image


def read_back(text, **options):
    picture = io.BytesIO()
    segno.make(text, micro=False, **options).save(picture, kind="png", scale=4, border=4)
    picture.seek(0)
    return zxingcpp.read_barcodes(Image.open(picture))[0].text


words = ("厕所", "沈阳", "骑手", "外卖", "杜集", "驿站", "https://example.org/厕所")
seen = {word: read_back(word) for word in words}
told = {word: read_back(word, encoding="utf-8") for word in words}
by_byte = [read_back(word, mode="byte", encoding="utf-8") for word in words]
print("segno", segno.__version__, seen, "with encoding='utf-8':", told)
assert [word for word in words if seen[word] != word] == ["厕所", "沈阳", "骑手", "外卖"]
assert seen["厕所"] == "蜴墓園"
assert [word for word in words if told[word] != word] == ["厕所", "沈阳", "骑手", "外卖", "杜集"]
assert by_byte == list(words)
PY
