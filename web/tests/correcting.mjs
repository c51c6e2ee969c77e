// Correcting a call: alone, with another person, by keyboard only.
import { callWithTurns, check, kept, open, sit, text, told } from './desk.mjs'

/** Puts the caret behind the last letter of a turn and types. */
async function append(page, n, words) {
  await text(page, n).focus()
  await page.keyboard.press('End')
  await page.keyboard.press('Control+End')
  await page.keyboard.type(words, { delay: 15 })
}

export const correcting = {
  async 'a word is corrected, undone, redone, kept, and found'(chromium, server) {
    const me = await sit(chromium, server.address, 'Oksana')
    const call = await callWithTurns(me.page)
    check(call, 'the archive has no transcript to correct')
    await open(me, call.id)
    const before = await told(text(me.page, 1))
    await append(me.page, 1, ' перекотиполе')
    check((await told(text(me.page, 1))) === `${before} перекотиполе`, 'what was typed does not stand in the turn')
    await me.page.keyboard.press('Control+z')
    check((await told(text(me.page, 1))) === before, 'undo did not bring the turn back')
    await me.page.keyboard.press('Control+Shift+z')
    check((await told(text(me.page, 1))) === `${before} перекотиполе`, 'redo did not bring the correction back')
    await me.page.locator('[data-keeping=changed], [data-keeping=keeping], [data-keeping=kept]').first().waitFor()
    await kept(me.page)
    await me.page.locator('.turn').nth(1).locator('.by').waitFor()
    await me.page.reload()
    await me.page.locator('.turn').first().waitFor()
    check((await told(text(me.page, 1))) === `${before} перекотиполе`, 'the correction is gone after loading the page again')
    if (!process.env.EARWITNESS_URL) {
      await me.go('#/search?q=перекотиполе')
      await me.page.locator('.hit mark').first().waitFor({ timeout: 15_000 })
      check((await me.page.locator('.hit').count()) === 1, 'the corrected word is not found exactly once')
      await me.page.locator('.hit button').first().click()
      await me.page.locator('.hit button[aria-pressed=true]').waitFor()
    }
    check(me.faults.length === 0, me.faults.join('\n'))
  },

  async 'the words light up while they are spoken, and a click plays a word'(chromium, server) {
    const me = await sit(chromium, server.address, 'Oksana')
    const call = await callWithTurns(me.page)
    await open(me, call.id)
    const box = await text(me.page, 2).boundingBox()
    await me.page.mouse.click(box.x + 30, box.y + box.height / 2)
    await me.page.waitForFunction(() => (CSS.highlights.get('spoken')?.size ?? 0) > 0, null, { timeout: 10_000 })
    await me.page.keyboard.press('Escape')
    const clock = await me.page.locator('.clock').textContent()
    check(!clock.startsWith('0:00.0'), 'a click on a word did not move the sound')
    check(me.faults.length === 0, me.faults.join('\n'))
  },

  async 'turns are split, joined and given to another speaker, and undone'(chromium, server) {
    const me = await sit(chromium, server.address, 'Oksana')
    const call = await callWithTurns(me.page)
    await open(me, call.id)
    const rows = () => me.page.locator('.turn').count()
    const [many, before] = [await rows(), await told(text(me.page, 2))]
    const cut = before.indexOf(' ') + 1
    check(cut > 0, 'the turn has one word only')
    await text(me.page, 2).focus()
    await me.page.keyboard.press('Control+Home')
    for (let i = 0; i < cut; i += 1) await me.page.keyboard.press('ArrowRight')
    await me.page.keyboard.press('Control+d')
    check((await rows()) === many + 1, 'the turn was not split')
    check((await told(text(me.page, 3))) === before.slice(cut), 'the second part is not what stood behind the caret')
    await text(me.page, 2).focus()
    await me.page.keyboard.press('Control+m')
    check((await rows()) === many && (await told(text(me.page, 2))) === before, 'joining did not bring the turn back')
    const who = me.page.locator('.turn').nth(2).locator('.who')
    const name = await who.textContent()
    for (const key of ['1', '2', '3']) {
      await me.page.keyboard.press(`Control+${key}`)
      if ((await who.textContent()) !== name) break
    }
    await kept(me.page)
    for (let i = 0; i < 6 && !(await me.page.getByRole('button', { name: 'Undo' }).isDisabled()); i += 1) await me.page.keyboard.press('Control+z')
    check((await who.textContent()) === name, 'the speaker did not come back')
    await kept(me.page)
    check(me.faults.length === 0, me.faults.join('\n'))
  },

  async 'two people on one turn: told, both versions shown, nothing lost'(chromium, server) {
    const a = await sit(chromium, server.address, 'Oksana')
    const b = await sit(chromium, server.address, 'Taras')
    const call = await callWithTurns(a.page)
    await open(a, call.id)
    await open(b, call.id)
    // The line between the tabs is cut, so that B types without knowing of A, as two people do in the same second.
    await append(a.page, 0, ' альфа')
    await append(b.page, 0, ' бета')
    const dialogs = [a, b].map((one) => one.page.locator('dialog[open] fieldset').waitFor({ timeout: 20_000 }).then(() => one))
    const loser = await Promise.any(dialogs)
    dialogs.forEach((dialog) => dialog.catch(() => undefined))
    const shown = await loser.page.locator('dialog fieldset').textContent()
    check(shown.includes('альфа') && shown.includes('бета'), `the dialog does not show both versions: ${shown}`)
    await loser.page.locator('dialog input[value=mine]').check()
    await loser.page.locator('dialog button.main').click()
    await kept(loser.page)
    const mine = loser === a ? 'альфа' : 'бета'
    check((await told(text(loser.page, 0))).includes(mine), 'the chosen version does not stand')
    if (!process.env.EARWITNESS_URL) {
      const all = await loser.page.evaluate(async (id) => {
        const { transcripts } = await (await fetch(`/api/calls/${id}/revisions`)).json()
        const texts = []
        for (const one of transcripts) texts.push(JSON.stringify((await (await fetch(`/api/calls/${id}/revisions/${one.id}`)).json()).turns))
        return texts.join('\n')
      }, call.id)
      check(all.includes('альфа') && all.includes('бета'), 'one of the two versions is not in the history')
    }
    check(a.faults.length + b.faults.length === 0, [...a.faults, ...b.faults].join('\n'))
  },

  async 'what cannot be kept stays in the browser and comes back'(chromium, server) {
    const me = await sit(chromium, server.address, 'Oksana')
    const call = await callWithTurns(me.page)
    await open(me, call.id)
    await me.context.route('**/transcript', (route) => route.abort())
    await append(me.page, 1, ' збережи')
    await me.page.locator('[data-keeping=failed]').waitFor({ timeout: 10_000 })
    me.page.on('dialog', (dialog) => void dialog.accept())
    await me.context.unroute('**/transcript')
    await me.page.reload()
    await me.page.getByRole('button', { name: 'Put them in' }).click()
    await kept(me.page)
    check((await told(text(me.page, 1))).endsWith('збережи'), 'the draft was lost')
  },

  async 'everything by keyboard: from the list to a corrected word and back'(chromium, server) {
    const me = await sit(chromium, server.address, 'Oksana')
    await me.go('#/calls')
    await me.page.locator('tbody tr a').first().waitFor()
    await me.page.locator('[aria-describedby=calls-keys]').focus()
    const found = await callWithTurns(me.page)
    const names = await me.page.locator('tbody tr a').allTextContents()
    for (let i = 0; i < names.indexOf(found.name); i += 1) await me.page.keyboard.press('ArrowDown')
    await me.page.keyboard.press('Enter')
    await me.page.locator('.turn').first().waitFor()
    await kept(me.page)
    for (let i = 0; i < 60; i += 1) {
      await me.page.keyboard.press('Tab')
      if (await me.page.evaluate(() => document.activeElement?.dataset.field === 'text')) break
    }
    check(await me.page.evaluate(() => document.activeElement?.dataset.field === 'text'), 'Tab does not lead to the transcript')
    await me.page.keyboard.press('Control+Enter')
    await me.page.keyboard.press('Control+End')
    await me.page.keyboard.type(' клавіша')
    await me.page.keyboard.press('Control+s')
    await kept(me.page)
    await me.page.keyboard.press('Escape')
    await me.page.keyboard.press('F6')
    check(await me.page.evaluate(() => document.activeElement?.classList.contains('play')), 'F6 does not leave the text')
    await me.page.keyboard.press('?')
    await me.page.locator('dialog[open] kbd, dialog[open] h3').first().waitFor()
    await me.page.keyboard.press('Escape')
    check((await me.page.locator('dialog[open]').count()) === 0, 'Escape does not close the help')
    check(me.faults.length === 0, me.faults.join('\n'))
  },
}
