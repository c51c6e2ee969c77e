/**
 * A long list of which only what is in view is fetched: pages of rows by their place, the newest request wins.
 * Works the same for ten rows and for a million.
 */
export class Pager<T> {
  total = $state(0)
  loading = $state(false)
  known = $state(false)
  #rows = new Map<number, T>()
  /** Counts arrivals, for whoever reads rows. */
  arrived = $state(0)
  #asked = new Set<number>()
  #call = new AbortController()

  constructor(
    private readonly fetchPage: (offset: number, limit: number, signal: AbortSignal) => Promise<{ total: number; rows: T[] }>,
    private readonly failed: (error: unknown) => void,
    readonly limit = 100,
  ) {}

  row(index: number): T | undefined {
    void this.arrived
    return this.#rows.get(index)
  }

  /** Forgets everything; the next `want` starts anew. */
  reset(keepShown = false): void {
    this.#call.abort()
    this.#call = new AbortController()
    this.#asked.clear()
    if (!keepShown) {
      this.#rows.clear()
      this.total = 0
      this.known = false
      this.arrived += 1
    }
  }

  want(from: number, to: number): void {
    const first = Math.floor(Math.max(0, from) / this.limit)
    const last = Math.floor(Math.max(0, to) / this.limit)
    for (let page = first; page <= last; page += 1) {
      if (page > 0 && page * this.limit >= this.total) break
      if (!this.#asked.has(page)) void this.#fetch(page)
    }
  }

  async #fetch(page: number): Promise<void> {
    this.#asked.add(page)
    this.loading = true
    const { signal } = this.#call
    try {
      const found = await this.fetchPage(page * this.limit, this.limit, signal)
      if (signal.aborted) return
      this.total = found.total
      this.known = true
      found.rows.forEach((row, i) => this.#rows.set(page * this.limit + i, row))
      this.arrived += 1
    } catch (error) {
      if (signal.aborted) return
      this.#asked.delete(page)
      this.failed(error)
    }
    this.loading = false
  }
}
