import { t } from '../i18n'
import type { CallDetail, WireTurn } from '../types'
import { follow, lastBefore } from './spans'
import { Turn, type TurnData, dataOf, freshKey } from './turn.svelte'

export type Field = 'text' | 'translation'

export interface Caret {
  key: number
  field: Field
  from: number
  to: number
}

/** One thing that was done: a stretch of turns, before and after. */
interface Step {
  index: number
  before: TurnData[]
  after: TurnData[]
  caretBefore: Caret | null
  caretAfter: Caret | null
  at: number
  /** Typing in one field goes together while the fingers do not rest. */
  typing: string | null
}

const REST = 900
const MOST_STEPS = 2000
export const UNINTELLIGIBLE = '/unintelligible/'

/** The transcript under correction: its turns, and everything that was done to them, to be undone. */
export class Editor {
  turns: Turn[] = $state.raw([])
  /** Counts changes, for whoever must act on any change. */
  version = $state(0)
  /** The turn with the caret, or the one last touched. */
  current: number | null = $state(null)
  undoable = $state(0)
  redoable = $state(0)
  #done: Step[] = []
  #undone: Step[] = []
  #places = new Map<number, number>()

  load(turns: readonly WireTurn[]): void {
    this.#set(turns.map((turn) => new Turn(dataOf(turn))))
    this.#done = []
    this.#undone = []
    this.current = null
    this.#count()
  }

  /** Takes over what the server made of kept turns (word times, authors), without touching what was typed since. */
  settle(kept: CallDetail, sent: readonly TurnData[]): void {
    if (kept.turns.length !== this.turns.length || sent.length !== this.turns.length) return
    kept.turns.forEach((wire, i) => {
      const turn = this.turns[i]
      const was = sent[i]
      if (!turn || !was || turn.key !== was.key || turn.text !== was.text || wire.text !== turn.text) return
      const { key: _, ...fresh } = dataOf(wire)
      const translated = turn.translation === was.translation ? fresh : { ...fresh, translation: turn.translation, translationBy: turn.translationBy }
      turn.put({ ...translated, key: turn.key, speaker: turn.speaker === was.speaker ? fresh.speaker : turn.speaker })
    })
  }

  find(key: number | null): Turn | null {
    return key === null ? null : (this.turns[this.placeOf(key)] ?? null)
  }

  placeOf(key: number): number {
    return this.#places.get(key) ?? -1
  }

  /** The turns in which somebody speaks at a time; the latest last. */
  at(time: number): Turn[] {
    const last = lastBefore(this.turns, time)
    const found: Turn[] = []
    for (let i = last; i >= 0 && i > last - 6; i -= 1) {
      const turn = this.turns[i]
      if (turn && turn.end + 0.15 >= time) found.unshift(turn)
    }
    return found
  }

  /** A new text for one field of one turn, as typed. */
  type(key: number, field: Field, text: string, caretBefore: Caret | null, caretAfter: Caret | null): void {
    const index = this.placeOf(key)
    const turn = this.turns[index]
    if (!turn) return
    const before = turn.data()
    const after = field === 'text' ? this.#retold(before, text) : { ...before, translation: text, translationBy: 'person' as const, translationStale: false }
    const typing = `${key} ${field}`
    const last = this.#done.at(-1)
    const now = performance.now()
    turn.put(after)
    if (last?.typing === typing && now - last.at < REST && this.#undone.length === 0) {
      last.after = [after]
      last.caretAfter = caretAfter
      last.at = now
    } else {
      this.#push({ index, before: [before], after: [after], caretBefore, caretAfter, at: now, typing })
    }
    this.version += 1
  }

  /** Changes one turn in any of its fields. */
  change(key: number, change: Partial<Omit<TurnData, 'key'>>): void {
    const turn = this.find(key)
    if (!turn) return
    const before = turn.data()
    this.#replace(this.placeOf(key), [before], [{ ...before, ...change }], null, null)
  }

