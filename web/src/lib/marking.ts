/** What people lay over the words of calls: themes, notes, protection, and quotes put aside. As docs/api.md has it. */
import { ask, get, post, query } from './api'
import type { Story } from './types'

const e = encodeURIComponent

/** Words of a call as they are named to the server; characters are Unicode's, not UTF-16 units. */
export interface Place {
  call: string
  turn: number
  from?: number
  to?: number
  revision?: string
}

/** Words of a call as the server finds them again in the transcript that stands. */
export interface Passage {
  call: string
  call_name: string
  started_at: string | null
  turn: number | null
  last: number | null
  from: number | null
  to: number | null
  start: number | null
  end: number | null
  speaker: string | null
  person: string | null
  words: string
  translation: string | null
  rests: { state: 'current' | 'same_words' | 'older' | 'lost'; was?: string; is?: string }
}

export interface Theme {
  id: string
  name: string
  about: string | null
  key: string | null
  /** What listeners are warned of before they hear a call with it. */
  warning: string | null
  colour: number
  retired: boolean
  calls: number
  passages: number
}

export type ThemeChange = Partial<Pick<Theme, 'name' | 'about' | 'key' | 'warning' | 'colour' | 'retired'>>

export interface Coding extends Passage {
  id: string
  theme: string
  note: string | null
  by: string
  at: string
}

export interface Note {
  id: string
  call: string
  text: string
  by: string
  at: string
  revision_number: number
  passage: Passage | null
}

export interface Warning {
  theme: string
  name: string
  warning: string
  spans: [number, number][]
}

export interface Counts {
  by: 'week' | 'month'
  periods: { from: string; calls: number; themes: Record<string, { calls: number; passages: number }> }[]
}

export interface Rule {
  id: string
  kind: string
  terms: string[]
  shown: string
}

export interface NewRule {
  kind: string
  terms: string[]
  stand_in?: { with: string; text?: string }
  exact: boolean
  note: string
  call: string
  /** Only says what it would hide. */
  try?: boolean
}

export interface Hidden {
  turn: number
  in: 'text' | 'translation'
  from: number
  to: number
  text: string
}

export interface BasketItem extends Passage {
  id: number
  note: string | null
}

type Themes = { themes: Theme[]; id?: string }
type Basket = { items: BasketItem[]; id?: number }

export const marking = {
  themes: () => get<Themes>('/api/themes'),
  addTheme: (theme: ThemeChange) => post<Themes>('/api/themes', theme),
  changeTheme: (id: string, change: ThemeChange) => ask<Themes>('PATCH', `/api/themes/${e(id)}`, change),
  passages: (id: string, offset: number) => get<{ total: number; codings: Coding[] }>(`/api/themes/${e(id)}/passages?${query({ offset, limit: 50 })}`),
  counts: (by: 'week' | 'month') => get<Counts>(`/api/themes/counts?${query({ by })}`),
  codebook: (form: 'json' | 'qdc') => `/api/codebook${form === 'qdc' ? '?form=qdc' : ''}`,
  takeCodebook: (file: Blob) =>
    file.text().then((text) => ask<{ added: string[]; changed: string[]; themes: Theme[] }>('PUT', '/api/codebook', JSON.parse(text))),

  code: (theme: string, place: Place) => post<{ coding: Coding; new: boolean }>('/api/codings', { theme, ...place }),
  uncode: (id: string) => ask<unknown>('DELETE', `/api/codings/${e(id)}`),
  undoCode: (id: string) => post<{ coding: Coding | null }>(`/api/codings/${e(id)}/undo`),

  notes: (call: string) => get<{ notes: Note[] }>(`/api/notes?${query({ call })}`),
  addNote: (call: string, text: string, passage: Omit<Place, 'call'> | null) =>
    post<{ note: Note }>('/api/notes', { call, text, ...(passage ? { passage } : {}) }),
  changeNote: (note: Note, text: string) =>
    ask<{ note: Note }>('PATCH', `/api/notes/${e(note.id)}`, { text, revision_number: note.revision_number }),
  dropNote: (id: string) => ask<unknown>('DELETE', `/api/notes/${e(id)}`),
  undoNote: (id: string) => post<{ note: Note | null }>(`/api/notes/${e(id)}/undo`),

  protect: (rule: NewRule) => post<{ id?: string; found?: Hidden[] }>('/api/protection', rule),

  basket: () => get<Basket>('/api/basket'),
  toBasket: (place: Place) => post<Basket>('/api/basket', place),
  noteInBasket: (id: number, note: string) => ask<Basket>('PATCH', `/api/basket/${id}`, { note }),
  dropFromBasket: (id: number) => ask<Basket>('DELETE', `/api/basket/${id}`),
  orderBasket: (ids: number[]) => ask<Basket>('PUT', '/api/basket/order', { ids }),
  undoBasket: () => post<Basket>('/api/basket/undo'),
  quoteInStory: (id: number, name: string, original: boolean) =>
    post<{ reference: string; whole: boolean; story: Story }>(`/api/basket/${id}/story`, { name, original, remove: false }),
}

/** An offset in UTF-16 units as one in Unicode characters, which is what the server counts in. */
export function characters(text: string, units: number): number {
  return [...text.slice(0, units)].length
}

/** The way back. */
export function units(text: string, characters: number): number {
  return [...text].slice(0, characters).join('').length
}
