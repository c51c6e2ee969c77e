import { Problem, TAB, api } from '../api'
import { forget, recall, remember } from '../storage'
import type { CallDetail, Revision } from '../types'
import { type Editor, UNINTELLIGIBLE } from './editor.svelte'
import type { Version } from './merge'
import type { TurnData } from './turn.svelte'

export type Keeping = 'kept' | 'changed' | 'keeping' | 'failed' | 'clash'

const PAUSE = 1500
const AGAIN = 8000

interface Draft {
  based_on: string | null
  turns: Version[]
}

/**
 * Keeps what is typed: on the server at every pause, and meanwhile in this browser, so that neither a closed lid nor a
 * broken line loses a word. Never writes over what somebody else kept: it stops and says so.
 */
export class Keeper {
  state: Keeping = $state('kept')
  problem: Problem | null = $state.raw(null)
  /** Who came between, while `state` is `clash`. */
  between: Revision | null = $state.raw(null)
  /** The versions of the turns as last agreed with the server. */
  base: Version[] = []
  #timer = 0
  #seen = 0

  constructor(
    readonly id: string,
    private readonly editor: Editor,
    private readonly standing: () => { transcript: string | null; translation: string | null },
    private readonly onKept: (call: CallDetail) => void,
  ) {}

  /** From now on the editor holds what the server has. */
  agree(call: CallDetail): void {
    this.base = call.turns.map(versionOf)
    this.#seen = this.editor.version
    this.state = 'kept'
    this.problem = null
    this.between = null
    clearTimeout(this.#timer)
    forget(this.#place)
  }

  /** To be called after every change. */
  touched(): void {
    if (this.editor.version === this.#seen || this.state === 'clash') {
      if (this.state === 'clash') this.#draft()
      return
    }
    this.#seen = this.editor.version
    if (this.state !== 'keeping') this.state = 'changed'
    clearTimeout(this.#timer)
    this.#timer = window.setTimeout(() => void this.keep(), PAUSE)
  }

  async keep(): Promise<void> {
    clearTimeout(this.#timer)
    if (this.state === 'keeping' || this.state === 'clash' || this.state === 'kept') return
    if (this.#unfinished()) {
      this.#timer = window.setTimeout(() => void this.keep(), PAUSE)
      return
    }
    this.state = 'keeping'
    this.#draft()
    const version = this.editor.version
    const sent = this.editor.turns.map((turn) => turn.data())
    try {
      const call = await api.keep(this.id, { based_on: this.standing().transcript, tab: TAB, ...this.#wire(sent) })
      this.base = call.turns.map(versionOf)
      this.editor.settle(call, sent)
      this.onKept(call)
      this.problem = null
      this.#after(version)
    } catch (error) {
      this.#failed(error)
    }
  }

  /** Keeps what is typed and waits for it; says whether everything is kept then. */
  async settled(): Promise<boolean> {
    const open = () => this.state === 'changed' || this.state === 'keeping'
    for (let i = 0; i < 100 && open(); i += 1) {
      await this.keep()
      if (open()) await new Promise((done) => setTimeout(done, 100))
    }
    return this.state === 'kept'
  }

  /** What was typed and never reached the server, if anything lies here. */
  draft(): Draft | null {
    return recall<Draft | null>(this.#place, null)
  }

  forgetDraft(): void {
    forget(this.#place)
  }

  close(): void {
    clearTimeout(this.#timer)
    if (this.state === 'changed' || this.state === 'failed') {
      this.#draft()
      void this.keep()
    }
  }

  #after(version: number): void {
    if (this.editor.version === version) {
      this.state = 'kept'
      forget(this.#place)
    } else {
      this.state = 'changed'
      this.#timer = window.setTimeout(() => void this.keep(), PAUSE)
    }
  }

  #failed(error: unknown): void {
    this.problem = error instanceof Problem ? error : new Problem(0, String(error))
    if (this.problem.status === 409) {
      this.between = (this.problem.body as { current?: { transcript?: Revision | null } } | null)?.current?.transcript ?? null
      this.state = 'clash'
      return
    }
    this.state = 'failed'
    if (this.problem.status === 0 || this.problem.status >= 500) this.#timer = window.setTimeout(() => void this.keep(), AGAIN)
  }

  /** Whether somebody has emptied a turn and is about to type it anew. */
  #unfinished(): boolean {
    return this.editor.turns.some((turn) => turn.text.trim() === '' && turn.by === 'person')
  }

  #wire(turns: TurnData[]) {
    const place = ({ start, end, channel }: TurnData) => ({ start, end, channel })
    const known = new Map(this.base.map((turn) => [`${turn.channel} ${turn.start.toFixed(3)}`, turn.translation ?? '']))
    const translation = turns
      .filter((turn) => turn.vouched || (turn.translation ?? '').trim() !== (known.get(`${turn.channel} ${turn.start.toFixed(3)}`) ?? ''))
      .map((turn) => ({ ...place(turn), text: (turn.translation ?? '').trim(), ...(turn.vouched ? { vouched: true } : {}) }))
    return {
      turns: turns.map((turn) => ({
        ...place(turn),
        speaker: turn.speaker,
        text: turn.text.trim(),
        unintelligible: turn.text.trim() === UNINTELLIGIBLE,
        ...(turn.settled ? { settled: true } : {}),
      })),
      translation: translation.length > 0 ? translation : null,
      translation_based_on: this.standing().translation,
    }
  }

  get #place(): string {
    return `draft.${this.id}`
  }

  #draft(): void {
    remember(this.#place, { based_on: this.standing().transcript, turns: this.editor.turns.map((turn) => versionOf(turn)) })
  }
}

export function versionOf(turn: Version): Version {
  const { start, end, channel, speaker, text, translation } = turn
  return { start, end, channel, speaker, text, translation }
}
