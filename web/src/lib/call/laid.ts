import type { Coding } from '../marking'
import type { Span } from './spans'

/** A theme as it lies on one turn. */
export interface Laid {
  coding: Coding
  /** UTF-16 units in `text`; null: from the turn's beginning, or to its end. */
  from: number | null
  to: number | null
  /** The turn's text when the server found the words in it. */
  text: string
}

/** Where a theme lies in the text of a turn as it stands now; the sound tells, where somebody has typed since. */
export function stretch(laid: Laid, turn: { text: string; spans: readonly Span[] }): { from: number; to: number } | null {
  const { from, to, text, coding } = laid
  if (from === null && to === null) return { from: 0, to: turn.text.length }
  if (turn.text === text) return { from: from ?? 0, to: to ?? text.length }
  const [start, end] = [coding.start ?? 0, coding.end ?? 0]
  const inside = turn.spans.filter((span) => (span.start + span.end) / 2 >= start && (span.start + span.end) / 2 <= end)
  const [first, last] = [inside[0], inside.at(-1)]
  return first && last ? { from: first.from, to: last.to } : null
}
