// What the browser tests share: the real program over a copy of an archive, a browser, and a way to fail with words.
import { spawn, spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from 'playwright-core'

export function need(name) {
  const value = process.env[name]
  if (!value) {
    console.log(`skipped: ${name} is not set`)
    process.exit(0)
  }
  return value
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** What axe finds wrong with the page as it stands. */
export async function faultsOf(page) {
  // The policy of the page allows no script from outside; the test speaks to the browser past it.
  await page.evaluate(axe)
  return page.evaluate(async () => {
    const found = await globalThis.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })
    return found.violations.map((one) => `${one.id}: ${one.nodes.slice(0, 3).map((node) => `${node.target.join(' ')} ${node.failureSummary?.split('\n')[1]?.trim() ?? ''}`).join(' | ')}`)
  })
}

/** Fails where axe finds something, and takes a picture if they are wanted. */
export async function looksRight(page, name) {
  const faults = await faultsOf(page)
  check(faults.length === 0, `${name}: ${faults.join('\n')}`)
  if (process.env.EARWITNESS_SHOTS) await page.screenshot({ path: join(process.env.EARWITNESS_SHOTS, `${name}.png`) })
}

/** Goes on with Tab until what has the focus is of this kind, as somebody without a mouse does. */
export async function tabTo(page, selector, most = 120) {
  for (let i = 0; i < most; i += 1) {
    if (await page.evaluate((wanted) => document.activeElement?.matches(wanted) ?? false, selector)) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`Tab does not lead to ${selector}`)
}

/** Starts `earwitness serve` over a copy of the archive, or an empty one; or uses EARWITNESS_URL, where something is served already. */
export async function serve({ empty = false } = {}) {
  if (process.env.EARWITNESS_URL) return { address: process.env.EARWITNESS_URL, pid: null, stop: async () => undefined }
  const program = need('EARWITNESS_BIN')
  const original = need('EARWITNESS_TEST_ARCHIVE')
  const folder = mkdtempSync(join(tmpdir(), 'earwitness-web-'))
  const archive = join(folder, 'archive')
  if (empty) spawnSync(program, ['init', archive])
  else cpSync(original, archive, { recursive: true, preserveTimestamps: true })
  const child = spawn(program, ['--archive', archive, 'serve', '--port', '0'], { stdio: ['ignore', 'pipe', 'pipe'] })
  let told = ''
  child.stderr.on('data', (bytes) => (told += bytes))
  const address = await new Promise((resolve, reject) => {
    let text = ''
    const late = setTimeout(() => reject(new Error(`serve said no address within a minute: ${told}`)), 60_000)
    child.stdout.on('data', (bytes) => {
      text += bytes
      const found = /http:\/\/\S+/.exec(text.replaceAll(/\x1b\[[0-9;]*m/g, ''))
      if (!found) return
      clearTimeout(late)
      resolve(found[0])
    })
    child.on('exit', (code) => reject(new Error(`serve ended with ${code}: ${told}`)))
  })
  const stop = async () => {
    child.removeAllListeners('exit')
    const ended = new Promise((resolve) => child.on('exit', resolve))
    child.kill('SIGINT')
    await ended
    const verified = spawnSync(program, ['--archive', archive, 'verify'], { encoding: 'utf8' })
    rmSync(folder, { recursive: true, force: true })
    return verified
  }
  return { address, archive, program, pid: child.pid, stop }
}

export const browser = () =>
  chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--autoplay-policy=no-user-gesture-required', '--enable-precise-memory-info'],
  })

/** A window of one person: signed in, with everything that goes wrong in the page kept in `faults`. */
export async function sit(chromium, address, person, { width = 1440, height = 900, scheme = 'light', language = 'en' } = {}) {
  const context = await chromium.newContext({ viewport: { width, height }, colorScheme: scheme, reducedMotion: 'reduce' })
  await context.addInitScript((chosen) => {
    if (!localStorage.getItem('earwitness.settings')) localStorage.setItem('earwitness.settings', JSON.stringify({ language: chosen }))
  }, language)
  const page = await context.newPage()
  const faults = []
  page.on('pageerror', (error) => faults.push(`${page.url()}: ${error.message}`))
  page.on('console', (message) => {
    // A refused revision (409) is part of the tests; the browser notes every answer of that kind.
    if (message.type() === 'error' && !/status of 4(09|22)/.test(message.text())) faults.push(`${page.url()}: ${message.text()}`)
  })
  await page.goto(address)
  const name = page.locator('dialog input[name=person]')
  const ready = page.locator('#main')
  await ready.waitFor({ state: 'attached' })
  if (await name.isVisible().catch(() => false)) {
    await name.fill(person)
    await name.press('Enter')
    await name.waitFor({ state: 'detached' })
  }
  const home = new URL(page.url()).origin
  return { context, page, faults, go: (hash) => page.goto(`${home}/${hash}`), home }
}

export async function kept(page) {
  await page.locator('[data-keeping=kept]').waitFor({ timeout: 15_000 })
}

export function check(holds, words) {
  if (!holds) throw new Error(words)
}

/** The calls with a transcript, by what the server says, in the order of days. */
export async function callsWithTurns(page, least = 3) {
  return page.evaluate(async (wanted) => {
    const { calls } = await (await fetch('/api/calls?q=&sort=started&offset=0&limit=100')).json()
    return calls.filter((call) => call.turns >= wanted).map(({ id, name }) => ({ id, name }))
  }, least)
}

export const callWithTurns = async (page, least = 3) => (await callsWithTurns(page, least))[0] ?? null

export const text = (page, n) => page.locator('.turn').nth(n).locator('[data-field=text]')
export const told = async (locator) => (await locator.textContent()) ?? ''

/** Opens a call and waits until it can be worked on. */
export async function open(desk, id) {
  await desk.go(`#/calls/${id}`)
  await desk.page.locator('.turn').first().waitFor()
  await kept(desk.page)
}
