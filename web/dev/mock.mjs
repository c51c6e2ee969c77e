// A stand-in for the server, for work on the pages alone: made-up calls, a tone for sound, the policy of the real thing.
// No part of the product. node dev/mock.mjs [PORT] [CALLS]
import { createReadStream, existsSync } from 'node:fs'
import { createServer } from 'node:http'
import { extname, join, normalize } from 'node:path'
import { desk } from './mockdesk.mjs'

const port = Number(process.argv[2] ?? 7070)
const many = Number(process.argv[3] ?? 27)
const dist = new URL('../dist/', import.meta.url).pathname
const types = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' }
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self' blob:; connect-src 'self'; font-src 'self'; frame-src 'self'"

const said = ['Мам, привет. Слышишь меня?', 'Слышу, слышу. Ты где сейчас, сынок?', 'Да мы тут стоим под лесом, третий день без связи.', 'Господи. А кормят вас хоть?', 'Кормят через раз. Вчера ходили по домам, искали еду, сука, ничего нет.', 'Ты только береги себя, ладно?', 'Ладно. Артёму передай, что деньги не пришли.', 'Передам. Он вчера звонил, спрашивал про тебя.']
const english = ['Mum, hi. Can you hear me?', 'I can, I can. Where are you now, son?', 'We are standing below the forest here, the third day without a line.', 'Lord. Do they feed you at least?', 'Every other day. Yesterday we went through the houses looking for food, damn, there is nothing.', 'Only take care of yourself, all right?', 'All right. Tell Artyom that the money has not come.', 'I will. He rang yesterday and asked about you.']
let noise = 7
const random = () => (noise = (noise * 16807) % 2147483647) / 2147483647

function turnsOf(seconds) {
  const turns = []
  let at = 0.4
  while (at < seconds - 4) {
    const i = turns.length % said.length
    const words = said[i].split(' ')
    const length = words.length * 0.34
    turns.push({ index: turns.length, start: at, end: at + length, channel: 0, speaker: turns.length % 2 ? 'B' : 'A', language: 'ru', text: said[i], by: turns.length === 3 ? 'person' : 'machine', doubt: turns.length % 9 === 4 ? { reason: 'low_confidence', detail: 'half of the words', heard: null } : null, words: words.map((w, j) => ({ w, start: at + j * 0.34, end: at + j * 0.34 + 0.3, p: random() > 0.12 ? 0.9 : 0.4 })), translation: english[i], translation_by: 'machine', translation_stale: false })
    at += length + 0.25
  }
  return turns
}

const rows = Array.from({ length: many }, (_, i) => ({ id: `c${i}`, name: `0${1 + (i % 3)}${String(1 + (i % 28)).padStart(2, '0')}_18${String(i % 60).padStart(2, '0')}02_k${String(i).padStart(2, '0')}.wav`, started_at: new Date(Date.UTC(2022, 1, 24) + (i * 86400e3 * 90) / many).toISOString().replace('Z', '+02:00'), duration: i === 1 ? 7200 : 30 + random() * 60, from: `+3805911${String(10000 + (i % 40)).slice(1)}30`, to: `+7944770${2000 + (i % 17)}`, people: i % 3 ? [] : ['Artyom'], language: i % 5 ? 'ru' : 'uk', place: 'КБ-0417/2', state: ['machine', 'corrected', 'reviewed', 'waiting', 'machine'][i % 5], turns: 20, doubts: i % 4, has_translation: true, stale_translation: i % 11 === 3 }))
const kept = new Map()
function callOf(id) {
  if (kept.has(id)) return kept.get(id)
  const row = rows.find((one) => one.id === id)
  if (!row) return null
  const call = { ...row, recording: { sha256: 'ab'.repeat(32), channels: 1, sample_rate: 8000, damage: null, files: [row.name] }, sides: null, speakers: [{ label: 'A', name: 'Artyom', person: 'p1', standing: 'confirmed', side: 'caller', seconds: 20 }, { label: 'B', name: null, person: null, standing: null, side: 'called', seconds: 18 }], revision: { id: 'r1', number: 1, author: 'whisper-base', by: 'machine', at: '2026-11-23T20:13:58Z', based_on: null }, translation: { id: 't1', number: 1, author: 'whisper-base', by: 'machine', at: '2026-11-23T20:13:58Z', based_on: null, stale: false }, reviewed: [], turns: turnsOf(row.duration) }
  kept.set(id, call)
  return call
}