  /** Two turns of one, before the word at a place in the text. */
  split(key: number, offset: number): Caret | null {
    const index = this.placeOf(key)
    const turn = this.turns[index]
    if (!turn) return null
    const before = turn.data()
    const left = before.text.slice(0, offset).trimEnd()
    const right = before.text.slice(offset).trimStart()
    if (left === '' || right === '') return null
    const cut = before.text.length - right.length
    const spans = before.spans.filter((span) => span.from >= cut)
    const share = before.start + ((before.end - before.start) * cut) / before.text.length
    const start = spans[0]?.start ?? share
    const head = before.spans.filter((span) => span.to <= cut)
    const first = { ...before, text: left, end: Math.max(before.start, Math.min(head.at(-1)?.end ?? start, start)), spans: head, by: 'person' as const }
    const moved = spans.map((span) => ({ ...span, from: span.from - cut, to: span.to - cut }))
    const second: TurnData = { ...before, key: freshKey(), text: right, start, spans: moved, by: 'person', translation: before.translation === null ? null : '', doubt: null }
    const caret: Caret = { key: second.key, field: 'text', from: 0, to: 0 }
    this.#replace(index, [before], [first, second], { key, field: 'text', from: offset, to: offset }, caret)
    return caret
  }

  /** One turn of two: this one and the next of the same channel. */
  join(key: number): Caret | null {
    const index = this.placeOf(key)
    const turn = this.turns[index]
    const next = this.turns[index + 1]
    if (!turn || !next || next.channel !== turn.channel) return null
    const [a, b] = [turn.data(), next.data()]
    const shift = a.text.length + 1
    const spans = [...a.spans, ...b.spans.map((span) => ({ ...span, from: span.from + shift, to: span.to + shift }))]
    const translation = [a.translation, b.translation].filter(Boolean).join(' ') || (a.translation === null ? null : '')
    const joined: TurnData = { ...a, end: Math.max(a.end, b.end), text: `${a.text} ${b.text}`, spans, translation, by: 'person', doubt: a.doubt ?? b.doubt }
    const caret: Caret = { key, field: 'text', from: a.text.length, to: a.text.length }
    this.#replace(index, [a, b], [joined], caret, caret)
    return caret
  }

  /** Takes a turn away. */
  remove(key: number): void {
    const index = this.placeOf(key)
    const turn = this.turns[index]
    if (turn) this.#replace(index, [turn.data()], [], null, null)
  }

  undo(): Caret | null {
    const step = this.#done.pop()
    if (!step) return null
    this.#undone.push(step)
    this.#swap(step.index, step.after, step.before)
    return step.caretBefore
  }

  redo(): Caret | null {
    const step = this.#undone.pop()
    if (!step) return null
    this.#done.push(step)
    this.#swap(step.index, step.before, step.after)
    return step.caretAfter
  }

  /** The labels in use, in order of appearance, and one more for a speaker who is new. */
  labels(known: readonly string[]): string[] {
    const used = new Set([...known, ...this.turns.map((turn) => turn.speaker)].filter((label) => label !== ''))
    return [...used].sort((a, b) => a.localeCompare(b))
  }

  #retold(before: TurnData, text: string): TurnData {
    const spans = follow(before.text, text, before.spans, before)
    return { ...before, text, spans, by: 'person', doubt: before.doubt, translationStale: before.translation !== null }
  }

  #replace(index: number, before: TurnData[], after: TurnData[], caretBefore: Caret | null, caretAfter: Caret | null): void {
    this.#swap(index, before, after)
    this.#push({ index, before, after, caretBefore, caretAfter, at: performance.now(), typing: null })
  }

  #push(step: Step): void {
    this.#done.push(step)
    if (this.#done.length > MOST_STEPS) this.#done.shift()
    this.#undone = []
    this.#count()
  }

  #swap(index: number, from: TurnData[], to: TurnData[]): void {
    if (from.length === 1 && to.length === 1 && from[0]?.key === to[0]?.key) {
      const data = to[0]
      if (data) this.turns[index]?.put(data)
    } else {
      const known = new Map(this.turns.slice(index, index + from.length).map((turn) => [turn.key, turn]))
      const put = to.map((data) => {
        const turn = known.get(data.key) ?? new Turn(data)
        turn.put(data)
        return turn
      })
      this.#set([...this.turns.slice(0, index), ...put, ...this.turns.slice(index + from.length)])
    }
    this.#count()
    this.version += 1
  }

  #set(turns: Turn[]): void {
    this.#places = new Map(turns.map((turn, i) => [turn.key, i]))
    this.turns = turns
  }

  #count(): void {
    this.undoable = this.#done.length
    this.redoable = this.#undone.length
  }
}

/** Who speaks, for people: the name where one is known, else "Speaker A". */
export function speakerName(call: CallDetail | null, label: string): string {
  const known = call?.speakers.find((speaker) => speaker.label === label)
  return known?.name ?? t('speaker.unnamed', { label })
}
