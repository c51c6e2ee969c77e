// The workbench in a browser, over the real program. Plain node: npm run test:browser
//   EARWITNESS_BIN            the program
//   EARWITNESS_TEST_ARCHIVE   an archive with processed calls; it is copied first
//   EARWITNESS_SHOTS          where pictures of the pages go, if they are wanted
import { byhand } from './byhand.mjs'
import { browser, serve } from './desk.mjs'
import { correcting } from './correcting.mjs'
import { handing } from './handing.mjs'
import { looking } from './looking.mjs'
import { marking } from './marking.mjs'
import { taking } from './taking.mjs'

const desk = await serve()
const chromium = await browser()
const only = process.argv[2]
let failed = 0
let passed = 0
for (const [name, test] of Object.entries({ ...correcting, ...marking, ...byhand, ...taking, ...handing, ...looking })) {
  if (only && !name.includes(only)) continue
  const begun = Date.now()
  try {
    const said = await test(chromium, desk)
    passed += 1
    console.log(`ok    ${name}${said ? ` (${said})` : ''}  ${Date.now() - begun} ms`)
  } catch (error) {
    failed += 1
    console.log(`FAIL  ${name}\n      ${String(error?.stack ?? error).split('\n').slice(0, 12).join('\n      ')}`)
  }
  for (const context of chromium.contexts()) await context.close()
}
await chromium.close()
const verified = await desk.stop()
if (verified && verified.status !== 0) {
  failed += 1
  console.log(`FAIL  the archive verifies afterwards\n${verified.stdout}${verified.stderr}`)
} else if (verified) console.log('ok    the archive verifies afterwards')
console.log(`${passed} passed, ${failed} failed`)
process.exit(failed > 0 ? 1 : 0)
