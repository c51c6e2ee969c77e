// A delivery handed over in the browser, the chain of custody verified, a story written and built.
import { check, sit } from './desk.mjs'

/** A second of a tone as a WAV file. */
function tone() {
  const rate = 8000
  const bytes = Buffer.alloc(44 + rate * 4)
  bytes.write('RIFF', 0); bytes.writeUInt32LE(36 + rate * 4, 4); bytes.write('WAVEfmt ', 8); bytes.writeUInt32LE(16, 16)
  bytes.writeUInt16LE(1, 20); bytes.writeUInt16LE(1, 22); bytes.writeUInt32LE(rate, 24); bytes.writeUInt32LE(rate * 2, 28)
  bytes.writeUInt16LE(2, 32); bytes.writeUInt16LE(16, 34); bytes.write('data', 36); bytes.writeUInt32LE(rate * 4, 40)
  for (let i = 0; i < rate * 2; i += 1) bytes.writeInt16LE(Math.round(9000 * Math.sin(i * 0.31)), 44 + i * 2)
  return bytes
}

export const taking = {
  async 'a delivery is handed over, looked at, taken in, and its report read'(chromium, server) {
    if (process.env.EARWITNESS_URL) return 'needs the real program'
    const me = await sit(chromium, server.address, 'Oksana')
    await me.go('#/deliveries')
    await me.page.locator('#delivery-files').waitFor({ state: 'attached' })
    const before = await me.page.locator('.list > li').count()
    await me.page.setInputFiles('#delivery-files', [
      { name: 'tone.wav', mimeType: 'audio/wav', buffer: tone() },
      { name: 'calls.csv', mimeType: 'text/csv', buffer: Buffer.from('file,date,time,from,to\ntone.wav,2022-03-01,18:44:39,+380591104472,+79447702165\n') },
    ])
    await me.page.locator('.report').waitFor({ timeout: 20_000 })
    const shown = await me.page.locator('.report').textContent()
    check(shown.includes('calls.csv') && shown.includes('tone.wav'), `the look does not name the table and the file: ${shown}`)
    await me.page.locator('.report input[type=text]').fill('A tone, for the test')
    await me.page.locator('.report button.main').click()
    await me.page.waitForFunction((n) => document.querySelectorAll('.list > li').length > n, before, { timeout: 30_000 })
    const added = me.page.locator('.list > li', { hasText: 'A tone, for the test' })
    await added.getByRole('button', { name: 'Report' }).click()
    await added.locator('td', { hasText: 'tone.wav' }).first().waitFor()
    check(me.faults.length === 0, me.faults.join('\n'))
  },

  async 'custody is verified and the result shown'(chromium, server) {
    if (process.env.EARWITNESS_URL) return 'needs the real program'
    const me = await sit(chromium, server.address, 'Oksana')
    await me.go('#/custody')
    await me.page.locator('tbody tr').first().waitFor()
    await me.page.getByRole('button', { name: 'Verify now' }).click()
    await me.page.locator('.note.good', { hasText: 'Whole.' }).waitFor({ timeout: 60_000 })
    check(me.faults.length === 0, me.faults.join('\n'))
  },

  async 'a story is begun, checked while it is written, and previewed'(chromium, server) {
    if (process.env.EARWITNESS_URL) return 'needs the real program'
    const me = await sit(chromium, server.address, 'Oksana')
    await me.go('#/stories')
    await me.page.locator('form input[type=text]').fill('from-the-browser')
    await me.page.keyboard.press('Enter')
    const text = me.page.locator('.story > textarea')
    await text.waitFor()
    await me.page.waitForFunction(() => document.querySelector('.story > textarea').value.length > 0)
    await text.focus()
    await me.page.keyboard.press('Control+End')
    await me.page.keyboard.type('\n\n{{ quote nowhere#1 }}\n')
    await me.page.locator('.beside .note.bad').first().waitFor({ timeout: 20_000 })
    await me.page.keyboard.press('Control+a')
    await me.page.keyboard.type('+++\ntitle = "A test"\n+++\n\nA paragraph without a quote.\n')
    await me.page.locator('[role=status]', { hasText: /^Saved$/ }).waitFor({ timeout: 20_000 })
    await me.page.waitForFunction(() => document.querySelectorAll('.beside .note.bad').length === 0, null, { timeout: 20_000 })
    await me.page.getByRole('button', { name: 'Build draft' }).click()
    const frame = me.page.frameLocator('iframe')
    await frame.getByText('A paragraph without a quote.').waitFor({ timeout: 30_000 })
    // The preview runs no script, though the page for readers may bring one that it can do without: the browser says so.
    const faults = me.faults.filter((fault) => !/Blocked script execution in '[^']*\/stories\//.test(fault))
    check(faults.length === 0, faults.join('\n'))
  },
}
