import { Problem } from './api'
import { errorText, t } from './i18n'

export interface Notice {
  id: number
  kind: 'bad' | 'good'
  what: string
  why: string | null
  next: string | null
  /** Something to press beside the words: to undo what was just done, say. */
  press?: { label: string; act: () => void }
}

let count = 0

/** What the person must be told: errors stay until they are closed, good news goes by itself. */
class Notices {
  list: Notice[] = $state([])

  say(what: string, press?: Notice['press']): void {
    const id = this.#add({ kind: 'good', what, why: null, next: null, press })
    setTimeout(() => this.close(id), press ? 12_000 : 6000)
  }

  /** Tells of an error. Requests that were called off are no errors. */
  report(error: unknown): void {
    if (error instanceof DOMException && error.name === 'AbortError') return
    if (error instanceof Problem) {
      if (error.status === 0) this.#add({ kind: 'bad', what: t('error.offline'), why: t('error.offline.why'), next: t('error.offline.next') })
      else {
        const what = errorText(error.code, error.values)
        this.#add(what ? { kind: 'bad', what, why: null, next: null } : { kind: 'bad', what: error.what, why: error.why, next: error.next })
      }
    } else {
      this.#add({ kind: 'bad', what: t('error.page'), why: String(error), next: t('error.page.next') })
    }
  }

  /** What a request gives; undefined where it failed, which the person was told. */
  async trying<T>(work: Promise<T>): Promise<T | undefined> {
    try {
      return await work
    } catch (error) {
      this.report(error)
      return undefined
    }
  }

  close(id: number): void {
    this.list = this.list.filter((notice) => notice.id !== id)
  }

  #add(notice: Omit<Notice, 'id'>): number {
    const same = notice.press ? undefined : this.list.find((old) => old.what === notice.what && old.why === notice.why)
    if (same) return same.id
    count += 1
    this.list = [...this.list.slice(-3), { ...notice, id: count }]
    return count
  }
}

export const notices = new Notices()
