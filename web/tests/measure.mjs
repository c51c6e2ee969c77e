// Figures of speed in the browser, printed as one JSON document. Plain node: npm run measure
//   EARWITNESS_BIN, EARWITNESS_TEST_ARCHIVE   as for the tests; or EARWITNESS_URL, where something is served already
//   EARWITNESS_LIST_ONLY                      measure the list of calls and no call
//   EARWITNESS_LONG_CALL                      the call to type in (default: the longest)
import { readFileSync } from 'node:fs'
import { browser, kept, serve, sit } from './desk.mjs'

const desk = await serve()
const chromium = await browser()
const me = await sit(chromium, desk.address, 'Oksana')
const { page } = me
const figures = {}

const spread = (list) => {
  const sorted = [...list].sort((a, b) => a - b)
  const at = (share) => Number((sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN).toFixed(1))
  return { n: sorted.length, median: at(0.5), p95: at(0.95), most: at(1) }
}

async function memory() {
  const session = await me.context.newCDPSession(page)
  await session.send('HeapProfiler.collectGarbage')
  await session.send('Performance.enable')
  const { metrics } = await session.send('Performance.getMetrics')
  const value = (name) => metrics.find((one) => one.name === name)?.value ?? 0
  await session.detach()
  return { js_heap_mb: Number((value('JSHeapUsedSize') / 1e6).toFixed(1)), dom_nodes: value('Nodes') }
}

/** From asking for the page until rows can be read and pressed. */
async function list() {
  const times = []
  for (let i = 0; i < 5; i += 1) {
    await page.goto('about:blank')
    const begun = Date.now()
    await page.goto(`${me.home}/#/calls`, { waitUntil: 'commit' })
    await page.locator('tbody tr a').first().waitFor()
    times.push(Date.now() - begun)
  }
  return spread(times)
}

async function jump() {
  const times = []
  for (const share of [0.5, 0.9, 0.1, 0.7, 0.3]) {
    const begun = Date.now()
    await page.evaluate((part) => {
      const frame = document.querySelector('[aria-describedby=calls-keys]')
      frame.scrollTop = frame.scrollHeight * part
    }, share)
    await page.waitForTimeout(20)
    await page.waitForFunction(() => {
      const frame = document.querySelector('[aria-describedby=calls-keys]').getBoundingClientRect()
      const row = document.elementFromPoint(frame.left + 200, frame.top + frame.height / 2)?.closest('tr')
      return row?.querySelector('a') !== null && row !== null && row !== undefined
    })
    times.push(Date.now() - begun)
  }
  return spread(times)
}

async function longest() {
  if (process.env.EARWITNESS_LONG_CALL) return process.env.EARWITNESS_LONG_CALL
  return page.evaluate(async () => {
    const { calls } = await (await fetch('/api/calls?q=&sort=-duration&offset=0&limit=50')).json()
    return calls.reduce((best, call) => (call.turns > 0 && (!best || call.duration > best.duration) ? call : best), null)?.id
  })
}

/** From the key going down until the picture with its letter is given to the screen. */
async function typing() {
  await page.evaluate(() => {
    window.keyTimes = []
    addEventListener('keydown', (event) => {
      const begun = event.timeStamp
      requestAnimationFrame(() => {
        const channel = new MessageChannel()
        channel.port1.onmessage = () => window.keyTimes.push(performance.now() - begun)
        channel.port2.postMessage(0)
      })
    }, true)
  })
  const rows = page.locator('.turn [data-field=text]')
  await rows.nth(Math.floor((await rows.count()) / 2)).focus()
  // Latin letters: the driver sends others without a key going down.
  await page.keyboard.type(' typing words one after another without any rest between', { delay: 40 })
  return spread(await page.evaluate(() => window.keyTimes))
}

/** From a press on a word until sound runs from its place. */
async function seeking() {
  const times = []
  const rows = page.locator('.turn [data-field=text]')
  const many = await rows.count()
  for (const share of [0.1, 0.6, 0.3, 0.9, 0.5, 0.2, 0.8, 0.05]) {
    const row = rows.nth(Math.floor(many * share))
    // In the middle of the window: at its edges the player and the tools lie over the text.
    await row.evaluate((element) => element.scrollIntoView({ block: 'center' }))
    await page.waitForTimeout(250)
    const box = await row.boundingBox()
    const waiting = page.evaluate(() => new Promise((resolve) => {
      setTimeout(() => resolve(NaN), 60_000)
      const heard = (event) => {
        const begun = event.timeStamp
        const look = () => {
          const audio = window.measuredAudio
          return audio && !audio.seeking && !audio.paused && audio.readyState >= 3 ? resolve(performance.now() - begun) : setTimeout(look, 1)
        }
        setTimeout(look, 0)
      }
      document.addEventListener('click', heard, { capture: true, once: true })
    }))
    await page.waitForTimeout(30)
    await page.mouse.click(box.x + 40, box.y + 14)
    const time = await waiting
    if (!Number.isFinite(time)) throw new Error(`a press on a word was not heard within a minute: ${await page.evaluate(() => JSON.stringify({ paused: window.measuredAudio?.paused, seeking: window.measuredAudio?.seeking, ready: window.measuredAudio?.readyState, error: window.measuredAudio?.error?.message }))}`)
    times.push(time)
    await page.waitForTimeout(300)
  }
  await page.keyboard.press('Escape')
  // The first press may have to wait until the server has made the sound, and the browser its way to the ears.
  const [first = NaN, ...later] = times
  return { first: Number(first.toFixed(1)), ...spread(later) }
}

await me.context.addInitScript(() => {
  const play = HTMLMediaElement.prototype.play
  HTMLMediaElement.prototype.play = function () {
    window.measuredAudio = this
    return play.call(this)
  }
})
figures.calls = await page.evaluate(async () => (await (await fetch('/api/calls?q=&offset=0&limit=1')).json()).total)
figures.list_usable_ms = await list()
figures.jump_in_list_ms = await jump()
figures.list_memory = await memory()

if (process.env.EARWITNESS_LIST_ONLY) {
  console.log(JSON.stringify(figures, null, 2))
  await chromium.close()
  await desk.stop()
  process.exit(0)
}

const call = await longest()
const begun = Date.now()
await page.goto('about:blank')
await page.goto(`${me.home}/#/calls/${call}`)
await page.locator('.turn').first().waitFor()
figures.call_open_ms = Date.now() - begun
await kept(page)
figures.call_turns = await page.locator('.turn').count()
await page.waitForTimeout(1500)
figures.keystroke_painted_ms = await typing()
await kept(page)
figures.seek_heard_ms = await seeking()
figures.call_memory = await memory()
if (desk.pid) {
  const status = readFileSync(`/proc/${desk.pid}/status`, 'utf8')
  figures.server_memory_mb = Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1000)
}
console.log(JSON.stringify(figures, null, 2))
await chromium.close()
await desk.stop()
