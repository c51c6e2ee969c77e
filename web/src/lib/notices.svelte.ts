import { Problem } from './api'
import { t } from './i18n'

export interface Notice {
  id: number
  kind: 'bad' | 'good'
  what: string
  why: string | null
  next: string | null
}

let count = 0

/** What the person must be told: errors stay until they are closed, good news goes by itself. */
class Notices {
  list: Notice[] = $state([])

  say(what: string): void {
    const id = this.#add({ kind: 'good', what, why: null, next: null })
    setTimeout(() => this.close(id), 6000)
  }

  /** Tells of an error. Requests that were called off are no errors. */
  report(error: unknown): void {
    if (error instanceof DOMException && error.name === 'AbortError') return
    if (error instanceof Problem) {
      if (error.status === 0) this.#add({ kind: 'bad', what: t('error.offline'), why: t('error.offline.why'), next: t('error.offline.next') })
      else this.#add({ kind: 'bad', what: error.what, why: error.why, next: error.next })
    } else {
      this.#add({ kind: 'bad', what: t('error.page'), why: String(error), next: t('error.page.next') })
    }
  }

  close(id: number): void {
    this.list = this.list.filter((notice) => notice.id !== id)
  }

  #add(notice: Omit<Notice, 'id'>): number {
    const same = this.list.find((old) => old.what === notice.what && old.why === notice.why)
    if (same) return same.id
    count += 1
    this.list = [...this.list.slice(-3), { ...notice, id: count }]
    return count
  }
}

export const notices = new Notices()
