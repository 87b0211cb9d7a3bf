/* chart.js: lines over time and bars side by side, drawn as SVG; what they show is also a table for who does not see them. */
import { el, replace, svg } from "./dom.js";
import { table } from "./ui.js";

export const PHONE = matchMedia("(max-width: 640px)");
const HEIGHT = 230;
const LEFT = 44;
const RIGHT = 44;
const TOP = 12;
const BOTTOM = 26;

/* Drawn as wide as it is shown, so that its letters are as large as all others. */
const widthNow = () => (PHONE.matches ? 370 : 960);
let width = widthNow();

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", hour12: false });

/* Round steps that part 0..|most| in about |count|. */
export function ticks(most, count = 4) {
  const rough = Math.max(most, 1e-9) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((one) => one >= rough);
  const values = [];
  for (let value = 0; value < most + step; value += step) values.push(Math.round(value / power) * power);
  return values;
}

function grid(levels, y, label, right) {
  return levels.map((level) => [
    !right && svg("line", { class: "grid", x1: LEFT, x2: width - RIGHT, y1: y(level), y2: y(level) }),
    svg("text", { x: right ? width - RIGHT + 6 : LEFT - 6, y: y(level) + 4, "text-anchor": right ? "start" : "end" }, label(level)),
  ]);
}

function scale(points, count) {
  const most = ticks(Math.max(...points.map((point) => point.value), 0), count);
  const top = most[most.length - 1] || 1; /* nothing but zeros */
  return { levels: most, y: (value) => TOP + (HEIGHT - TOP - BOTTOM) * (1 - value / top) };
}

const pathOf = (points, x, y) => points.map((point, i) => `${i ? "L" : "M"}${x(point.time).toFixed(1)} ${y(point.value).toFixed(1)}`).join("");

function drawLines({ label, series }) {
  const shown = series.filter((one) => one.points.length > 0);
  const times = shown.flatMap((one) => one.points.map((point) => point.time));
  const from = Math.min(...times);
  const to = Math.max(...times, from + 1000);
  const x = (time) => LEFT + ((time - from) / (to - from)) * (width - LEFT - RIGHT);
  const picture = svg("svg", { class: "chart", viewBox: `0 0 ${width} ${HEIGHT}`, role: "img", "aria-label": label });

  shown.forEach((one, i) => {
    const { levels, y } = scale(one.points);
    const number = new Intl.NumberFormat(undefined, { maximumFractionDigits: one.digits ?? 1 });
    picture.append(...grid(levels, y, (level) => `${number.format(level)}`, i === 1).flat().filter(Boolean));
    if (i === 0 && one.points.length > 1) {
      picture.append(svg("path", { class: "area", d: `${pathOf(one.points, x, y)}L${x(one.points[one.points.length - 1].time).toFixed(1)} ${y(0)}L${x(one.points[0].time).toFixed(1)} ${y(0)}Z` }));
    }
    picture.append(svg("path", { class: i === 1 ? "line second" : "line", d: pathOf(one.points, x, y) }));
    picture.append(svg("text", { x: i === 1 ? width - 2 : 2, y: HEIGHT - 8, "text-anchor": i === 1 ? "end" : "start" }, one.unit));
  });
  const marks = PHONE.matches ? 2 : 4;
  for (let i = 0; i <= marks; i += 1) {
    const time = from + ((to - from) * i) / marks;
    const anchor = i === 0 ? "start" : i === marks ? "end" : "middle"; /* beside the units */
    picture.append(svg("text", { x: x(time), y: HEIGHT - 8, "text-anchor": anchor }, clock.format(time)));
  }
  return [picture, el("figcaption", { class: "legend" }, shown.map((one, i) => el("span", { class: i === 1 && "second" }, `${one.name} (${one.unit})`)))];
}

function drawBars({ label, unit, bars: list, digits = 1 }) {
  const { levels, y } = scale(list);
  const number = new Intl.NumberFormat(undefined, { maximumFractionDigits: digits });
  const room = (width - LEFT - RIGHT) / Math.max(list.length, 1);
  const every = Math.ceil(list.length / (PHONE.matches ? 5 : 12));
  const picture = svg("svg", { class: "chart", viewBox: `0 0 ${width} ${HEIGHT}`, role: "img", "aria-label": label });

  picture.append(...grid(levels, y, (level) => number.format(level)).flat().filter(Boolean));
  list.forEach((bar, i) => {
    const left = LEFT + room * i;
    picture.append(svg("rect", { class: "bar-piece", x: left + room * 0.15, width: room * 0.7, y: y(bar.value), height: Math.max(0, y(0) - y(bar.value)) }, svg("title", {}, `${bar.name}: ${number.format(bar.value)} ${unit}`)));
    if (i % every === 0) picture.append(svg("text", { x: left + room / 2, y: HEIGHT - 8, "text-anchor": "middle" }, bar.name));
  });
  picture.append(svg("text", { x: 4, y: HEIGHT - 8 }, unit));
  return [picture];
}

/* Drawn again when a phone is turned, or a window made narrow. */
export function figure(draw, what) {
  const place = el("figure", { class: "figure" });
  const again = () => {
    width = widthNow();
    replace(place, draw(what));
  };
  const turned = () => {
    if (place.isConnected) again();
    else PHONE.removeEventListener("change", turned);
  };
  PHONE.addEventListener("change", turned);
  again();
  return place;
}

/* lines({ label, series }): one or two series { name, unit, points: [{ time (ms), value }], digits }, the first with its axis on the left,
 * the second on the right. |label| says in a sentence what there is to see. */
export const lines = (what) => figure(drawLines, what);

/* bars({ label, unit, bars }): |bars| are { name, value }. */
export const bars = (what) => figure(drawBars, what);

/* The numbers behind a chart, folded away. */
export function numbers(words, columns, rows) {
  return el("details", {}, el("summary", {}, words), table({ caption: words, columns, rows }));
}
