/* The parts of a map, each fetched once, when it is wanted: Leaflet, the clusters of many marks, our own map
   (locator_map.js) where the page does not carry it, the roads. */
"use strict";

const locatorMap = (() => {
  const MANY = 400; // from here on marks are gathered into clusters

  function load(address) {
    return new Promise((done, failed) => {
      const made = document.createElement(address.includes(".css") ? "link" : "script");
      made.onload = done;
      made.onerror = failed;
      if (made.tagName === "LINK") Object.assign(made, { rel: "stylesheet", href: address });
      else Object.assign(made, { src: address, async: false });
      // before our own, which has the last word
      document.head.insertBefore(made, document.querySelector('link[rel="stylesheet"]'));
    });
  }

  const asked = new Map();

  function once(address) {
    if (!asked.has(address)) asked.set(address, load(address));
    return asked.get(address);
  }

  const prepare = ({ assets }) => Promise.all([...assets.leaflet, ...(assets.map || [])].map(once));

  /* The search and the drawing of roads come with the roads themselves. */
  const prepareRoads = ({ assets }) => prepare({ assets }).then(() => once(assets.roads));

  async function make(options) {
    await prepare(options.settings);
    if (options.stations.length >= MANY) await Promise.all(options.settings.assets.cluster.map(once));
    return new locatorMap.LocatorMap(options);
  }

  return { MANY, prepare, prepareRoads, make, once };
})();
