import type { WireTurn } from '../types'
import { type Span, place } from './spans'

type Same = 'start' | 'end' | 'channel' | 'speaker' | 'language' | 'text' | 'by' | 'doubt' | 'translation'

/** A turn as the history keeps it: plain values, no reactivity. */
export interface TurnData extends Pick<WireTurn, Same> {
  key: number
  spans: Span[]
  translationBy: WireTurn['translation_by']
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
  const { start, end, channel, speaker, language, text, by, doubt, translation } = wire
  return {
    ...{ start, end, channel, speaker, language, text, by, doubt, translation },
    key: freshKey(),
    spans: place(text, wire.words ?? []),
    translationBy: wire.translation_by,
    translationStale: wire.translation_stale,
    settled: false,
    vouched: false,
  }
}

/** A turn on the page. What is drawn is reactive, field by field, so that a keystroke touches one turn only. */
export class Turn implements TurnData {
  readonly key: number
  start = $state(0)
  end = $state(0)
  channel = 0
  speaker = $state('')
  language: TurnData['language'] = null
  text = $state('')
  by: TurnData['by'] = $state('machine')
  doubt: TurnData['doubt'] = $state.raw(null)
  spans: Span[] = $state.raw([])
  translation: TurnData['translation'] = $state(null)
  translationBy: TurnData['translationBy'] = $state(null)
  translationStale = $state(false)
  settled = false
  vouched = false

  constructor(data: TurnData) {
    this.key = data.key
    this.put(data)
  }

  put({ key: _, ...rest }: TurnData): void {
    Object.assign(this, rest)
  }

  data(): TurnData {
    const { key, start, end, channel, speaker, language, text, by, doubt, spans, translation, translationBy, translationStale, settled, vouched } = this
    return { key, start, end, channel, speaker, language, text, by, doubt, spans, translation, translationBy, translationStale, settled, vouched }
  }
}