const sounds = new Map()
function wav(seconds) {
  if (sounds.has(seconds)) return sounds.get(seconds)
  const rate = 8000
  const n = Math.floor(seconds * rate)
  const bytes = Buffer.alloc(44 + n * 2)
  bytes.write('RIFF', 0); bytes.writeUInt32LE(36 + n * 2, 4); bytes.write('WAVEfmt ', 8); bytes.writeUInt32LE(16, 16); bytes.writeUInt16LE(1, 20); bytes.writeUInt16LE(1, 22); bytes.writeUInt32LE(rate, 24); bytes.writeUInt32LE(rate * 2, 28); bytes.writeUInt16LE(2, 32); bytes.writeUInt16LE(16, 34); bytes.write('data', 36); bytes.writeUInt32LE(n * 2, 40)
  for (let i = 0; i < n; i += 1) bytes.writeInt16LE(Math.round(6000 * ((i % 32) / 16 - 1) * ((i % 9000) / 9000)), 44 + i * 2)
  sounds.set(seconds, bytes)
  return bytes
}

function counts(key) {
  const found = new Map()
  for (const row of rows) found.set(key(row), (found.get(key(row)) ?? 0) + 1)
  return [...found].map(([value, count]) => ({ value, count }))
}
let person = null
const clip = (call, label) => ({ call, label, name: rows.find((r) => r.id === call)?.name, start: 2, end: 6 })
const answers = {
  '/api/calls/facets': () => ({ languages: counts((r) => r.language), states: counts((r) => r.state), phones: counts((r) => r.from).slice(0, 20), people: [{ value: 'p1', label: 'Artyom', count: 9 }], days: counts((r) => r.started_at.slice(0, 10)), total: many }),
  '/api/search': () => ({ total_turns: 41, total_calls: 12, hits: rows.slice(0, 10).map((r, i) => ({ call: r.id, name: r.name, started_at: r.started_at, from: r.from, to: r.to, turn: i, start: 3, end: 7, speaker: 'A', person: null, text: [{ t: 'Вчера ходили по ', hit: false }, { t: 'домам', hit: true }], translation: [{ t: 'Yesterday we went through the ', hit: false }, { t: 'houses', hit: true }], score: 1 })), facets: { languages: [{ value: 'ru', count: 30 }], phones: [{ value: rows[0].from, count: 3 }], months: [{ value: '2022-03', count: 20 }] } }),
  '/api/people': () => ({ people: [{ id: 'p1', name: 'Artyom', alias: null, role: 'private', note: null, protected: true, links: [{ id: 'l1', kind: 'voice', target: 'V1', label: 'V1', standing: 'confirmed', by: 'Oksana', at: '2026-11-23T20:13:58Z', evidence: 'names himself' }], calls: [rows[0]] }] }),
  '/api/phones': () => ({ phones: counts((r) => r.from).map((c) => ({ number: c.value, calls: c.count, first: '2022-03-01', last: '2022-03-30', places: ['КБ-0417/2'], voices: 2, contacts: [{ number: rows[0].to, calls: 2 }], people: [] })) }),
  '/api/voices': () => ({ suggestions: [{ a: clip('c0', 'A'), b: clip('c2', 'B'), score: 1.9, words: 'moderate support for one voice', supports: ['both call the same number'], contradicts: [], decision: null }], groups: [{ id: 'V1', members: [{ call: 'c0', label: 'A', name: rows[0].name }], people: [{ id: 'p1', name: 'Artyom' }] }] }),
  '/api/network': () => ({ nodes: [{ id: 'phone:1', kind: 'phone', label: '+380591104472' }, { id: 'phone:2', kind: 'phone', label: '+79447702165' }, { id: 'voice:V1', kind: 'voice', label: 'V1' }, { id: 'person:p1', kind: 'person', label: 'Artyom' }], links: [{ from: 'phone:1', to: 'phone:2', kind: 'calls', standing: null, score: null }, { from: 'voice:V1', to: 'phone:1', kind: 'voice', standing: 'suggested', score: 1 }, { from: 'person:p1', to: 'voice:V1', kind: 'voice', standing: 'confirmed', score: 2 }] }),
  '/api/claims': () => ({ claims: [{ id: 'm1', key: 'C1', call: 'c0', call_name: rows[0].name, turn: 4, kind: 'looting', who: null, what: 'Soldiers went through houses looking for food.', where: null, when: '2022-03', basis: 'firsthand', standing: 'word_alone', sentence: 'There is no evidence beside the word of the caller.', bearings: [] }], evidence: [{ id: 'e1', key: 'D1', kind: 'document', title: 'A roster', sha256: null, source: 'a source' }] }),
  '/api/stories': () => ({ stories: [{ name: 'column', title: 'Three Soldiers, One Borrowed Phone', quotes: 14, state: 'draft' }] }),
  '/api/stories/column': () => ({ text: '+++\ntitle = "Three Soldiers"\n+++\n\nText.\n\n{{ quote k01#7 }}\n', version: 'v', problems: [{ line: 7, what: 'No call is called k01.', next: 'Name it in the head.' }], quotes: [{ label: 'q1', line: 7, published: 'We went through the houses.', source: 'Yesterday we went through the houses.', level: 'decide', findings: [{ level: 'decide', what: 'A machine translated the words.' }], signed: false }] }),
  '/api/deliveries': () => ({ deliveries: [{ id: 'd1', source: 'a source', at: '2026-11-23T20:13:58Z', files: 37, accepted: 27, verdicts: [{ verdict: 'accepted', count: 27 }, { verdict: 'exact_duplicate', count: 4 }] }] }),
  '/api/work': () => [{ id: 'w1', kind: 'process', state: 'running', done: 3, total: 27, unit: 'calls', detail: rows[0].name, eta_seconds: 92, result: null }],
  '/api/ledger': () => ({ total: 240, entries: Array.from({ length: 100 }, (_, i) => ({ seq: 240 - i, at: '2026-11-23T20:13:58Z', actor: 'Oksana', act: 'revision.kept', subject: 'c0', hash: 'ab'.repeat(32) })) }),
}

