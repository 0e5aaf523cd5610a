// Draws each figure[data-chart] from the table that data-table names, so that chart and table can never differ.
// The server's SVG stays in the page: it is what is printed.
const dark = matchMedia("(prefers-color-scheme: dark)");
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const number = (text) => (text === "" || Number.isNaN(Number(text)) ? null : Number(text));

function loadLibrary(address) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = address;
    script.onload = () => resolve(window.echarts);
    script.onerror = reject;
    document.head.append(script);
  });
}

function shortLabel(cell) {
  const text = cell.textContent.trim();
  const parts = text.match(/(?:\d{4}[年-])(\d{1,2})[月-](\d{1,2})日?(?:\s+(\d{2}:\d{2}))?/);
  return parts ? [`${parts[1]}-${parts[2]}`, parts[3]].filter(Boolean).join(" ") : text;
}

function read(table, wanted) {
  const heads = [...table.tHead.rows[0].cells].map((cell) => cell.textContent.trim());
  const rows = [...table.tBodies[0].rows];
  if (table.dataset.order === "newest-first") rows.reverse();
  const names = wanted ? wanted.split(",").map((name) => name.trim()) : heads.slice(1);
  const columns = names.map((name) => heads.indexOf(name)).filter((index) => index > 0);
  return {
    labels: rows.map((row) => shortLabel(row.cells[0])),
    series: columns.map((index) => ({ name: heads[index], values: rows.map((row) => number(row.cells[index].textContent.trim())) })),
  };
}

function options(data, kind) {
  const [soft, line, paper, ink] = ["--ink-soft", "--line", "--paper", "--ink"].map(token);
  const axis = { axisLine: { lineStyle: { color: line } }, axisTick: { show: false }, axisLabel: { color: soft, hideOverlap: true }, splitLine: { lineStyle: { color: line } } };
  const several = data.series.length > 1;
  return {
    animation: !calm.matches,
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
    tooltip: { trigger: "axis", renderMode: "richText", confine: true, backgroundColor: paper, borderColor: line, textStyle: { color: ink } },
    legend: several ? { textStyle: { color: ink }, inactiveColor: line, type: "scroll", icon: "roundRect", itemWidth: 16, itemHeight: 4, top: 0, left: 0 } : undefined,
    grid: { left: 4, right: 16, top: several ? 44 : 16, bottom: 4, containLabel: true },
    xAxis: { type: "category", boundaryGap: kind === "bar", data: data.labels, ...axis },
    yAxis: { type: "value", ...axis, axisLine: { show: false } },
    series: data.series.map((one, index) => ({
      name: one.name, type: kind, data: one.values, showSymbol: false, connectNulls: false,
      lineStyle: { width: index === 0 ? 3 : 1.5 }, z: index === 0 ? 3 : 2,
    })),
    color: [1, 2, 3, 4, 5, 6].map((n) => token(`--chart-${n}`)),
  };
}

function draw(echarts, figure, table) {
  const canvas = document.createElement("div");
  canvas.className = "chart__canvas";
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", figure.querySelector("svg")?.getAttribute("aria-label") ?? table.caption?.textContent.trim() ?? "");
  figure.prepend(canvas);
  figure.classList.add("chart--drawn");
  const chart = echarts.init(canvas, null, { renderer: "canvas" });
  const paint = () => chart.setOption(options(read(table, figure.dataset.columns), figure.dataset.chart || "line"), true);
  paint();
  dark.addEventListener("change", paint);
  new ResizeObserver(() => chart.resize()).observe(canvas);
}

export async function drawAll(library) {
  const echarts = await loadLibrary(library);
  for (const figure of document.querySelectorAll("[data-chart][data-table]")) {
    const table = document.getElementById(figure.dataset.table);
    if (table) draw(echarts, figure, table);
  }
}
