// What the browser tests share: the real program over a copy of an archive, a browser, and a way to fail with words.
import { spawn, spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
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

/** Starts `earwitness serve` over a copy of the archive; or uses EARWITNESS_URL, where something is served already. */
export async function serve() {
  if (process.env.EARWITNESS_URL) return { address: process.env.EARWITNESS_URL, pid: null, stop: async () => undefined }
  const program = need('EARWITNESS_BIN')
  const original = need('EARWITNESS_TEST_ARCHIVE')
  const folder = mkdtempSync(join(tmpdir(), 'earwitness-web-'))
  const archive = join(folder, 'archive')
  cpSync(original, archive, { recursive: true, preserveTimestamps: true })
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

/** The first call with a transcript, by what the server says. */
export async function callWithTurns(page, least = 3) {
  return page.evaluate(async (wanted) => {
    const { calls } = await (await fetch('/api/calls?q=&sort=started&offset=0&limit=100')).json()
    const found = calls.find((call) => call.turns >= wanted)
    return found ? { id: found.id, name: found.name } : null
  }, least)
}
