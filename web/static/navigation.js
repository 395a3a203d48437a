/* Links that lead to a station: each map in its own datum and order, as web/locator/navigation.py makes them.
   The start is left to the map, which asks the phone itself. */
"use strict";

const navigation = (() => {
  const MODES = {
    amap: { foot: "walk", ebike: "ride", car: "car", truck: "car" },
    baidu: { foot: "walking", ebike: "riding", car: "driving", truck: "driving" },
    tencent: { foot: "walk", ebike: "bike", car: "drive", truck: "drive" },
  };
  const FROM = "我的位置";
  const digits = (value) => value.toFixed(6);
  const sign = encodeURIComponent;

  function amap([lon, lat], name, mode) {
    const [x, y] = datum.gcj02([lon, lat]);
    const place = `${digits(x)},${digits(y)},${sign(name.replaceAll(",", "，"))}`;
    return `https://uri.amap.com/navigation?to=${place}&mode=${MODES.amap[mode]}&src=yizhan&callnative=1`;
  }

  function baidu([lon, lat], name, mode, city) {
    const place = `latlng:${digits(lat)},${digits(lon)}|name:${name.replaceAll("|", "｜")}`;
    return `https://api.map.baidu.com/direction?origin=${sign(FROM)}&destination=${sign(place)}`
      + `&mode=${MODES.baidu[mode]}&region=${sign(city)}&coord_type=wgs84&output=html&src=yizhan`;
  }

  function tencent([lon, lat], name, mode) {
    return `https://apis.map.qq.com/uri/v1/routeplan?type=${MODES.tencent[mode]}&to=${sign(name)}`
      + `&tocoord=${digits(lat)},${digits(lon)}&coord_type=1&referer=yizhan`;
  }

  function geo([lon, lat], name) {
    const place = `${digits(lat)},${digits(lon)}`;
    return `geo:${place}?q=${place}(${sign(name)})`;
  }

  const LINKS = { amap, baidu, tencent, geo };
  const to = (app, lonlat, name, mode, city) => LINKS[app in LINKS ? app : "amap"](lonlat, name, mode, city);

  return { to, apps: Object.keys(LINKS) };
})();
