// What a reader does with a report, in a real browser, from file://.
import assert from "node:assert/strict";
import {statSync, writeFileSync} from "node:fs";
import {join} from "node:path";
import {chromium} from "playwright-core";

const flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const browser = await chromium.launch({executablePath: process.argv[2], headless: true, args: flags});
const patience = 180_000;  // for a loaded machine
const address = (file) => "file://" + join(process.cwd(), file);
const errors = [];

const open = async (file, options = {}) => {
  const context = await browser.newContext({viewport: {width: 1280, height: 900}, ...options});
  context.setDefaultTimeout(patience);
  const page = await context.newPage();
  page.on("pageerror", (error) => errors.push(`${file}: ${error}`));
  page.on("console", (line) => line.type() === "error" && errors.push(`${file}: ${line.text()}`));
  page.on("request", (request) => {
    if (!request.url().startsWith("file:") && !request.url().startsWith("data:")) {
      errors.push(`${file} asked the network for ${request.url()}`);
    }
  });
  await page.goto(address(file));
  return page;
};

const contrast = (page, selector) => page.locator(selector).first().evaluate((element) => {
  const parse = (text) => text.match(/[\d.]+/g).slice(0, 3).map(Number);
  const luminance = (rgb) => rgb.map((c) => c / 255)
    .map((c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  let behind = element;
  while (behind && /rgba\(0, 0, 0, 0\)|transparent/.test(getComputedStyle(behind).backgroundColor)) {
    behind = behind.parentElement;
  }
  const a = luminance(parse(getComputedStyle(element).color));
  const b = luminance(parse(getComputedStyle(behind ?? document.body).backgroundColor));
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
});

try {
  const page = await open("small.html");
  await page.waitForSelector("figure.chart canvas");
  await page.screenshot({path: "light.png"});

  // Names are text, whatever is in them.
  assert.equal(await page.locator("#all").getByText("<script>alert('name')</script>").count(), 1);

  // Search, filter, sort.
  const visible = () => page.locator("#all tbody tr:visible").count();
  assert.equal(await visible(), 120);
  await page.getByLabel("Search").fill("parse_7/");
  assert.equal(await visible(), 1);
  await page.getByLabel("Search").fill("");
  await page.getByLabel("Show").selectOption("regression");
  assert.equal(await visible(), 2);
  assert.match(await page.locator("#count").innerText(), /^2 of 120/);
  await page.getByLabel("Show").selectOption("environment");
  assert.equal(await visible(), 1);
  await page.getByLabel("Show").selectOption("");
  const sort = page.getByRole("button", {name: "time", exact: true});
  await sort.click();
  const times = await page.locator("#all tbody tr td:nth-child(3)")
    .evaluateAll((cells) => cells.map((cell) => cell.dataset.v).filter(Boolean).map(Number));
  assert.deepEqual(times, [...times].sort((a, b) => a - b));
  await sort.click();
  assert.equal(await page.locator("#all th[aria-sort=descending]").count(), 1);

  // By keyboard alone: a benchmark opens and shows all its metrics and a chart.
  await page.getByLabel("Search").fill("parse_10/");
  const button = page.locator("#all tbody tr:visible button.open");
  await button.focus();
  await page.keyboard.press("Enter");
  assert.equal(await button.getAttribute("aria-expanded"), "true");
  const details = page.locator("tr.details");
  assert.equal(await details.locator("table.metrics tbody tr").count(), 40);
  await details.locator("canvas").first().waitFor();
  await details.getByText("not measured: perf_event_paranoid").first().waitFor();
  await page.screenshot({path: "details.png"});
  await page.keyboard.press("Enter");
  assert.equal(await details.count(), 0);

  // Zoom: dragging over the chart narrows it; a double click shows all again.
  const chart = page.locator("figure.chart .u-over").first();
  await chart.scrollIntoViewIfNeeded();
  const box = await chart.boundingBox();
  const ticks = () => page.locator("figure.chart").first().screenshot();
  const before = await ticks();
  await page.mouse.move(box.x + box.width * 0.7, box.y + 60);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.9, box.y + 60, {steps: 5});
  await page.mouse.up();
  await page.mouse.move(box.x, box.y - 40);
  const zoomed = await ticks();
  assert.ok(!before.equals(zoomed), "dragging did not zoom");
  await page.screenshot({path: "zoomed.png"});
  await page.mouse.dblclick(box.x + 50, box.y + 60);

  // Every picture says in words what it shows.
  assert.equal(await page.locator("svg[role=img]:not([aria-label])").count(), 0);
  for (const selector of [".badge.regression", ".badge.improvement", ".badge.inconclusive", ".badge.environment",
    "dt", "figcaption", ".warning"]) {
    assert.ok(await contrast(page, selector) >= 4.5, `too little contrast: ${selector}`);
  }

  // No label of an axis is cut: it has the room it was given.
  const cut = await page.locator("figure.chart").evaluateAll((figures) => figures.filter((figure) =>
    figure.scrollWidth > figure.clientWidth + 1).length);
  assert.equal(cut, 0, "a chart is wider than its place");

  // Dark.
  const dark = await open("small.html", {colorScheme: "dark"});
  await dark.waitForSelector("figure.chart canvas");
  await dark.screenshot({path: "dark.png"});
  for (const selector of [".badge.regression", ".badge.improvement", ".badge.inconclusive", ".badge.environment",
    "dt", "figcaption", ".warning"]) {
    assert.ok(await contrast(dark, selector) >= 4.5, `too little contrast in the dark: ${selector}`);
  }

  // Bandwidth over size: a picture with words, legible in both schemes, inside its place.
  for (const colorScheme of ["light", "dark"]) {
    const sizes = await open("sizes.html", {colorScheme});
    const plot = sizes.locator("figure.sizes svg");
    assert.equal(await plot.count(), 1);
    const described = await plot.getAttribute("aria-describedby");
    assert.match(await sizes.locator("#" + described).textContent(), /last cache ends between/);
    assert.equal(await plot.locator("circle").count(), 16);
    const [line, paper] = await plot.locator("path.line0").evaluate((path) =>
      [getComputedStyle(path).stroke, getComputedStyle(document.body).backgroundColor]);
    assert.notEqual(line, paper);
    const outside = await plot.evaluate((svg) => [...svg.querySelectorAll("text")].filter((text) => {
      const inner = text.getBoundingClientRect(), outer = svg.getBoundingClientRect();
      return inner.left < outer.left - 1 || inner.right > outer.right + 1;
    }).length);
    assert.equal(outside, 0, "words of the plot are cut");
    await plot.scrollIntoViewIfNeeded();
    await sizes.screenshot({path: `sizes-${colorScheme}.png`});
  }

  // A phone: nothing but tables may be wider than the screen.
  const phone = await open("small.html", {viewport: {width: 375, height: 812}, isMobile: true,
    hasTouch: true, deviceScaleFactor: 2});
  await phone.waitForSelector("figure.chart canvas");
  const wide = await phone.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(wide <= 375, `${wide} pixels wide on a screen of 375`);
  await phone.screenshot({path: "phone.png"});

  // Without JavaScript: verdicts, pictures and the metrics of what needs a look.
  const plain = await open("small.html", {javaScriptEnabled: false});
  assert.equal(await plain.locator("article.card.regression").count(), 2);
  assert.ok(await plain.locator("article.card svg.history").first().isVisible());
  assert.ok(await plain.getByText("Without JavaScript").isVisible());
  assert.ok(!await plain.getByLabel("Search").isVisible());
  await plain.screenshot({path: "plain.png"});

  // 2,000 benchmarks, 365 nights.
  assert.ok(statSync("large.html").size < 10e6);
  // CPU seconds of a page's main thread until it is drawn, and those by the clock.
  const opened = async (where, picture) => {
    const context = await browser.newContext({viewport: {width: 1280, height: 900}});
    const page = await context.newPage();
    const session = await context.newCDPSession(page);
    await session.send("Performance.enable", {timeDomain: "threadTicks"});
    await page.goto(where, {timeout: patience});
    const clock = await page.evaluate(() => new Promise((done) =>
      requestAnimationFrame(() => setTimeout(() => done(performance.now() / 1000), 0))));
    const {metrics} = await session.send("Performance.getMetrics");
    if (picture) await page.screenshot({path: picture, timeout: patience});
    await context.close();
    return [metrics.find((metric) => metric.name === "TaskDuration").value, clock];
  };
  // A slow machine stretches CPU time too: it is held against that of a plain page at the same time. 0.7 of that on an
  // idle machine, where it is 1.3 s.
  const row = (_, i) => `<tr><td>${i}<td><b>x${i}</b><td>${i * 3}</tr>`;
  writeFileSync("plain.html", `<!doctype html><table>${Array.from({length: 20_000}, row).join("")}</table>`);
  const busy = [], clock = [], shares = [];
  for (let i = 0; i < 3; ++i) {
    const [cpu, time] = await opened(address("large.html"), i === 0 && "large.png");
    busy.push(cpu);
    clock.push(time);
    shares.push(cpu / (await opened(address("plain.html")))[0]);
  }
  const seconds = (times) => times.sort((a, b) => a - b).map((s) => s.toFixed(2)).join(", ");
  console.log(`2,000 benchmarks x 365 nights: ${(statSync("large.html").size / 1e6).toFixed(2)} MB; ` +
    `until drawn ${seconds(busy)} s of CPU, ${seconds(clock)} s by the clock`);
  assert.ok(Math.min(...shares) < 1.2, `opening takes ${shares} times the CPU time of a plain table of 20,000 rows`);
  assert.deepEqual(errors, []);
} finally {
  await browser.close();
}
