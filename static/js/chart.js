// Draws each [data-chart] from the table it names, so that chart and table can never differ.
const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function loadLibrary() {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = "/static/vendor/echarts.common.min.js";
    script.onload = () => resolve(window.echarts);
    script.onerror = reject;
    document.head.append(script);
  });
}

function read(table, wanted) {
  const heads = [...table.tHead.rows[0].cells].map((cell) => cell.textContent.trim());
  const rows = [...table.tBodies[0].rows].map((row) => [...row.cells].map((cell) => cell.textContent.trim()));
  if (table.dataset.order === "newest-first") rows.reverse();
  const columns = wanted ? wanted.split(",").map((name) => heads.indexOf(name.trim())).filter((n) => n > 0) : heads.map((_, n) => n).slice(1);
  const number = (text) => (text === "" || Number.isNaN(Number(text)) ? null : Number(text));
  return {
    labels: rows.map((row) => row[0]),
    series: columns.map((n) => ({ name: heads[n], values: rows.map((row) => number(row[n])) })),
  };
}

function options(data, kind) {
  const soft = token("--ink-soft");
  const line = token("--line");
  const axis = { axisLine: { lineStyle: { color: line } }, axisLabel: { color: soft }, splitLine: { lineStyle: { color: line } } };
  return {
    animation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
    tooltip: { trigger: "axis", renderMode: "richText", confine: true },
    legend: data.series.length > 1 ? { textStyle: { color: soft }, type: "scroll", top: 0 } : undefined,
    grid: { left: 8, right: 12, top: data.series.length > 1 ? 40 : 16, bottom: 8, containLabel: true },
    xAxis: { type: "category", data: data.labels, ...axis },
    yAxis: { type: "value", ...axis },
    series: data.series.map((one) => ({ name: one.name, type: kind, data: one.values, showSymbol: false, connectNulls: false })),
    color: [token("--chart-1"), "#c98a1b", "#6a5acd", "#b3261e", "#1c6b4a", "#1d5580"],
  };
}

export async function drawAll() {
  const echarts = await loadLibrary();
  for (const figure of document.querySelectorAll("[data-chart]")) {
    const table = document.getElementById(figure.dataset.table);
    if (!table) continue;
    const canvas = document.createElement("div");
    canvas.className = "chart__canvas";
    figure.querySelector("svg")?.replaceWith(canvas);
    if (!canvas.isConnected) figure.prepend(canvas);
    const chart = echarts.init(canvas, null, { renderer: "canvas" });
    chart.setOption(options(read(table, figure.dataset.columns), figure.dataset.chart || "line"));
    new ResizeObserver(() => chart.resize()).observe(canvas);
  }
}
