#!/usr/bin/env bash
# phonenumbers: an extension behind a hyphen is dialled as part of the number; 转 is no extension at all.
#
# Expected: "0561-3022345-8001" and "0561-3022345转8001", the two ways in which Chinese lists write an extension,
#           read as 0561-3022345 with the extension 8001, as "ext 8001" does.
# Seen:     phonenumbers 9.0.43 reads the first as +86 56130223458001 without an extension, and two numbers parted
#           by a slash as one of 16 digits; both come back without an error (only is_valid_number says no). 转 and 分机 raise.
# Why:      the phone column of station lists is full of them. A link made of the parsed number rings nowhere, and
#           who drops what is not valid drops the one number at which somebody has the key.
set -euo pipefail
t=$(mktemp -d); trap 'rm -rf "$t"' EXIT; cd "$t"
python3 -m venv v && v/bin/pip install -q --no-compile phonenumbers==9.0.43
v/bin/python - <<'PY'
from importlib.metadata import version

import phonenumbers as pn

print("phonenumbers", version("phonenumbers"))


def read(text: str) -> tuple[str, str | None, bool]:
    number = pn.parse(text, "CN")
    e164 = pn.format_number(number, pn.PhoneNumberFormat.E164)
    return e164, number.extension, pn.is_valid_number(number)


assert read("0561-3022345 ext 8001") == ("+865613022345", "8001", True)
for text, told in (
    ("0561-3022345-8001", "+8656130223458001"),
    ("0561-3022345/3022346", "+8656130223453022346"),
):
    print(text, "->", read(text))
    assert read(text) == (told, None, False)
for text in ("0561-3022345转8001", "0561-3022345 分机 8001"):
    try:
        pn.parse(text, "CN")
    except pn.NumberParseException as error:
        print(text, "->", error)
    else:
        raise AssertionError(f"{text} is read now")
PY
