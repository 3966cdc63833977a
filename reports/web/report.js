"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const digit = new Map([...data.digits].map((c, i) => [c, i]));
  const base = data.digits.length;
  const times = data.runs.map((run) => run[0]);
  const make = (tag, text, attributes = {}) => {
    const element = document.createElement(tag);
    if (text !== undefined) element.textContent = text;
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    return element;
  };

  // Two characters a value, see html_data.h.
  const unpack = (series) => {
    const values = [];
    for (let i = 0; i < series.d.length; i += 2) {
      const high = digit.get(series.d[i]);
      values.push(high === undefined ? null
        : series.l + (series.h - series.l) * (high * base + digit.get(series.d[i + 1])) /
          (base * base - 1));
    }
    return values;
  };

  const four = (value) => {
    if (value === 0) return "0";
    const size = Math.abs(value);
    return size >= 1e6 || size < 1e-3 ? value.toExponential(3)
      : value.toFixed(Math.max(0, 3 - Math.floor(Math.log10(size))));
  };
  const format = (value, unit) => {
    const size = Math.abs(value);
    if (unit === "ns") {
      for (const [factor, name] of [[1e9, "s"], [1e6, "ms"], [1e3, "us"]]) {
        if (size >= factor) return four(value / factor) + " " + name;
      }
    } else if (unit === "B/s" || unit === "items/s" || size >= 1e5) {
      for (const [factor, name] of [[1e12, "T"], [1e9, "G"], [1e6, "M"], [1e3, "k"]]) {
        if (size >= factor) return four(value / factor) + " " + name + unit;
      }
    }
    return unit ? four(value) + " " + unit : four(value);
  };
  // An axis has room for a short unit; the caption names every one.
  const onAxis = (value, unit) => format(value, unit.length > 4 && unit !== "items/s" ? "" : unit);
  const change = (value) => value >= 2 ? (value + 1).toFixed(1) + "x"
    : Math.abs(value) < 5e-5 ? "±0 %"
    : (value > 0 ? "+" : "") + (value * 100).toFixed(Math.abs(value) < 0.01 ? 2 : 1) + " %";
  const share = (ratio) => ratio >= 1 ? "100 %"
    : ratio < 0.1 ? (Math.floor(ratio * 1000) / 10).toFixed(1) + " %"
    : Math.floor(ratio * 100) + " %";

  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name);

  // Bands, change points and runs that are missing are drawn under the line.
  const marks = (series) => ({hooks: {drawClear: [(plot) => {
    const {ctx, bbox} = plot;
    ctx.save();
    ctx.beginPath();
    ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
    ctx.clip();
    if (series.b) {
      const top = plot.valToPos(series.b[1], "y", true);
      ctx.fillStyle = colour("--band");
      ctx.fillRect(bbox.left, top, bbox.width, plot.valToPos(series.b[0], "y", true) - top);
    }
    ctx.strokeStyle = colour("--bad");
    ctx.lineWidth = 2 * devicePixelRatio;
    ctx.setLineDash([6, 4]);
    for (const point of series.c || []) {
      const x = plot.valToPos(point, "x", true);
      if (x < bbox.left || x > bbox.left + bbox.width) continue;
      ctx.beginPath();
      ctx.moveTo(x, bbox.top);
      ctx.lineTo(x, bbox.top + bbox.height);
      ctx.stroke();
    }
    ctx.restore();
  }]}});

  // Runs stand side by side: a week without a run is no gap, and a clock that went back no loop.
  const draw = (place, series) => {
    if (typeof uPlot === "undefined" || !series) return;
    const values = unpack(series);
    const axis = {stroke: colour("--soft"), grid: {stroke: colour("--line"), width: 1}};
    const label = (index) => {
      const run = data.runs[Math.round(index)];
      return run ? new Date(run[0] * 1000).toISOString().slice(0, 10) : "";
    };
    const target = make("div", undefined, {class: "plot", role: "img",
      "aria-label": `${series.m}, ${values.filter((v) => v !== null).length} runs; drag to zoom, ` +
        "double click to see all"});
    place.querySelector("svg")?.remove();
    place.prepend(target);
    const width = () => Math.max(260, Math.min(place.clientWidth, 1100));
    const plot = new uPlot({
      width: width(), height: 190, plugins: [marks(series)],
      scales: {x: {time: false}},
      axes: [{...axis, values: (_, splits) => splits.map(label)},
        {...axis, size: 90, values: (_, splits) => splits.map((v) => onAxis(v, series.u))}],
      series: [{label: "run", value: (_, i) => i === null ? "-"
        : `${label(i)} ${data.runs[i]?.[1] ?? ""}`},
        {label: series.m, stroke: colour("--accent"), width: 1.5, spanGaps: false,
         points: {show: values.length < 120, size: 5},
         value: (_, v) => v === null ? "-" : format(v, series.u)}],
    }, [values.map((_, i) => i), values], target);
    new ResizeObserver(() => {
      if (Math.abs(plot.width - width()) > 2) plot.setSize({width: width(), height: 190});
    }).observe(place);
  };

  // Charts are drawn when they come into sight.
  const sight = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      sight.unobserve(entry.target);
      const benchmark = data.benchmarks[entry.target.dataset.row];
      draw(entry.target, benchmark.s.find((series) => series.m === entry.target.dataset.metric));
    }
  }, {rootMargin: "200px"});
  document.querySelectorAll("figure.chart").forEach((figure) => sight.observe(figure));

  const table = document.getElementById("all");
  const body = table.tBodies[0];
  const rows = [...body.rows];
  const compared = table.tHead.rows[0].cells.length === 7;

  const details = (index) => {
    const benchmark = data.benchmarks[index];
    const cell = make("td", undefined, {colspan: table.tHead.rows[0].cells.length});
    if (benchmark.x) cell.append(make("p", benchmark.x));
    for (const series of benchmark.s) {
      const figure = make("figure", undefined, {class: "chart", "data-row": index,
        "data-metric": series.m});
      figure.append(make("figcaption", series.m));
      cell.append(figure);
      sight.observe(figure);
    }
    const inner = make("table", undefined, {class: "metrics"});
    const head = inner.createTHead().insertRow();
    const titles = ["metric", "value", "interval", "measured"];
    if (compared) titles.push("baseline", "change");
    titles.forEach((title, i) => head.append(make("th", title, {scope: "col", class: i ? "n" : ""})));
    const lines = inner.createTBody();
    for (const text of benchmark.m) {
      const [number, value, low, high, ratio, before, moved, gate] = text.split(" ");
      const [name, unit] = data.metrics[number];
      const row = lines.insertRow();
      if (gate) row.className = "gate";
      row.append(make("th", name, {scope: "row"}));
      const add = (content) => row.append(make("td", content, {class: "n"}));
      add(value ? format(+value, unit) : "not measured: " + (benchmark.r?.[number] ?? "no reason"));
      add(low && high ? `${format(+low, unit)} … ${format(+high, unit)}` : "-");
      add(ratio ? share(+ratio) : "-");
      if (compared) {
        add(before ? format(+before, unit) : "-");
        add(moved ? change(+moved) : "-");
      }
    }
    const scroll = make("div", undefined, {class: "scroll"});
    scroll.append(inner);
    cell.append(scroll);
    const row = make("tr", undefined, {class: "details"});
    row.append(cell);
    return row;
  };

  // One listener and lazily made buttons: two thousand of either cost a second at the start.
  const names = rows.map((row) => row.cells[1].textContent.toLowerCase());
  const opened = new Map();
  rows.forEach((row, index) => {
    row.dataset.i = index;
    const name = row.cells[1];
    const button = make("button", name.textContent, {class: "open", type: "button",
      "aria-expanded": "false"});
    name.textContent = "";
    name.append(button);
  });
  const toggle = (row) => {
    const button = row.querySelector("button.open");
    const index = +row.dataset.i;
    if (opened.has(index)) {
      opened.get(index).remove();
      opened.delete(index);
    } else {
      const extra = details(index);
      row.after(extra);
      opened.set(index, extra);
    }
    button.setAttribute("aria-expanded", opened.has(index));
  };
  body.addEventListener("click", (event) => {
    const button = event.target.closest("button.open");
    if (button) toggle(button.closest("tr"));
  });

  const search = document.getElementById("search");
  const filter = document.getElementById("filter");
  const count = document.getElementById("count");
  const apply = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    rows.forEach((row, i) => {
      const fits = words.every((word) => names[i].includes(word)) &&
        (!filter.value || row.dataset.s === filter.value);
      row.hidden = !fits;
      if (opened.has(i)) opened.get(i).hidden = !fits;
      shown += fits ? 1 : 0;
    });
    count.textContent = `${shown} of ${rows.length} benchmarks`;
  };
  search.addEventListener("input", apply);
  filter.addEventListener("change", apply);
  search.form.addEventListener("submit", (event) => event.preventDefault());
  search.form.hidden = false;
  document.getElementById("plain").remove();

  const key = (row, column) => {
    const cell = row.cells[column];
    if (column === 0) return +row.dataset.i;
    if (column === 1) return names[+row.dataset.i];
    return cell.dataset.v === undefined ? -Infinity : +cell.dataset.v;
  };
  [...table.tHead.rows[0].cells].forEach((head, column) => {
    if (column === table.tHead.rows[0].cells.length - 1) return;
    const button = make("button", head.textContent, {class: "sort", type: "button"});
    head.textContent = "";
    head.append(button);
    button.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") === "ascending";
      for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const sorted = rows.map((row) => [key(row, column), row]);
      sorted.sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0) * (down ? -1 : 1));
      const order = document.createDocumentFragment();
      for (const [, row] of sorted) {
        order.append(row);
        const extra = opened.get(+row.dataset.i);
        if (extra) order.append(extra);
      }
      body.append(order);
    });
  });
})();
