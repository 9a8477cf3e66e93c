import { BarChart, LineChart } from "echarts/charts";
import { AriaComponent, BrushComponent, DataZoomInsideComponent, GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";

use([BarChart, LineChart, AriaComponent, BrushComponent, DataZoomInsideComponent, GridComponent, LegendComponent, TooltipComponent, CanvasRenderer]);

interface Told {
  kind: "line" | "bar" | "stacked" | "share" | "fan";
  unit: string;
  digits: number;
  x: string[];
  series?: { name: string; data: (number | null)[] }[];
  words?: Record<string, string>;
  spans?: [string, string][]; // first and last day of each place on the axis
  [name: string]: unknown;
}

const LIGHT = ["#0b5567", "#c2572c", "#5b8a2a", "#8e3c74", "#b98300", "#4a58b5", "#2a9d8f", "#7a6248", "#6c7a80"];
const DARK = ["#7ecbda", "#f2a184", "#aacb7b", "#e0a3c9", "#e2b862", "#abb6f5", "#6fd1c2", "#cdb598", "#a9b6ba"];

const isDark = (): boolean => {
  const root = document.documentElement.classList;
  if (document.body.dataset.chartTheme === "dark" || root.contains("w-theme-dark")) return true;
  return root.contains("w-theme-system") && matchMedia("(prefers-color-scheme: dark)").matches;
};

const shortened = (value: number): string => {
  const zh = document.documentElement.lang.startsWith("zh");
  const size = Math.abs(value);
  if (zh && size >= 1e8) return `${+(value / 1e8).toFixed(2)} 亿`;
  if (zh && size >= 1e4) return `${+(value / 1e4).toFixed(1)} 万`;
  if (!zh && size >= 1e6) return `${+(value / 1e6).toFixed(1)}M`;
  if (!zh && size >= 1e4) return `${+(value / 1e3).toFixed(0)}k`;
  return String(+value.toFixed(2));
};

// A band between two lines: the lower one is not drawn, the difference is stacked upon it.
const band = (low: (number | null)[], high: (number | null)[], name: string, colour: string, opacity: number): object[] => [
  { type: "line", name: `${name}-`, stack: name, data: low, lineStyle: { opacity: 0 }, symbol: "none", silent: true, tooltip: { show: false } },
  {
    type: "line", name, stack: name, symbol: "none", silent: true, lineStyle: { opacity: 0 },
    data: high.map((value, at) => (value === null || low[at] == null ? null : value - (low[at] as number))),
    areaStyle: { color: colour, opacity }, tooltip: { show: false },
  },
];

const fan = (told: Told, colours: string[]): object[] => {
  const list = (name: string): (number | null)[] => told[name] as (number | null)[];
  const words = told.words ?? {};
  return [
    ...band(list("lo95"), list("hi95"), words.inside95 ?? "95%", colours[0] ?? "", 0.16),
    ...band(list("lo80"), list("hi80"), words.inside80 ?? "80%", colours[0] ?? "", 0.28),
    { type: "line", name: words.observed, data: list("observed"), symbol: "none", color: colours[0], lineStyle: { width: 2 } },
    { type: "line", name: words.forecast, data: list("mean"), symbol: "none", color: colours[1], lineStyle: { width: 2, type: "dashed" } },
  ];
};

/** Rows that a legend takes, as its names wrap; each has its mark and a gap. */
function legendRows(names: string[], size: number, width: number): number {
  const pen = document.createElement("canvas").getContext("2d");
  if (!pen) return 1;
  pen.font = `${size}px sans-serif`;
  let [rows, used] = [1, 0];
  for (const name of names) {
    const wide = pen.measureText(name).width + 25 + 5 + 8 + size * 0.4;
    if (used && used + wide > width - 10) [rows, used] = [rows + 1, 0];
    used += wide;
  }
  return rows;
}

export function draw(place: HTMLElement, told: Told): void {
  const dark = isDark();
  const colours = dark ? DARK : LIGHT;
  const ink = dark ? "#c2cccb" : "#3c4a4c";
  const rule = dark ? "#2a383a" : "#e3e9e8";
  const size = parseFloat(getComputedStyle(place).fontSize) * 0.8;
  const anew = !!place.querySelector(".tourism-drawn"); // what came with the page is followed by the same: nothing grows
  const chart = init(place, null, { renderer: "canvas" });
  const lying = told.kind === "share" || told.kind === "bar";
  const stroke = Math.max(2, size / 7);
  const series = told.series ?? [];
  const names = told.kind === "fan" ? [told.words?.observed, told.words?.forecast] : series.map((one) => one.name);
  const made =
    told.kind === "fan"
      ? fan(told, colours)
      : series.map((one) => ({
          ...one,
          data: lying ? [...one.data].reverse() : one.data,
          type: told.kind === "line" ? "line" : "bar",
          stack: told.kind === "stacked" ? "all" : undefined,
          symbol: told.x.length > 20 ? "none" : "circle",
          symbolSize: stroke * 3,
          lineStyle: { width: stroke },
          barMaxWidth: size * 2.4,
        }));
  const rows = legendRows(names.map(String), size, place.clientWidth);
  const labels = { type: "category", data: lying ? [...told.x].reverse() : told.x, axisLabel: { color: ink, fontSize: size, margin: size, hideOverlap: true, alignMinLabel: lying ? undefined : "left", alignMaxLabel: lying ? undefined : "right" }, axisTick: { show: false }, axisLine: { lineStyle: { color: rule } } };
  const values = { type: "value", scale: told.kind === "line" || told.kind === "fan", axisLabel: { color: ink, fontSize: size, formatter: shortened, hideOverlap: true }, splitLine: { lineStyle: { color: rule } } };
  const format = (value: unknown): string =>
    typeof value === "number" ? `${value.toLocaleString(undefined, { maximumFractionDigits: told.digits })} ${told.unit}` : "–";
  chart.setOption({
    color: colours,
    animation: !anew && !matchMedia("(prefers-reduced-motion: reduce)").matches,
    animationDuration: 300,
    aria: { enabled: true },
    textStyle: { fontFamily: getComputedStyle(place).fontFamily },
    grid: { left: 8, right: Math.max(20, size * 2), top: names.length > 1 ? size * (1.1 + 1.5 * rows) : 14, bottom: size * 0.8, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
    legend: names.length > 1 ? { data: names, type: "plain", top: 0, textStyle: { color: ink, fontSize: size }, itemHeight: size * 0.8 } : undefined,
    tooltip: { trigger: "axis", confine: true, valueFormatter: format, appendTo: "body" },
    dataZoom: told.x.length > 30 && !place.dataset.drag ? [{ type: "inside", zoomOnMouseWheel: "ctrl" }] : [],
    xAxis: lying ? values : labels,
    yAxis: lying ? labels : values,
    series: made,
  });
  const form = document.getElementById(place.dataset.drag ?? "");
  if (form instanceof HTMLFormElement && told.spans) narrowByDragging(chart, form, told.spans);
  new ResizeObserver(() => chart.resize()).observe(place);
}

// Dragging over the chart asks again for the days under it; the form says the same to a keyboard.
function narrowByDragging(chart: ReturnType<typeof init>, form: HTMLFormElement, spans: [string, string][]): void {
  chart.setOption({ brush: { xAxisIndex: 0, toolbox: [], brushStyle: { color: "rgba(11, 85, 103, 0.15)", borderColor: "#0b5567" } }, dataZoom: [] });
  chart.dispatchAction({ type: "takeGlobalCursor", key: "brush", brushOption: { brushType: "lineX", brushMode: "single" } });
  chart.on("brushEnd", (told: unknown) => {
    const range = (told as { areas: { coordRange?: [number, number] }[] }).areas[0]?.coordRange;
    if (!range) return;
    const [from, to] = range.map((place) => Math.min(Math.max(Math.round(place), 0), spans.length - 1)) as [number, number];
    if (to <= from) return;
    const set = (name: string, day: string | undefined): void => {
      const field = form.elements.namedItem(name);
      if (field instanceof HTMLInputElement && day) field.value = day;
    };
    set("since", spans[from]?.[0]);
    set("until", spans[to]?.[1]);
    form.requestSubmit();
  });
}
