import { events } from './events.svelte'
import { type Theme, marking } from './marking'
import { notices } from './notices.svelte'

/** The themes, held once for all pages and read again when somebody changes them. */
class Codebook {
  themes: Theme[] = $state.raw([])
  known = $state(false)
  #asked = false
  readonly #byId = $derived(new Map(this.themes.map((theme) => [theme.id, theme])))
  /** Those that can be laid on words. */
  readonly open = $derived(this.themes.filter((theme) => !theme.retired))

  /** To be called by whoever shows themes; asks the server the first time only. */
  want(): void {
    if (this.#asked) return
    this.#asked = true
    events.on('archive', ({ what, call }) => {
      if ((what === 'themes' && !call) || what === 'all') void this.load()
    })
    void this.load()
  }

  async load(): Promise<void> {
    const found = await notices.trying(marking.themes())
    if (found) this.take(found.themes)
  }

  take(themes: Theme[]): void {
    this.themes = themes
    this.known = true
  }

  of(id: string): Theme | undefined {
    return this.#byId.get(id)
  }

  nameOf(id: string): string {
    return this.of(id)?.name ?? id
  }

  byKey(key: string): Theme | undefined {
    return this.open.find((theme) => theme.key === key)
  }
}

export const codebook = new Codebook()
