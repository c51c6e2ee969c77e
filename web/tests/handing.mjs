// A delivery dropped on the page, listened to while one watches, stopped and gone on with. In an archive of its own.
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { check, looksRight, serve, sit, tabTo, told } from './desk.mjs'

const demo = new URL('../../demo/delivery/audio/', import.meta.url).pathname
const files = ['0310_130241_k40.wav', '0301_184439_k05.wav', '0302_091852_k06.mp3']

/** A delivery on the disk: three short calls and their table. */
function delivery() {
  const folder = mkdtempSync(join(tmpdir(), 'earwitness-drop-'))
  const inside = join(folder, 'from-the-source')
  mkdirSync(inside)
  for (const name of files) copyFileSync(join(demo, name), join(inside, name))
  const rows = files.map((name, i) => `${name},2022-03-0${i + 1},18:44:39,+380591104472,+79447702165`)
  writeFileSync(join(inside, 'calls.csv'), `file,date,time,from,to\n${rows.join('\n')}\n`)
  return { folder, inside, close: () => rmSync(folder, { recursive: true, force: true }) }
}

/** Drags a path of the disk over the page and lets it go there, as a hand does. */
async function drop(page, selector, path) {
  const box = await page.locator(selector).boundingBox()
  const session = await page.context().newCDPSession(page)
  const at = { x: box.x + box.width / 2, y: box.y + 12, data: { items: [], files: [path], dragOperationsMask: 1 } }
  for (const type of ['dragEnter', 'dragOver', 'drop']) await session.send('Input.dispatchDragEvent', { type, ...at })
  await session.detach()
}

const state = (page) => page.evaluate(async () => {
  const answer = await (await fetch('/api/work')).json()
  const [work] = (answer.work ?? answer).filter((one) => one.kind === 'process')
  return work ?? null
})

export const handing = {
  async 'a folder is dropped, taken in, listened to; stopped, gone on with to the end; its report read'(chromium) {
    if (process.env.EARWITNESS_URL) return 'needs the real program'
    const server = await serve({ empty: true })
    const given = delivery()
    try {
      const me = await sit(chromium, server.address, 'Oksana')
      const { page } = me
      await me.go('#/deliveries')
      await page.locator('.take').waitFor()
      await drop(page, '.take', given.inside)
      await page.locator('.report').waitFor({ timeout: 20_000 })
      const look = await told(page.locator('.report'))
      for (const name of [...files, 'calls.csv']) check(look.includes(name), `the look does not name ${name}: ${look}`)
      await looksRight(page, 'look-1440-light')
      await tabTo(page, '.report input[type=text]')
      await page.keyboard.type('Dropped by the test')
      await page.keyboard.press('Enter')
      await page.locator('.list > li', { hasText: 'Dropped by the test' }).waitFor({ timeout: 30_000 })
      await page.waitForFunction(() => !document.querySelector('.page-head .push').disabled)
      await page.getByRole('button', { name: 'Listen to what waits' }).click()
      await page.getByRole('button', { name: 'Stop' }).click({ timeout: 20_000 })
      await page.locator('.bar .chip', { hasText: 'stopped' }).waitFor({ timeout: 60_000 })
      const stopped = await state(page)
      check(stopped.state === 'stopped' && stopped.done < files.length, `it was not stopped: ${JSON.stringify(stopped)}`)
      // Gone on with, by keyboard, and watched: what the page shows comes from the server by itself.
      await page.waitForFunction(() => !document.querySelector('.page-head .push').disabled)
      await tabTo(page, '.page-head .push')
      await page.keyboard.press('Enter')
      await page.locator('.bar progress').waitFor({ timeout: 20_000 })
      await page.locator('.bar .chip', { hasText: 'done' }).nth(1).waitFor({ timeout: 120_000 })
      check((await state(page)).state === 'done', 'the page says done and the server does not')
      await page.locator('.list > li').getByRole('button', { name: 'Report' }).click()
      await page.locator('.list td', { hasText: files[0] }).first().waitFor()
      await looksRight(page, 'report-1440-light')
      await me.go('#/calls')
      await page.waitForFunction((n) => document.querySelectorAll('tbody tr a').length === n, files.length)
      await page.locator('tbody tr a').first().click()
      await page.locator('.turn').first().waitFor()
      check(me.faults.length === 0, me.faults.join('\n'))
    } finally {
      given.close()
      const verified = await server.stop()
      check(verified.status === 0, `the archive does not verify afterwards: ${verified.stdout}${verified.stderr}`)
    }
  },

  async 'files are dropped as other programs give them, and the delivery is left again'(chromium, server) {
    if (process.env.EARWITNESS_URL) return 'needs the real program'
    const me = await sit(chromium, server.address, 'Oksana')
    await me.go('#/deliveries')
    await me.page.locator('.take').waitFor()
    await me.page.evaluate(() => {
      const transfer = new DataTransfer()
      transfer.items.add(new File([new Uint8Array(40)], 'noise.wav', { type: 'audio/wav' }))
      transfer.items.add(new File(['file,date\nnoise.wav,2022-03-01\n'], 'calls.csv', { type: 'text/csv' }))
      document.querySelector('.take').dispatchEvent(new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer: transfer }))
    })
    await me.page.locator('.report').waitFor({ timeout: 20_000 })
    const shown = await told(me.page.locator('.report'))
    check(shown.includes('noise.wav') && shown.includes('calls.csv'), `what was dropped is not shown: ${shown}`)
    await me.page.locator('.report').getByRole('button', { name: 'Cancel' }).click()
    await me.page.locator('.report').waitFor({ state: 'detached' })
    check(me.faults.length === 0, me.faults.join('\n'))
  },
}

