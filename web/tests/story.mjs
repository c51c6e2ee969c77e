// A built story in real Chromium: `node tests/story.mjs SITE…` opens the folders that `earwitness story build` made.
// The players play, captions show, nothing is asked from outside, axe-core finds nothing, on a desk and on a telephone.
import { readFileSync, existsSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { delimiter, extname, join, normalize, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import assert from "node:assert/strict";

const KINDS = { ".html": "text/html; charset=utf-8", ".wav": "audio/wav", ".vtt": "text/vtt", ".png": "image/png",
  ".jpg": "image/jpeg", ".woff2": "font/woff2", ".txt": "text/plain; charset=utf-8" };

/** A folder over HTTP, with the ranges that players ask for. */
function serve(folder) {
  const server = createServer((request, response) => {
    const path = join(folder, normalize(decodeURIComponent(new URL(request.url, "http://x").pathname)));
    if (!path.startsWith(folder) || !existsSync(path) || !statSync(path).isFile()) return response.writeHead(404).end();
    const bytes = readFileSync(path);
    const head = { "Content-Type": KINDS[extname(path)] ?? "application/octet-stream", "Accept-Ranges": "bytes" };
    const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? "");
    if (!range) return response.writeHead(200, head).end(bytes);
    const [from, to] = [Number(range[1]), range[2] ? Number(range[2]) : bytes.length - 1];
    head["Content-Range"] = `bytes ${from}-${to}/${bytes.length}`;
    response.writeHead(206, head).end(bytes.subarray(from, to + 1));
  });
  return new Promise((done) => server.listen(0, "127.0.0.1", () => done(server)));
}

/** A page that fails the test when it complains or asks for anything from outside. */
async function open(context, address, own) {
  const page = await context.newPage();
  const wrong = [];
  page.on("console", (said) => said.type() === "error" && wrong.push(`console: ${said.text()}`));
  page.on("pageerror", (error) => wrong.push(`error: ${error.message}`));
  page.on("request", (asked) => asked.url().startsWith(own) || asked.url().startsWith("data:") || wrong.push(`asked for ${asked.url()}`));
  page.on("response", (got) => got.status() >= 400 && wrong.push(`${got.status()} ${got.url()}`));
  await page.goto(address, { waitUntil: "load" });
  return { page, wrong };
}

const playing = (page, after) =>
  page.waitForFunction((after) => document.querySelector("#sound").currentTime > after, after, { timeout: 8000 });

/** Every player of a page plays and shows its captions. */
async function plays(page, captions) {
  const count = await page.locator("a.play").count();
  for (let at = 0; at < count; at++) {
    const link = page.locator("a.play").nth(at);
    await link.click();
    await playing(page, 0.05);
    assert.equal(await link.getAttribute("aria-pressed"), "true");
    assert.ok(await page.locator("#dock").isVisible(), "the player is not to be seen");
    if (captions && (await link.getAttribute("data-captions"))) {
      await page.waitForFunction(() => document.querySelector("#cue").textContent.trim(), null, { timeout: 8000 });
    }
  }
  return count;
}

async function keyboard(page) {
  const link = page.locator("a.play").first();
  await link.focus();
  await page.keyboard.press("Space");
  await playing(page, 0.02);
  await page.keyboard.press("Escape");
  assert.ok(await page.locator("#dock").isHidden(), "Escape does not close the player");
  assert.ok(await link.evaluate((a) => a === document.activeElement), "the focus is lost with the player");
  await page.locator("#silent").check();
  assert.equal(await page.locator("a.play:visible").count(), 0, "players are to be seen without sound");
  await page.locator("#silent").uncheck();
}

async function accessible(page, axe, where) {
  await page.evaluate(axe);
  const found = await page.evaluate(() => window.axe.run(document));
  const said = found.violations.map((v) => `${v.id}: ${v.help}: ${v.nodes.map((n) => n.html.slice(0, 160)).slice(0, 3).join(" | ")}`);
  assert.deepEqual(said, [], where);
}

async function check(browser, folder, axe) {
  const server = await serve(folder);
  const own = `http://127.0.0.1:${server.address().port}/`;
  let played = 0;
  for (const [width, height, colorScheme] of [[1440, 900, "light"], [390, 844, "dark"]]) {
    const context = await browser.newContext({ viewport: { width, height }, colorScheme, reducedMotion: "reduce" });
    for (const name of ["index.html", "method.html"]) {
      const where = `${name} at ${width}`;
      const { page, wrong } = await open(context, own + name, own);
      assert.equal(await page.locator("h1").count(), 1, `${where}: headings`);
      const beside = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(beside <= 0, `${where}: ${beside} pixels stand out`);
      assert.ok(await page.evaluate(() => document.fonts.ready.then(() => document.fonts.check("20px Literata"))), where);
      await accessible(page, axe, where);
      played += await plays(page, true);
      await accessible(page, axe, `${where}, playing`);
      if (await page.locator("a.play").count()) await keyboard(page);
      await page.emulateMedia({ media: "print" });
      assert.equal(await page.locator("a.play:visible, #dock:visible").count(), 0, `${where}: players are printed`);
      assert.deepEqual(wrong, [], where);
      await page.close();
    }
    await context.close();
  }
  await withoutScript(browser, own);
  await asFile(browser, folder);
  server.close();
  return played;
}

/** Without script all is there to be read, and to be heard with the browser's own player. */
async function withoutScript(browser, own) {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const { page, wrong } = await open(context, own + "index.html", own);
  const inline = page.locator(".side a.play").first();
  if (await inline.count()) {
    await inline.click();
    await page.waitForURL(/method\.html#source-\d+$/);
    assert.ok(await page.locator("audio[controls]").first().isVisible(), "no player without script");
  }
  assert.deepEqual(wrong, [], "without script");
  await context.close();
}

/** As it lies on a disk. */
async function asFile(browser, folder) {
  const context = await browser.newContext();
  const own = pathToFileURL(folder).href;
  const { page, wrong } = await open(context, `${own}/index.html`, own);
  await plays(page, false);
  assert.deepEqual(wrong, [], "opened as a file");
  await context.close();
}

const sites = process.argv.slice(2).map((s) => resolve(s));
const chromium = (process.env.PATH ?? "").split(delimiter).map((d) => join(d, "chromium")).find(existsSync);
const skip = (why) => {
  if (process.env.CI) throw new Error(why);
  console.log(`skipped: ${why}`);
  process.exit(0);
};
const need = createRequire(import.meta.url);
let tools;
try {
  tools = { playwright: need("playwright-core"), axe: need("axe-core").source };
} catch {
  skip("web/node_modules is not there; `npm ci` in web/ makes it");
}
if (!chromium) skip("chromium is not installed");
if (!sites.length) throw new Error("say which folders: node tests/story.mjs SITE…");
const browser = await tools.playwright.chromium.launch({ executablePath: chromium, args: ["--no-sandbox", "--autoplay-policy=no-user-gesture-required"] });
try {
  for (const site of sites) console.log(`${site}: ${await check(browser, site, tools.axe)} players played; nothing was found`);
} finally {
  await browser.close();
}
