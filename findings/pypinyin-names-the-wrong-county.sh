#!/usr/bin/env bash
# pypinyin spells 涡阳, the county next to Huaibei, Woyang; its name is Guoyang.
#
# Expected: the phrase dictionary knows the readings of counties and of well-known places.
# Seen:     pypinyin 0.55.0 has 六安, 亳州, 铅山, 枞阳 right, but 涡阳 is wo yang, 单县 dan xian (Shan Xian), 都匀 dou yun
#           (Duyun), 会稽 hui ji (Kuaiji), and 朝阳门 zhao yang men (Chaoyangmen) although 朝阳区 is chao yang qu.
#           The surnames 仇 and 曾, as in 仇庄 and 曾家, are read as common words (chou, ceng).
# Why:      English signs carry the wrong name, and whoever types "chaoyang" into the search box finds the district
#           and not the gate.
set -euo pipefail
t=$(mktemp -d); trap 'rm -rf "$t"' EXIT; cd "$t"
python3 -m venv v && v/bin/pip install -q --no-compile pypinyin==0.55.0
v/bin/python - <<'PY'
import pypinyin

places = ("六安", "亳州", "铅山", "枞阳", "朝阳区", "涡阳", "单县", "都匀", "会稽", "朝阳门", "仇庄", "曾家")
seen = {place: "".join(pypinyin.lazy_pinyin(place)) for place in places}
print("pypinyin", pypinyin.__version__, seen)
assert [seen[place] for place in places[:5]] == ["luan", "bozhou", "yanshan", "zongyang", "chaoyangqu"]
assert [seen[place] for place in places[5:]] == ["woyang", "danxian", "douyun", "huiji", "zhaoyangmen", "chouzhuang", "cengjia"]
PY
