/* chart.js: bars by day, one piece per outlet; the table beneath has the numbers. */
import { figure, PHONE } from "/shared/chart.js";
import { el, svg, word } from "/shared/dom.js";

const HEIGHT = 240;
const LEFT = 44;
const BOTTOM = 26;
const TOP = 10;
export const SERIES = 6;

/* The next of 1, 2, 5, 10 … at or above |value|. */
function roundUp(value) {
  const power = 10 ** Math.floor(Math.log10(Math.max(value, 0.001)));
  return [1, 2, 5, 10].map((times) => times * power).find((step) => step >= value);
}

function axis(most, y, width) {
  const step = roundUp(most / 4);
  const lines = [];
  for (let at = 0; at <= most + step / 100; at += step) {
    lines.push(svg("line", { class: "grid", x1: LEFT, x2: width, y1: y(at), y2: y(at) }), svg("text", { x: LEFT - 6, y: y(at) + 4, "text-anchor": "end" }, String(Number(at.toFixed(3)))));
  }
  return lines;
}

function bars({ days, outlets, used }) {
  const sums = days.map((day) => outlets.reduce((sum, outlet) => sum + used(day, outlet), 0));
  const most = roundUp(Math.max(...sums, 0.1) * 1.02);
  const y = (value) => HEIGHT - BOTTOM - (value / most) * (HEIGHT - BOTTOM - TOP);
  const width = PHONE.matches ? 350 : 720; /* as wide as it is shown, so that its letters are as large as all others */
  const slot = (width - LEFT) / days.length;
  const every = Math.ceil(days.length / (PHONE.matches ? 5 : 10));
  const pieces = days.map((day, i) => {
    let below = 0;
    return outlets.map((outlet, series) => {
      const value = used(day, outlet);
      if (value <= 0) return null;
      const piece = svg("rect", { class: `series-${series % SERIES}`, x: LEFT + i * slot + slot * 0.12, width: slot * 0.76, y: y(below + value), height: Math.max(1, y(below) - y(below + value)) },
        svg("title", {}, `${day}, ${outlet}: ${value} kWh`));
      below += value;
      return piece;
    });
  });
  const labels = days.map((day, i) => i % every === 0 && svg("text", { x: LEFT + i * slot + slot / 2, y: HEIGHT - 8, "text-anchor": "middle" }, `${day.slice(8)}.${day.slice(5, 7)}.`));
  return [
    svg("svg", { class: "chart", viewBox: `0 0 ${width} ${HEIGHT}`, role: "img", "aria-label": "Consumption in kWh by day and outlet. The table beneath has the numbers." },
      axis(most, y, width), pieces, labels),
  ];
}

/* chart(days, outlets, used): used(day, outlet) in kWh. */
export function chart(days, outlets, used) {
  return [
    figure(bars, { days, outlets, used }),
    el("ul", { class: "legend-list", "aria-label": "Outlets" }, outlets.map((outlet, series) => el("li", {}, el("span", { class: ["swatch", `back-${series % SERIES}`], "aria-hidden": "true" }), word(outlet)))),
  ];
}