const marks = desk(callOf)
createServer(async (request, response) => {
  const url = new URL(request.url, 'http://x')
  const json = (body, status = 200) => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  const chunks = []
  for await (const chunk of request) chunks.push(chunk)
  const body = chunks.length && request.headers['content-type'] === 'application/json' ? JSON.parse(Buffer.concat(chunks)) : {}
  const marked = marks.answer(request.method, url.pathname.slice('/api/'.length), body, url.searchParams)
  if (marked !== undefined) return json(marked)
  if (url.pathname === '/api/session') {
    if (request.method === 'POST') person = body.person
    return json({ person, csrf: 'x', read_only: false, archive: { name: 'mock', calls: many, seconds: 1692, deliveries: 1 }, version: '0' })
  }
  if (url.pathname === '/api/events') return response.writeHead(200, { 'content-type': 'text/event-stream' }).write(':\n\n')
  if (url.pathname === '/api/calls') {
    const [offset, limit] = [Number(url.searchParams.get('offset')), Number(url.searchParams.get('limit'))]
    return json({ total: many, calls: rows.slice(offset, offset + limit).map((row) => ({ ...row, themes: marks.onCall(row.id).themes })) })
  }
  if (answers[url.pathname]) return json(answers[url.pathname]())
  const at = /^\/api\/calls\/([^/]+)(?:\/(\w+))?/.exec(url.pathname)
  const call = at && callOf(at[1])
  if (call && !at[2]) return json({ ...call, ...marks.onCall(call.id) })
  if (call && at[2] === 'sound') return response.writeHead(200, { 'content-type': 'audio/wav' }).end(wav(url.searchParams.has('part') ? 4 : call.duration))
  if (call && at[2] === 'peaks') return json({ duration: call.duration, per_second: 20, channels: [Array.from({ length: Math.floor(call.duration * 20) }, (_, i) => Math.abs(Math.sin(i / 7) * Math.sin(i / 53)) * 0.7)] })
  if (call && at[2] === 'presence') return json({ people: [] })
  if (call && at[2] === 'revisions') return json({ transcripts: [call.revision], translations: [] })
  if (call && at[2] === 'transcript') {
    if (body.based_on !== call.revision.id) return json({ error: { what: 'Somebody kept a revision in between.', why: null, next: null }, current: { transcript: call.revision } }, 409)
    call.revision = { ...call.revision, id: `r${Date.now()}`, number: call.revision.number + 1, author: person, by: 'person', based_on: call.revision.id }
    call.turns = body.turns.map((turn, i) => { const old = call.turns.find((o) => o.start === turn.start); return { ...(old ?? { words: [], doubt: null, translation: '', translation_by: null, translation_stale: false, language: 'ru' }), ...turn, index: i, by: old?.text === turn.text ? old.by : 'person' } })
    return json({ ...call, ...marks.onCall(call.id) })
  }
  if (url.pathname.startsWith('/api/')) return json({ error: { what: `The stand-in knows no ${url.pathname}.`, why: null, next: null } }, 404)
  const file = join(dist, normalize(url.pathname === '/' ? '/index.html' : url.pathname))
  if (!file.startsWith(dist) || !existsSync(file)) return response.writeHead(404).end()
  response.writeHead(200, { 'content-type': types[extname(file)] ?? 'application/octet-stream', 'content-security-policy': policy })
  createReadStream(file).pipe(response)
}).listen(port, '127.0.0.1', () => console.log(`http://127.0.0.1:${port}/`))
