// The stand-in's desk: themes, notes, protection, the basket and evidence, in memory. No part of the product.
const at = '2026-11-23T20:13:58Z'
const by = 'Oksana'
let last = 3
const fresh = (letter) => `${letter}${(last += 1)}`
const letters = (text) => [...text]

/** `calls(id)` gives a call with its turns. */
export function desk(calls) {
  const themes = [
    { id: 't1', name: 'Looting', about: 'Things taken from houses, shops, people', key: 'l', warning: null, colour: 1, retired: false, revision: 1, by, at },
    { id: 't2', name: 'Violence against civilians', about: 'Killed, beaten, held', key: 'v', warning: 'cruelty', colour: 0, retired: false, revision: 1, by, at },
    { id: 't3', name: 'Orders', about: null, key: 'o', warning: null, colour: 6, retired: false, revision: 1, by, at },
  ]
  const codings = new Map()
  const gone = new Map()
  const notes = new Map()
  let basket = []
  let before = []
  const evidence = [{ id: 'e1', key: 'D1', kind: 'document', title: 'A roster', source: 'A photograph sent on a card', url: null, captured_at: null, name: 'roster.txt', size: 412, sha256: 'ab'.repeat(32), revision: 1, by, at, bears_on: [] }]
  const passage = ({ call, turn, from = null, to = null }) => {
    const found = calls(call)
    const one = found.turns[turn]
    const text = letters(one.text)
    const share = (n) => one.start + ((one.end - one.start) * n) / text.length
    return { call, call_name: found.name, started_at: found.started_at, revision: found.revision.id, turn, last: turn, from, to, start: share(from ?? 0), end: share(to ?? text.length), speaker: one.speaker, person: null, words: text.slice(from ?? 0, to ?? text.length).join('').trim(), translation: one.translation, rests: { state: 'current' } }
  }
  const list = () => ({ themes: themes.map((theme) => ({ ...theme, calls: new Set([...codings.values()].filter((c) => c.theme === theme.id).map((c) => c.call)).size, passages: [...codings.values()].filter((c) => c.theme === theme.id).length })) })
  const items = (id) => ({ items: basket, ...(id ? { id } : {}) })
  const keep = (next) => { before = basket; basket = next; return items() }

  /** What a call carries beside its turns. */
  const onCall = (id) => {
    const here = [...codings.values()].filter((c) => c.call === id)
    const warnings = themes.filter((theme) => theme.warning && here.some((c) => c.theme === theme.id)).map((theme) => ({ theme: theme.id, name: theme.name, warning: theme.warning, spans: here.filter((c) => c.theme === theme.id).map((c) => [c.start, c.end]) }))
    return { codings: here, notes: [...notes.values()].filter((n) => n.call === id), warnings, themes: [...new Set(here.map((c) => c.theme))] }
  }

  const routes = [
    ['GET', /^themes$/, () => list()],
    ['POST', /^themes$/, (_, body) => { const id = fresh('t'); themes.push({ about: null, key: null, warning: null, colour: themes.length % 12, retired: false, revision: 1, by, at, id, ...body, key: body.key || null, warning: body.warning || null }); return { ...list(), id } }],
    ['PATCH', /^themes\/(\w+)$/, ([id], body) => { const theme = themes.find((one) => one.id === id); Object.assign(theme, body); theme.key ||= null; theme.warning ||= null; return { ...list(), id } }],
    ['GET', /^themes\/counts$/, () => ({ by: 'month', periods: ['2022-02-01', '2022-03-01', '2022-04-01', '2022-05-01'].map((from) => ({ from, calls: 9, themes: Object.fromEntries(themes.map((theme) => { const mine = [...codings.values()].filter((c) => c.theme === theme.id && c.started_at?.slice(0, 7) === from.slice(0, 7)); return [theme.id, { calls: mine.length ? 1 : 0, passages: mine.length }] })) })), undated: { calls: 0, themes: {} } })],
    ['GET', /^themes\/(\w+)\/passages$/, ([id]) => { const mine = [...codings.values()].filter((c) => c.theme === id); return { total: mine.length, codings: mine } }],
    ['POST', /^codings$/, (_, body) => { const id = fresh('o'); const coding = { ...passage(body), id, theme: body.theme, note: null, revision_number: 1, by, at }; codings.set(id, coding); return { coding, new: true } }],
    ['DELETE', /^codings\/(\w+)$/, ([id]) => { const coding = codings.get(id); codings.delete(id); gone.set(id, coding); return { coding } }],
    ['POST', /^codings\/(\w+)\/undo$/, ([id]) => { const back = gone.get(id) ?? null; if (back) codings.set(id, back); else codings.delete(id); gone.delete(id); return { coding: back } }],
    ['POST', /^notes$/, (_, body) => { const id = fresh('n'); const note = { id, call: body.call, text: body.text, by, at, first: { by, at }, revision_number: 1, passage: body.passage ? passage({ call: body.call, ...body.passage }) : null }; notes.set(id, note); return { note } }],
    ['PATCH', /^notes\/(\w+)$/, ([id], body) => { const note = { ...notes.get(id), text: body.text, revision_number: body.revision_number + 1 }; notes.set(id, note); return { note } }],
    ['DELETE', /^notes\/(\w+)$/, ([id]) => { const note = notes.get(id); notes.delete(id); gone.set(id, note); return { note } }],
    ['POST', /^notes\/(\w+)\/undo$/, ([id]) => { const note = gone.get(id); if (note) notes.set(id, note); return { note: note ?? null } }],
    ['POST', /^protection$/, (_, body) => ({ rules: [], persons: 0, numbers: 0, found: calls(body.call).turns.flatMap((one) => { const from = one.text.indexOf(body.terms[0]); return from < 0 ? [] : [{ turn: one.index, in: 'text', from: letters(one.text.slice(0, from)).length, to: letters(one.text.slice(0, from + body.terms[0].length)).length, text: body.terms[0] }] }) })],
    ['GET', /^basket$/, () => items()],
    ['POST', /^basket$/, (_, body) => { const id = (last += 1); keep([...basket, { ...passage(body), id, note: null }]); return items(id) }],
    ['POST', /^basket\/undo$/, () => keep(before)],
    ['PUT', /^basket\/order$/, (_, body) => keep(body.ids.map((id) => basket.find((item) => item.id === id)))],
    ['PATCH', /^basket\/(\d+)$/, ([id], body) => keep(basket.map((item) => (item.id === Number(id) ? { ...item, ...body } : item)))],
    ['DELETE', /^basket\/(\d+)$/, ([id]) => keep(basket.filter((item) => item.id !== Number(id)))],
    ['POST', /^basket\/(\d+)\/story$/, ([id]) => { const item = basket.find((one) => one.id === Number(id)); return { reference: `{{ quote ${item.call}#${item.turn} }}`, whole: item.from !== null, story: {} } }],
    ['GET', /^evidence$/, () => ({ evidence })],
    ['GET', /^evidence\/(\w+)$/, ([id]) => ({ evidence: evidence.find((one) => one.id === id), begins: 'A list of names, one a line.' })],
    ['POST', /^evidence$/, (_, __, params) => { const id = fresh('e'); evidence.push({ url: null, captured_at: null, size: 9, sha256: 'cd'.repeat(32), revision: 1, by, at, bears_on: [], ...Object.fromEntries(params), key: params.get('key') ?? `D${evidence.length + 1}`, id }); return { evidence, id, was_new: true } }],
    ['GET', /^deliveries\/(\w+)\/report$/, ([id]) => ({ id, source: 'a source', path: '', at, timezone: null, table: { name: 'calls.csv', rows: 3, columns: [{ heading: 'file', field: 'file' }, { heading: 'remarks', field: null }] }, files: [{ name: 'k01.wav', size: 9, verdict: 'accepted', reason: null, duration: 63, line: 2, call: 'c0', call_name: 'k01.wav', sha256: 'ab'.repeat(32) }, { name: 'k02.wav', size: 0, verdict: 'empty', reason: 'The file holds no bytes.', duration: null, line: 3, call: null, call_name: null, sha256: null }], total: 2, verdicts: [{ verdict: 'accepted', count: 1 }, { verdict: 'empty', count: 1 }], faults: [{ kind: 'date', line: 4, column: 'date', text: '31.02.2022' }], faults_total: 1 })],
  ]

  const answer = (method, path, body, params) => {
    for (const [verb, pattern, act] of routes) {
      const found = verb === method && pattern.exec(path)
      if (found) return act(found.slice(1), body, params)
    }
    return undefined
  }
  return { answer, onCall }
}
