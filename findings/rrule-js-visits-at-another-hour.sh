#!/usr/bin/env bash
# rrule.js: a weekly visit at 08:30 in Shanghai comes back as 08:30 UTC, and a day taken out stays in.
#
# Expected: DTSTART;TZID=Asia/Shanghai:20261123T083000 yields instants of 00:30 UTC; exdate(2 October) takes out
#           the visit of 2 October; between(first, last) holds both ends.
# Seen:     rrule 2.8.1 yields 08:30:00.000Z, which a page prints as 16:30 in China; an exdate without the hour
#           of the visit takes out nothing and says nothing; between() leaves out its ends by default.
# Why:      doctors and lawyers come to stations by such rules. The worker comes in the afternoon, and on a
#           holiday that was taken out by its date.
set -euo pipefail
t=$(mktemp -d); trap 'rm -rf "$t"' EXIT; cd "$t"
npm i --silent --no-audit --no-fund rrule@2.8.1 >/dev/null
cat > see.mjs <<'JS'
import assert from 'node:assert';
import rrule from 'rrule';
const { RRule, RRuleSet, rrulestr } = rrule;
const first = rrulestr('DTSTART;TZID=Asia/Shanghai:20261123T083000\nRRULE:FREQ=WEEKLY;COUNT=2').all()[0];
const shown = first.toLocaleTimeString('en-GB', { timeZone: 'Asia/Shanghai' });
const visits = new RRuleSet();
visits.rrule(new RRule({ freq: RRule.DAILY, dtstart: new Date(Date.UTC(2026, 9, 1, 8)), count: 3 }));
visits.exdate(new Date(Date.UTC(2026, 9, 2)));
const kept = visits.all().length;
const within = visits.between(new Date(Date.UTC(2026, 9, 1, 8)), new Date(Date.UTC(2026, 9, 3, 8))).length;
console.log('rrule 2.8.1', first.toISOString(), 'shown as', shown, 'visits after exdate', kept, 'between first and last', within);
assert.deepStrictEqual([first.toISOString(), shown, kept, within], ['2026-11-23T08:30:00.000Z', '16:30:00', 3, 1]);
JS
TZ=Asia/Shanghai node see.mjs
