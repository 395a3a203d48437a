/* WGS-84 to GCJ-02 and back, as geo/datum.py does it: for links to Amap and maps drawn on its tiles. */
"use strict";

const datum = (() => {
  const AXIS_M = 6378245;
  const E2 = 0.00669342162296594323;
  const [LEFT, BOTTOM, RIGHT, TOP] = [72.004, 0.8293, 137.8347, 55.8271];

  const waves = (t, terms) => (terms.reduce((sum, [size, period]) =>
    sum + size * Math.sin((Math.PI * t) / period), 0) * 2) / 3;

  function gcj02([lon, lat]) {
    if (!(lon >= LEFT && lon <= RIGHT && lat >= BOTTOM && lat <= TOP)) return [lon, lat];
    const x = lon - 105;
    const y = lat - 35;
    const root = Math.sqrt(Math.abs(x));
    const ripple = ((20 * (Math.sin(6 * Math.PI * x) + Math.sin(2 * Math.PI * x))) * 2) / 3;
    const north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + ripple
      + waves(y, [[20, 1], [40, 3], [160, 12], [320, 30]]);
    const east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + ripple
      + waves(x, [[20, 1], [40, 3], [150, 12], [300, 30]]);
    const phi = (lat * Math.PI) / 180;
    const bulge = 1 - E2 * Math.sin(phi) ** 2;
    const degree = Math.PI / 180;
    return [
      lon + east / (degree * (AXIS_M / Math.sqrt(bulge)) * Math.cos(phi)),
      lat + north / (degree * ((AXIS_M * (1 - E2)) / bulge ** 1.5)),
    ];
  }

  /* The point that gcj02 brings to the given one: the shift changes slowly, so a few rounds do. */
  function wgs84(given) {
    let found = given.slice();
    for (let round = 0; round < 12; round += 1) {
      const [x, y] = gcj02(found);
      found = [found[0] + given[0] - x, found[1] + given[1] - y];
    }
    return found;
  }

  return { gcj02, wgs84 };
})();
