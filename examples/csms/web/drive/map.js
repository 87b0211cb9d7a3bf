/* map.js: places on a map of lines: north is up, a bar says how far things are. Nothing of it comes from elsewhere; the list beside it
 * says the same in words. */
import { svg } from "/shared/dom.js";

const WIDE = [640, 360];
const NARROW = [380, 300]; /* marks keep their size for a thumb */
const MARGIN = 46;
const METRES_PER_DEGREE = 111195;
const LEAST_M = 300;

/* 1, 2, 5, 10, 20, 50 … */
function roundStep(metres) {
  const power = 10 ** Math.floor(Math.log10(metres));
  return [1, 2, 5, 10].map((times) => times * power).find((step) => step >= metres);
}

function bounds(points, [width, height]) {
  const latitudes = points.map((point) => point.latitude);
  const longitudes = points.map((point) => point.longitude);
  const middle = { latitude: (Math.min(...latitudes) + Math.max(...latitudes)) / 2, longitude: (Math.min(...longitudes) + Math.max(...longitudes)) / 2 };
  const perLongitude = METRES_PER_DEGREE * Math.max(0.01, Math.cos((middle.latitude * Math.PI) / 180));
  const high = Math.max(LEAST_M, (Math.max(...latitudes) - Math.min(...latitudes)) * METRES_PER_DEGREE);
  const wide = Math.max(LEAST_M, (Math.max(...longitudes) - Math.min(...longitudes)) * perLongitude);
  const scale = Math.min((width - 2 * MARGIN) / wide, (height - 2 * MARGIN) / high);
  return {
    scale,
    at: (point) => [width / 2 + (point.longitude - middle.longitude) * perLongitude * scale, height / 2 - (point.latitude - middle.latitude) * METRES_PER_DEGREE * scale],
  };
}

function grid(step, [width, height]) {
  const lines = [];
  for (let x = (width / 2) % step; x < width; x += step) lines.push(svg("line", { class: "grid", x1: x, y1: 0, x2: x, y2: height }));
  for (let y = (height / 2) % step; y < height; y += step) lines.push(svg("line", { class: "grid", x1: 0, y1: y, x2: width, y2: y }));
  return lines;
}

function ruler(metres, length, [width, height]) {
  const words = metres >= 1000 ? `${metres / 1000} km` : `${metres} m`;
  return svg("g", { class: "ruler", "aria-hidden": "true" },
    svg("path", { d: `M16 ${height - 22}v6h${length}v-6` }),
    svg("text", { x: 16 + length / 2, y: height - 24, "text-anchor": "middle" }, words),
    svg("path", { d: `M${width - 22} 34V14m-5 7l5-7l5 7` }),
    svg("text", { x: width - 22, y: 48, "text-anchor": "middle" }, "N"));
}

function marker(place, number, [x, y]) {
  const words = `${number}: ${place.name || place.station}, ${place.free ? "free" : "not free"}`;
  return svg("a", { href: `#place-${number}`, class: ["marker", place.free ? "free" : "taken"], "aria-label": words, "data-number": number },
    svg("title", {}, words),
    svg("circle", { cx: x, cy: y, r: 14 }),
    svg("text", { x, y: y + 4, "text-anchor": "middle" }, String(number)));
}

/* map(places, here, onpick): |here| may be null; places at one spot have one mark, that of the first. */
export function map(places, here, onpick) {
  const points = here ? [...places, here] : places;
  const size = window.innerWidth < 640 ? NARROW : WIDE;
  const { scale, at } = bounds(points, size);
  const step = roundStep(90 / scale);
  const seen = new Set();
  const marks = [];
  places.forEach((place, i) => {
    const spot = at(place).map(Math.round).join();
    if (seen.has(spot)) return;
    seen.add(spot);
    marks.push(marker(place, i + 1, at(place)));
  });
  const whole = svg("svg", { class: "map", viewBox: `0 0 ${size[0]} ${size[1]}`, role: "group", "aria-label": "Map of the places. The list says the same in words." },
    grid(step * scale, size), ruler(step, step * scale, size),
    here && svg("g", { class: "here", role: "img", "aria-label": "You are here" }, svg("circle", { cx: at(here)[0], cy: at(here)[1], r: 18 }), svg("circle", { class: "core", cx: at(here)[0], cy: at(here)[1], r: 6 })),
    marks);
  for (const mark of marks) {
    mark.addEventListener("click", (event) => {
      event.preventDefault();
      onpick(Number(mark.getAttribute("data-number")));
    });
  }
  return whole;
}
