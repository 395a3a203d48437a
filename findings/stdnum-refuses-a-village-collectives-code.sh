#!/usr/bin/env bash
# python-stdnum: the unified social credit code of a village's collective is no code.
#
# Expected: cn.uscc takes every code of GB 32100-2015: its first sign, the registering department, may be a letter
#           (N agriculture, Y others, A the army's), then a kind, six digits of area, nine signs and a check sign.
# Seen:     python-stdnum 2.2 takes 81… (unions), 91… (firms), 54… (village committees), and refuses N2… and Y1…
#           with a right check sign as "invalid format": its first eight signs must be digits.
# Why:      village economic collectives (N2) own many of the houses in which county stations stand. A register
#           that checks its hosts this way turns the countryside away.
set -euo pipefail
t=$(mktemp -d); trap 'rm -rf "$t"' EXIT; cd "$t"
python3 -m venv v && v/bin/pip install -q --no-compile python-stdnum==2.2
v/bin/python - <<'PY'
from importlib.metadata import version

from stdnum.cn import uscc
from stdnum.exceptions import InvalidFormat

SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def with_check(body: str) -> str:
    total = sum(SIGNS.index(sign) * pow(3, at, 31) for at, sign in enumerate(body))
    return body + SIGNS[-total % 31]


print("python-stdnum", version("python-stdnum"))
for body in ("81340600MC1234567", "91340600MA2N1234X", "54340603ME1234567"):
    code = with_check(body)
    assert uscc.validate(code) == code
    print(code, "taken")
for body in ("N2340603MF1234567", "Y1340600MA1234567"):
    try:
        uscc.validate(with_check(body))
    except InvalidFormat as error:
        print(with_check(body), error)
    else:
        raise AssertionError("a letter in front is taken now")
PY
