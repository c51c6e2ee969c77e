import { TAB, api } from '../api'
import { events } from '../events.svelte'
import { t } from '../i18n'
import { notices } from '../notices.svelte'
import { Player } from '../player.svelte'
import { recall, remember } from '../storage'
import type { CallDetail } from '../types'
import { type Place, characters } from '../marking'
import { type Caret, Editor } from './editor.svelte'
import { Keeper } from './keeper.svelte'
import { Marks } from './marks.svelte'
import type { Version } from './merge'
import { Presence } from './presence.svelte'

/** What every part of the page that changes a call is handed. */
export interface OverCall {
  call: CallDetail
  editable: boolean
  /** Whether everything typed has been kept: only then may other things change the call. */
  clean: boolean
  onchanged: (call: CallDetail) => void
}

/** One person over one call: what the page holds, what is kept, and what somebody else kept meanwhile. */
export class Sitting {
  readonly editor = new Editor()
  readonly player = new Player()
  readonly marks = new Marks(this.editor)
  readonly keeper: Keeper
  readonly presence: Presence
  call: CallDetail | null = $state.raw(null)
  /** What somebody else kept, while two versions must be brought together. */
  theirs: CallDetail | null = $state.raw(null)
  /** What was typed here once and never reached the server. */
  draft: ReturnType<Keeper['draft']> = $state.raw(null)
  #offs: (() => void)[]
  #due = 0

  constructor(readonly id: string) {
    const standing = () => ({ transcript: this.call?.revision?.id ?? null, translation: this.call?.translation?.id ?? null })
    this.keeper = new Keeper(id, this.editor, standing, (kept) => {
      this.call = kept
      this.marks.take(kept)
    })
    this.presence = new Presence(id, () => this.keeper.state !== 'kept')
    this.player.quiet = (time) => this.marks.quietUntil(time)
    this.#offs = [events.on('call', (event) => this.#heard(event)), events.on('archive', (event) => this.#marked(event))]
  }

  async load(): Promise<void> {
    const found = await notices.trying(api.call(this.id))
    if (!found) return
    this.call = found
    this.editor.load(found.turns)
    this.marks.take(found)
    this.draft = this.keeper.draft()
    this.keeper.agree(found)
    if (this.draft) remember(`draft.${this.id}`, this.draft)
  }

  /** The server's version stands on the page again. */
  adopt(found: CallDetail): void {
    this.call = found
    this.editor.load(found.turns)
    this.marks.take(found)
    this.keeper.agree(found)
  }

  /**
   * Chosen words as the server must be told of them: everything typed is kept first, so that both speak of one text.
   * The whole turn where no words are chosen, or words of the translation. Null where it could not be kept.
   */
  async placeOf(caret: Caret): Promise<Place | null> {
    if (!(await this.keeper.settled())) {
      notices.say(t('mark.unsaved'))
      return null
    }
    const turn = this.editor.find(caret.key)
    if (!turn) return null
    const place = { call: this.id, turn: this.editor.placeOf(caret.key), revision: this.call?.revision?.id }
    if (caret.field !== 'text' || caret.from >= caret.to) return place
    // Spaces before the first word are not kept.
    const text = turn.text.trimStart()
    const before = turn.text.length - text.length
    return { ...place, from: characters(text, Math.max(0, caret.from - before)), to: characters(text, Math.max(0, caret.to - before)) }
  }

  /** Somebody else kept a revision in between: theirs is fetched, to be laid beside ours. */
  async clashed(): Promise<void> {
    this.player.pause()
    this.theirs = (await notices.trying(api.call(this.id))) ?? null
  }

  /** Goes on from theirs, with these versions of ours put in. */
  take(mine: Map<number, Version>): void {
    if (!this.theirs) return
    this.adopt(this.theirs)
    this.theirs = null
    for (const [index, version] of mine) {
      const turn = this.editor.turns[index]
      if (turn) this.#put(turn.key, version)
    }
    this.keeper.touched()
  }

  /** Ours becomes the next revision after theirs. */
  keepMine(): void {
    if (!this.theirs) return
    this.call = this.theirs
    this.keeper.agree(this.theirs)
    this.theirs = null
    this.editor.current = this.editor.turns[0]?.key ?? null
    this.editor.version += 1
    this.keeper.touched()
  }

  takeDraft(): void {
    const kept = this.draft
    this.draft = null
    kept?.turns.forEach((version, i) => {
      const turn = this.editor.turns[i]
      const same = turn && Math.abs(turn.start - version.start) < 0.02
      if (same && (turn.text !== version.text || turn.translation !== version.translation)) this.#put(turn.key, version)
    })
    this.keeper.touched()
  }

  dropDraft(): void {
    this.draft = null
    this.keeper.forgetDraft()
  }

  /** Where the person left this call. */
  get place(): number {
    return recall(`place.${this.id}`, 0)
  }

  left(): void {
    remember(`place.${this.id}`, this.player.now)
  }

  close(): void {
    this.left()
    for (const off of this.#offs) off()
    clearTimeout(this.#due)
    this.keeper.close()
    this.player.close()
    this.presence.close()
  }

  #put(key: number, { text, speaker, translation }: Version): void {
    this.editor.change(key, { text, speaker, translation, by: 'person' })
  }

  /** Somebody laid a theme or a note on this call: the words are left as they are. */
  #marked({ what, call }: { what: string; call?: string }): void {
    if (!['themes', 'notes', 'all'].includes(what) || (call !== undefined && call !== this.id)) return
    clearTimeout(this.#due)
    this.#due = window.setTimeout(() => {
      // A request that fails here fails again when the page is next used, and is told then.
      api.call(this.id).then((found) => found.revision?.id === this.call?.revision?.id && this.marks.take(found), () => undefined)
    }, 1000)
  }

  #heard(event: { call: string; revision: string | null; by: string; tab: string }): void {
    if (event.call !== this.id || event.tab === TAB || event.revision === this.call?.revision?.id) return
    if (this.keeper.state !== 'kept') {
      notices.say(t('call.between', { by: event.by }))
      return
    }
    void notices.trying(api.call(this.id)).then((found) => {
      if (!found) return
      this.adopt(found)
      notices.say(t('call.changed', { by: event.by }))
    })
  }
}
