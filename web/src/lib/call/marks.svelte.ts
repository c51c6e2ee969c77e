import { codebook } from '../codebook.svelte'
import { type Coding, type Note, units } from '../marking'
import { settings } from '../settings.svelte'
import type { CallDetail, WireTurn } from '../types'
import type { Editor } from './editor.svelte'
import type { Laid } from './laid'
import type { Turn } from './turn.svelte'

export interface TurnMarks {
  themes: Laid[]
  notes: Note[]
}

const NONE: TurnMarks = { themes: [], notes: [] }
/** The sound goes silent this many seconds before a hidden turn: word times are not exact. */
const MARGIN = 0.15

/** What people laid over the words of one call: themes and notes, and what is to be kept from eyes and ears. */
export class Marks {
  codings: Coding[] = $state.raw([])
  notes: Note[] = $state.raw([])
  /** Turns that were hidden and that the person has asked to see. */
  opened: ReadonlySet<number> = $state.raw(new Set())
  #byTurn: ReadonlyMap<number, TurnMarks> = $state.raw(new Map())
  #turns: readonly WireTurn[] = []
  #told = ''

  constructor(private readonly editor: Editor) {}

  /** Takes over what the server says; to be called when the editor holds the turns of the same revision. */
  take(call: CallDetail): void {
    const told = JSON.stringify([call.revision?.id, call.codings, call.notes])
    if (told === this.#told) return
    this.#told = told
    this.#turns = call.turns
    this.codings = call.codings ?? []
    this.notes = call.notes ?? []
    this.#lay()
  }

  of(key: number): TurnMarks {
    return this.#byTurn.get(key) ?? NONE
  }

  put(coding: Coding): void {
    this.#change([...this.codings.filter((one) => one.id !== coding.id), coding], this.notes)
  }

  drop(coding: string): void {
    this.#change(this.codings.filter((one) => one.id !== coding), this.notes)
  }

  putNote(note: Note): void {
    this.#change(this.codings, [...this.notes.filter((one) => one.id !== note.id), note])
  }

  dropNote(note: string): void {
    this.#change(this.codings, this.notes.filter((one) => one.id !== note))
  }

  /** What listeners are warned of in a turn: by its themes, or by harsh words in it. */
  harsh(turn: Turn): string[] {
    const themes = this.of(turn.key).themes.map(({ coding }) => codebook.of(coding.theme)?.warning).filter((warning) => warning)
    if (themes.length > 0) return [...new Set(themes as string[])]
    const low = `${turn.text} ${turn.translation ?? ''}`.toLocaleLowerCase()
    return settings.kept.harshWords.some((stem) => stem !== '' && low.includes(stem)) ? [''] : []
  }

  /** Whether a turn is kept from eyes and ears just now. */
  veils(turn: Turn): boolean {
    return settings.kept.hideHarsh && !this.opened.has(turn.key) && this.harsh(turn).length > 0
  }

  open(key: number): void {
    this.opened = new Set([...this.opened, key])
  }

  /** Until when nothing is to be heard, where a hidden turn is being spoken. */
  quietUntil(time: number): number | null {
    if (!settings.kept.hideHarsh || settings.kept.harshSound === 'heard') return null
    const hidden = this.editor.at(time + MARGIN).filter((turn) => time < turn.end + MARGIN && this.veils(turn))
    return hidden.length > 0 ? Math.max(...hidden.map((turn) => turn.end)) + MARGIN : null
  }

  #change(codings: Coding[], notes: Note[]): void {
    this.codings = codings
    this.notes = notes
    this.#told = ''
    this.#lay()
  }

  /** Finds the turns on the page. While turns are split or joined and not kept yet, what was found before stands. */
  #lay(): void {
    const turns = this.editor.turns
    if (turns.length !== this.#turns.length) return
    const found = new Map<number, TurnMarks>()
    const at = (index: number) => {
      const key = turns[index]?.key ?? -1
      const known = found.get(key) ?? { themes: [], notes: [] }
      found.set(key, known)
      return known
    }
    for (const coding of this.codings) {
      const { turn, last } = coding
      if (turn === null) continue
      for (let i = turn; i <= (last ?? turn); i += 1) at(i).themes.push(this.#laid(coding, i))
    }
    for (const note of this.notes) {
      const place = note.passage?.last ?? note.passage?.turn
      if (place !== null && place !== undefined) at(place).notes.push(note)
    }
    this.#byTurn = found
  }

  #laid(coding: Coding, index: number): Laid {
    const text = this.#turns[index]?.text ?? ''
    const at = (turn: number | null, characters: number | null) => (turn === index && characters !== null ? units(text, characters) : null)
    return { coding, text, from: at(coding.turn, coding.from), to: at(coding.last ?? coding.turn, coding.to) }
  }
}
