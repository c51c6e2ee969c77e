import type { Word } from '../types'

/** A word's place in the text of its turn (UTF-16 units) and in the sound (seconds). */
export interface Span {
  from: number
  to: number
  start: number
  end: number
  /** How sure the recogniser was; none where a person typed the word. */
  p: number | null
}

/** A word below this is worth a second hearing. */
export const DOUBTFUL = 0.6

/** Finds the recogniser's words in the text of their turn, one after another. Words that are not there are left out. */
export function place(text: string, words: readonly Word[]): Span[] {
  const spans: Span[] = []
  let at = 0
  for (const { w, start, end, p } of words) {
    const word = w.trim()
    if (word === '') continue
    const from = text.indexOf(word, at)
    if (from < 0) continue
    spans.push({ from, to: from + word.length, start, end, p })
    at = from + word.length
  }
  return spans
}

/** Where two texts differ: both agree before `from`, and after `oldTo` and `newTo`. */
export function changed(before: string, after: string): { from: number; oldTo: number; newTo: number } {
  const most = Math.min(before.length, after.length)
  let from = 0
  while (from < most && before[from] === after[from]) from += 1
  let tail = 0
  while (tail < most - from && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail += 1
  return { from, oldTo: before.length - tail, newTo: after.length - tail }
}

/**
 * Takes the times of words along when a text is corrected. Untouched words keep theirs; what was typed shares the time
 * between its neighbours by length. This is for the light on the page only: the server fits the times that are kept.
 */
export function follow(before: string, after: string, spans: readonly Span[], turn: { start: number; end: number }): Span[] {
  if (before === after) return [...spans]
  const { from, oldTo, newTo } = changed(before, after)
  const shift = newTo - oldTo
  const head = spans.filter((span) => span.to <= from && !glued(after, span.to))
  const tail = spans
    .filter((span) => span.from >= oldTo && span.from >= from)
    .map((span) => ({ ...span, from: span.from + shift, to: span.to + shift }))
    .filter((span) => !glued(after, span.from, -1))
  const left = head.at(-1)?.to ?? 0
  const right = tail[0]?.from ?? after.length
  return [...head, ...share(after, left, right, head.at(-1)?.end ?? turn.start, tail[0]?.start ?? turn.end), ...tail]
}

/** Whether a letter stands directly at the edge of a word, so that the word has grown. */
function glued(text: string, at: number, side: 0 | -1 = 0): boolean {
  return /[\p{L}\p{N}’'-]/u.test(text[at + side] ?? '')
}

function share(text: string, left: number, right: number, start: number, end: number): Span[] {
  const typed = [...text.slice(left, right).matchAll(/\S*[\p{L}\p{N}]\S*/gu)]
  const letters = typed.reduce((sum, word) => sum + word[0].length, 0)
  const room = Math.max(0, end - start)
  let at = start
  return typed.map((word) => {
    const length = letters > 0 ? (room * word[0].length) / letters : 0
    const span = { from: left + word.index, to: left + word.index + word[0].length, start: at, end: at + length, p: null }
    at += length
    return span
  })
}

/** The last of `items` that starts at or before a time, by halving; -1 where none does. */
export function lastBefore(items: readonly { start: number }[], time: number): number {
  let low = 0
  let high = items.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((items[middle]?.start ?? Infinity) <= time) low = middle + 1
    else high = middle
  }
  return low - 1
}

/** The word at a place in the text, or the next one behind it. */
export function spanAt(spans: readonly Span[], offset: number): Span | null {
  return spans.find((span) => span.to >= offset) ?? spans.at(-1) ?? null
}
