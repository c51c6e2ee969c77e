import type { Work } from './types'

export interface Heard {
  call: { call: string; revision: string | null; by: string; tab: string }
  presence: { call: string; people: string[] }
  work: Work
  archive: { what: string; call?: string }
}

type Listener<K extends keyof Heard> = (event: Heard[K]) => void

/** What the server tells of its own accord. The browser connects again by itself when the line breaks. */
class Events {
  connected = $state(true)
  works: Work[] = $state.raw([])
  #listeners: { [K in keyof Heard]: Set<Listener<K>> } = { call: new Set(), presence: new Set(), work: new Set(), archive: new Set() }
  #source: EventSource | null = null

  start(): void {
    if (this.#source) return
    const source = new EventSource('/api/events')
    this.#source = source
    source.onopen = () => (this.connected = true)
    source.onerror = () => (this.connected = false)
    for (const kind of ['call', 'presence', 'work', 'archive'] as const) {
      source.addEventListener(kind, (message) => this.#hear(kind, message))
    }
  }

  /** Listens until the returned function is called. */
  on<K extends keyof Heard>(kind: K, listener: Listener<K>): () => void {
    this.#listeners[kind].add(listener)
    return () => this.#listeners[kind].delete(listener)
  }

  noteWork(work: Work): void {
    this.works = [work, ...this.works.filter((other) => other.id !== work.id)]
  }

  #hear<K extends keyof Heard>(kind: K, message: MessageEvent<string>): void {
    const event = JSON.parse(message.data) as Heard[K]
    if (kind === 'work') this.noteWork(event as Work)
    for (const listener of this.#listeners[kind]) listener(event)
  }
}

export const events = new Events()
