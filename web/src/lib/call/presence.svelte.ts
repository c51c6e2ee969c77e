import { api } from '../api'
import { events } from '../events.svelte'
import { desk } from '../session.svelte'

const EVERY = 10_000

/** Tells the server that somebody sits over this call, and learns who else does. */
export class Presence {
  others: string[] = $state([])
  #timer = 0
  #off: () => void

  constructor(
    private readonly call: string,
    private readonly editing: () => boolean,
  ) {
    this.#off = events.on('presence', (event) => {
      if (event.call === call) this.others = event.people.filter((person) => person !== desk.session?.person)
    })
    void this.#tell()
    this.#timer = window.setInterval(() => void this.#tell(), EVERY)
  }

  close(): void {
    clearInterval(this.#timer)
    this.#off()
  }

  async #tell(): Promise<void> {
    if (!desk.mayChange) return
    // A missed sign of life is no news: the next comes in ten seconds.
    const answer = await api.presence(this.call, this.editing()).catch(() => null)
    if (answer) this.others = answer.people
  }
}
