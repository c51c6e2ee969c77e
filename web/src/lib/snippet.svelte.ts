import { api } from './api'
import { Player } from './player.svelte'

/** Plays short stretches of calls in place: one at a time, or two one after the other. */
export class Snippets {
  readonly player = new Player()
  /** What is sounding, by the name its place gave it. */
  sounding: string | null = $state(null)
  #next: (() => void) | null = null

  constructor() {
    this.player.audio.addEventListener('ended', () => this.#over())
    this.player.audio.addEventListener('error', () => (this.sounding = null))
  }

  toggle(name: string, call: string, start: number, end: number): void {
    if (this.sounding === name) this.stop()
    else this.play([{ name, call, start, end }])
  }

  play(parts: { name: string; call: string; start: number; end: number }[]): void {
    const [part, ...rest] = parts
    if (!part) return
    this.#next = rest.length > 0 ? () => this.play(rest) : null
    this.sounding = part.name
    this.player.load(api.soundOf(part.call, [Math.max(0, part.start), part.end]))
    this.player.play(0)
  }

  stop(): void {
    this.#next = null
    this.sounding = null
    this.player.audio.pause()
  }

  close(): void {
    this.stop()
    this.player.close()
  }

  #over(): void {
    const next = this.#next
    this.#next = null
    this.sounding = null
    if (next) setTimeout(next, 350)
  }
}
