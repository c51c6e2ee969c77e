import type { Doubt, WireTurn } from '../types'
import { type Span, place } from './spans'

/** A turn as the history keeps it: plain values, no reactivity. */
export interface TurnData {
  key: number
  start: number
  end: number
  channel: number
  speaker: string
  language: string | null
  text: string
  by: 'machine' | 'person'
  doubt: Doubt | null
  spans: Span[]
  translation: string | null
  translationBy: 'machine' | 'person' | null
  translationStale: boolean
  /** A person has listened: the doubt goes with the next keeping. */
  settled: boolean
  /** A person stands behind the machine's translation as it is. */
  vouched: boolean
}

let keys = 0

export function freshKey(): number {
  keys += 1
  return keys
}

export function dataOf(wire: WireTurn): TurnData {
  return {
    key: freshKey(),
    start: wire.start,
    end: wire.end,
    channel: wire.channel,
    speaker: wire.speaker,
    language: wire.language,
    text: wire.text,
    by: wire.by,
    doubt: wire.doubt,
    spans: place(wire.text, wire.words ?? []),
    translation: wire.translation,
    translationBy: wire.translation_by,
    translationStale: wire.translation_stale,
    settled: false,
    vouched: false,
  }
}

/** A turn on the page. What is drawn is reactive, field by field, so that a keystroke touches one turn only. */
export class Turn {
  readonly key: number
  start = $state(0)
  end = $state(0)
  channel = 0
  speaker = $state('')
  language: string | null = null
  text = $state('')
  by: 'machine' | 'person' = $state('machine')
  doubt: Doubt | null = $state.raw(null)
  spans: Span[] = $state.raw([])
  translation: string | null = $state(null)
  translationBy: 'machine' | 'person' | null = $state(null)
  translationStale = $state(false)
  settled = false
  vouched = false

  constructor(data: TurnData) {
    this.key = data.key
    this.put(data)
  }

  put(data: TurnData): void {
    this.start = data.start
    this.end = data.end
    this.channel = data.channel
    this.speaker = data.speaker
    this.language = data.language
    this.text = data.text
    this.by = data.by
    this.doubt = data.doubt
    this.spans = data.spans
    this.translation = data.translation
    this.translationBy = data.translationBy
    this.translationStale = data.translationStale
    this.settled = data.settled
    this.vouched = data.vouched
  }

  data(): TurnData {
    const { key, start, end, channel, speaker, language, text, by, doubt, spans, translation, translationBy, translationStale, settled, vouched } = this
    return { key, start, end, channel, speaker, language, text, by, doubt, spans, translation, translationBy, translationStale, settled, vouched }
  }
}
