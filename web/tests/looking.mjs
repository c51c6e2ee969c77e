// Deciding voices, and every page looked at: by axe, for faults of the policy, and as pictures.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { callWithTurns, check, faultsOf, sit } from './desk.mjs'

const pages = ['calls', 'search', 'voices', 'people', 'phones', 'network', 'themes', 'claims', 'basket', 'stories', 'deliveries', 'custody']
const shots = process.env.EARWITNESS_SHOTS

async function settle(page) {
  await page.locator('#main').waitFor({ state: 'attached' })
  await page.waitForLoadState('networkidle', { timeout: 1500 }).catch(() => undefined)
  await page.waitForTimeout(500)
}

async function tour(chromium, server, window) {
  const me = await sit(chromium, server.address, 'Oksana', window)
  const call = await callWithTurns(me.page)
  const stops = [...pages.map((page) => [page, `#/${page}`]), ['call', `#/calls/${call.id}`], ['found', '#/search?q=%D0%BC%D0%B0%D0%BC%D0%B0'], ['new-theme', '#/themes/new']]
  const [theme] = await me.page.evaluate(async () => (await (await fetch('/api/themes')).json()).themes ?? [])
  if (theme) stops.push(['theme', `#/themes/${theme.id}`])
  if (server.harsh) stops.push(['warned', `#/calls/${server.harsh}`])
  const wrong = []
  for (const [name, hash] of stops) {
    await me.go(hash)
    await settle(me.page)
    for (const fault of await faultsOf(me.page)) wrong.push(`${name}: ${fault}`)
    const wide = await me.page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
    if (wide > 0) wrong.push(`${name}: the page is ${wide} pixels wider than the window`)
    if (shots) {
      mkdirSync(shots, { recursive: true })
      await me.page.screenshot({ path: join(shots, `${name}-${window.width}-${window.scheme}${window.language === 'uk' ? '-uk' : ''}.png`) })
    }
  }
  await me.page.keyboard.press('?')
  await me.page.locator('dialog[open]').waitFor({ timeout: 2000 }).catch(() => wrong.push('the help does not open'))
  for (const fault of await faultsOf(me.page)) wrong.push(`help: ${fault}`)
  check(wrong.length + me.faults.length === 0, [...wrong, ...me.faults].join('\n'))
  return `${stops.length + 1} pages`
}

export const looking = {
  async 'a voice is heard and decided by keys'(chromium, server) {
    const me = await sit(chromium, server.address, 'Oksana')
    await me.go('#/voices')
    await settle(me.page)
    if ((await me.page.locator('.card').count()) === 0) return 'nothing to decide in this archive'
    const before = await me.page.evaluate(async () => (await (await fetch('/api/voices')).json()).suggestions.filter((one) => one.decision === null).length)
    await me.page.keyboard.press('h')
    await me.page.locator('.side.sounding').waitFor()
    if (process.env.EARWITNESS_URL) return 'heard'
    await me.page.keyboard.press('s')
    await me.page.waitForFunction(async (n) => (await (await fetch('/api/voices')).json()).suggestions.filter((one) => one.decision === null).length < n, before)
    check(me.faults.length === 0, me.faults.join('\n'))
  },
  'every page in light at 1440: axe, policy, width': (chromium, server) => tour(chromium, server, { width: 1440, height: 900, scheme: 'light' }),
  'every page in dark at 1440': (chromium, server) => tour(chromium, server, { width: 1440, height: 900, scheme: 'dark' }),
  'every page in light at 390': (chromium, server) => tour(chromium, server, { width: 390, height: 844, scheme: 'light' }),
  'every page in dark at 390, in Ukrainian': (chromium, server) => tour(chromium, server, { width: 390, height: 844, scheme: 'dark', language: 'uk' }),
}
