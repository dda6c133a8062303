// Places on a map: the drawing that the page brought gives way to one that is moved and zoomed by hand and by key.
// Street maps come from the operator's tiles or not at all; points were moved into the tiles' datum by the server.

const NEAREST = 17;
const DEEPEST = 19;
const SHALLOWEST = 3;
const MOST_AROUND = 600;
const drawn = new Map();
const views = new Map();
let library = null;

/** The library is loaded by the first page that needs it. */
function leaflet(address) {
  library ??= import(address).then(() => window.L);
  return library;
}

/** What stands behind the points: the operator's tiles, else squares that show how the map was moved. */
function ground(L, tiles, box) {
  if (!tiles) {
    const Squares = L.GridLayer.extend({
      createTile() {
        const square = document.createElement("div");
        square.className = "map-square";
        return square;
      },
    });
    return new Squares({ tileSize: 64, maxZoom: DEEPEST });
  }
  const by = document.createElement("span");
  by.textContent = tiles.by;
  const layer = L.tileLayer(tiles.url, {
    attribution: by.innerHTML,
    maxNativeZoom: tiles.deepest,
    maxZoom: DEEPEST,
    referrerPolicy: "no-referrer",
  });
  layer.once("tileerror", () => {
    document.dispatchEvent(new CustomEvent("desk:say", { detail: box.dataset.failed }));
  });
  return layer;
}

function pinOf(L, pin) {
  const face = document.createElement("span");
  face.className = `pin ${pin.kind}${pin.label ? "" : " bare"}`;
  face.textContent = pin.label;
  const marker = L.marker(pin.at, { icon: L.divIcon({ html: face, className: "pin-box", iconSize: [24, 24] }), title: pin.title, zIndexOffset: pin.label ? 1000 : 0 });
  if (pin.href) marker.on("click", () => location.assign(pin.href));
  marker.on("add", () => marker.getElement().setAttribute("aria-label", pin.title));
  return marker;
}

function put(L, map, given) {
  const extent = L.latLngBounds();
  for (const way of given.ways) L.polyline(way, { className: "way", interactive: false }).addTo(map);
  for (const pin of given.pins) {
    for (const [kind, radius] of [["fence", pin.fence], ["unsure", pin.unsure]]) {
      if (radius) L.circle(pin.at, { radius, className: kind, interactive: false }).addTo(map);
    }
    pinOf(L, pin).addTo(map);
    extent.extend(L.latLng(pin.at).toBounds(2 * Math.max(25, Math.min(Math.max(pin.unsure, pin.fence), MOST_AROUND))));
  }
  return extent;
}

/** A board that is read anew every few seconds keeps the view of whoever looks at it. */
function show(map, box, extent) {
  const before = views.get(box.dataset.name);
  if (before) map.setView(before.center, before.zoom, { animate: false });
  else map.fitBounds(extent, { maxZoom: NEAREST, animate: false });
  // A window of another width shows all places again, unless somebody chose what to look at.
  let chosen = Boolean(before);
  let fitting = false;
  map.on("dragstart zoomstart", () => { chosen ||= !fitting; });
  map.on("resize", () => {
    if (chosen) return;
    fitting = true;
    map.fitBounds(extent, { maxZoom: NEAREST, animate: false });
    fitting = false;
  });
  map.on("moveend", () => views.set(box.dataset.name, { center: map.getCenter(), zoom: map.getZoom() }));
}

async function draw(box) {
  box.dataset.drawing = "";
  const L = await leaflet(box.dataset.leaflet);
  if (!box.isConnected) return;
  const given = JSON.parse(box.dataset.map);
  box.closest("figure").dataset.drawn = "";
  box.setAttribute("role", "region");
  box.setAttribute("aria-label", box.dataset.label);
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const map = L.map(box, {
    zoomControl: false, attributionControl: false, scrollWheelZoom: false, minZoom: SHALLOWEST, maxZoom: DEEPEST,
    zoomAnimation: !still, fadeAnimation: !still, markerZoomAnimation: !still,
  });
  drawn.set(box, map);
  L.control.zoom({ zoomInTitle: box.dataset.nearer, zoomOutTitle: box.dataset.farther }).addTo(map);
  scaleOf(L, box.dataset).addTo(map);
  if (given.tiles) L.control.attribution({ prefix: false }).addTo(map);
  show(map, box, put(L, map, given));
  ground(L, given.tiles, box).addTo(map);
}

/** The scale in the reader's words: Leaflet's own are m and km, and it has no place for others. */
function scaleOf(L, { metres, kilometres }) {
  const Scale = L.Control.Scale.extend({
    _updateScale(bar, text, ratio) {
      const [length, unit] = text.split(" ");
      L.Control.Scale.prototype._updateScale.call(this, bar, `${length} ${unit === "km" ? kilometres : metres}`, ratio);
    },
  });
  return new Scale({ imperial: false });
}

function drawAll() {
  for (const [box, map] of drawn) {
    if (box.isConnected) continue;
    map.remove();
    drawn.delete(box);
  }
  for (const box of document.querySelectorAll("[data-map]:not([data-drawing])")) draw(box);
}

document.addEventListener("htmx:afterSwap", drawAll);
drawAll();
