import type {
  CallDetail, CallRow, Claim, Delivery, DiffLine, Evidence, Facets, LedgerEntry, Look, Net, Peaks, Person, Phone,
  Report, Revision, SearchAnswer, Session, Standing, Story, StoryRow, Voices, WireTurn, Work,
} from './types'

/** What went wrong, in the words of the server: what happened, why, and what to do next. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly what: string,
    readonly why: string | null = null,
    readonly next: string | null = null,
    readonly body: unknown = null,
    /** What happened, for programs (docs/api.md), and what belongs into its words. */
    readonly code: string | null = null,
    readonly values: Record<string, string | number> = {},
  ) {
    super(what)
  }
}

/** Names this tab to the server, so that it can tell this tab's changes from those of others. */
export const TAB = crypto.randomUUID().slice(0, 8)

let csrf = ''

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

async function problemOf(answer: Response): Promise<Problem> {
  const body: unknown = await answer.json().catch(() => null)
  const error = (body as { error?: Partial<Pick<Problem, 'what' | 'why' | 'next' | 'code' | 'values'>> } | null)?.error
  const what = error?.what ?? `${answer.status} ${answer.statusText}`.trim()
  return new Problem(answer.status, what, error?.why ?? null, error?.next ?? null, body, error?.code ?? null, error?.values ?? {})
}

export async function ask<T>(method: Method, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  const headers: Record<string, string> = {}
  if (method !== 'GET') headers['X-Earwitness-CSRF'] = csrf
  const raw = body instanceof Blob
  if (body !== undefined && !raw) headers['Content-Type'] = 'application/json'
  let answer: Response
  try {
    const sent = body === undefined ? undefined : raw ? body : JSON.stringify(body)
    answer = await fetch(path, { method, headers, body: sent, signal, credentials: 'same-origin' })
  } catch (error) {
    if (signal?.aborted) throw error
    throw new Problem(0, 'offline')
  }
  if (!answer.ok) throw await problemOf(answer)
  const text = await answer.text()
  return (text ? JSON.parse(text) : null) as T
}

export const get = <T>(path: string, signal?: AbortSignal) => ask<T>('GET', path, undefined, signal)
export const post = <T>(path: string, body: unknown = {}) => ask<T>('POST', path, body)
const e = encodeURIComponent
export const query = (params: Record<string, string | number>) =>
  new URLSearchParams(Object.entries(params).map(([k, v]) => [k, String(v)])).toString()

async function enter(answer: Promise<Session>): Promise<Session> {
  const session = await answer
  csrf = session.csrf
  return session
}

/** A claim as it is sent: the turns and words of the transcript that stands, and what is asserted there. */
export type NewClaim = Pick<Claim, 'call' | 'turn' | 'kind' | 'who' | 'what' | 'where' | 'when' | 'basis'> & { words?: string }

export interface SentTurn {
  start: number
  end: number
  channel: number
  speaker: string
  text: string
  unintelligible: boolean
  settled?: boolean
}

export interface SentTranscript {
  based_on: string | null
  tab: string
  turns: SentTurn[]
  translation: { start: number; end: number; channel: number; text: string; vouched?: boolean }[] | null
  translation_based_on: string | null
}

export type SpeakerChange =
  | { action: 'merge'; from: string; into: string }
  | { action: 'assign'; label: string; person: string | null; new_person: string | null }

export const api = {
  session: () => enter(get<Session>('/api/session')),
  signIn: (person: string) => enter(post<Session>('/api/session', { person })),
  signOut: () => ask<unknown>('DELETE', '/api/session'),

  calls: (q: string, sort: string, offset: number, limit: number, signal?: AbortSignal) =>
    get<{ total: number; calls: CallRow[]; prepared?: number }>(`/api/calls?${query({ q, sort, offset, limit })}`, signal),
  facets: (q: string, signal?: AbortSignal) => get<Facets>(`/api/calls/facets?${query({ q })}`, signal),
  call: (id: string) => get<CallDetail>(`/api/calls/${e(id)}`),
  soundOf: (id: string, part?: [number, number]) =>
    `/api/calls/${e(id)}/sound${part ? `?part=${part[0].toFixed(3)}-${part[1].toFixed(3)}` : ''}`,
  peaks: (id: string) => get<Peaks>(`/api/calls/${e(id)}/peaks?per_second=20`),
  keep: (id: string, sent: SentTranscript) => ask<CallDetail>('PUT', `/api/calls/${e(id)}/transcript`, sent),
  revisions: (id: string) => get<{ transcripts: Revision[]; translations: Revision[] }>(`/api/calls/${e(id)}/revisions`),
  revision: (id: string, rev: string) =>
    get<{ revision: Revision; turns: WireTurn[] }>(`/api/calls/${e(id)}/revisions/${e(rev)}`),
  diff: (id: string, from: string, to: string) => get<{ lines: DiffLine[] }>(`/api/calls/${e(id)}/diff?${query({ from, to })}`),
  restore: (id: string, revision: string) => post<CallDetail>(`/api/calls/${e(id)}/restore`, { revision }),
  speakers: (id: string, change: SpeakerChange) => post<CallDetail>(`/api/calls/${e(id)}/speakers`, change),
  reviewed: (id: string, what: 'transcript' | 'translation', revision: string) =>
    post<CallDetail>(`/api/calls/${e(id)}/reviewed`, { what, revision }),
  presence: (id: string, editing: boolean) =>
    post<{ people: string[] }>(`/api/calls/${e(id)}/presence`, { tab: TAB, editing }),

  search: (q: string, offset: number, by: string, signal?: AbortSignal) =>
    get<SearchAnswer>(`/api/search?${query({ q, offset, limit: 20, by })}`, signal),

  people: () => get<{ people: Person[] }>('/api/people'),
  addPerson: (name: string) => post<unknown>('/api/people', { name }),
  changePerson: (id: string, change: Partial<Pick<Person, 'name' | 'alias' | 'role' | 'note' | 'protected'>>) =>
    ask<unknown>('PATCH', `/api/people/${e(id)}`, change),
  addLink: (id: string, target: string, standing: Standing, evidence: string) =>
    post<unknown>(`/api/people/${e(id)}/links`, { target, standing, evidence }),
  decideLink: (id: string, standing: Standing | null, evidence: string) => post<unknown>(`/api/links/${e(id)}`, { standing, evidence }),
  phones: (q: string) => get<{ phones: Phone[]; total?: number }>(`/api/phones?${query({ q })}`),
  phone: (number: string) => get<{ phone: Phone }>(`/api/phones/${e(number)}`),
  voices: () => get<Voices>('/api/voices'),
  decideVoice: (a: string, b: string, decision: 'same' | 'different' | 'later' | 'reopen') =>
    post<unknown>('/api/voices/decide', { a, b, decision }),
  network: (around: string | null) => get<Net>(`/api/network${around ? `?${query({ around })}` : ''}`),

  claims: () => get<{ claims: Claim[]; evidence: Evidence[] }>('/api/claims'),
  addClaim: (claim: NewClaim) => post<unknown>('/api/claims', claim),
  dropClaim: (id: string) => ask<unknown>('DELETE', `/api/claims/${e(id)}`),
  addBearing: (id: string, evidence: string, says: string, why: string) =>
    post<unknown>(`/api/claims/${e(id)}/bearings`, { evidence, says, why }),
  dropBearing: (id: string, evidence: string) => ask<unknown>('DELETE', `/api/claims/${e(id)}/bearings`, { evidence }),
  evidence: () => get<{ evidence: Evidence[] }>('/api/evidence'),
  evidenceText: (id: string) => get<{ begins: string | null }>(`/api/evidence/${e(id)}`),
  evidenceFile: (id: string) => `/api/evidence/${e(id)}/file`,
  seal: (about: Record<'kind' | 'title' | 'source' | 'key' | 'name' | 'url' | 'captured_at', string>, bytes: Blob) =>
    ask<{ evidence: Evidence[]; id: string; was_new: boolean }>(
      'POST', `/api/evidence?${query(Object.fromEntries(Object.entries(about).filter(([, value]) => value !== '')))}`, bytes),
  dropEvidence: (id: string) => ask<unknown>('DELETE', `/api/evidence/${e(id)}`),

  stories: () => get<{ stories: StoryRow[] }>('/api/stories'),
  newStory: (name: string) => post<unknown>('/api/stories', { name }),
  story: (name: string) => get<Story>(`/api/stories/${e(name)}`),
  keepStory: (name: string, text: string, based_on: string) => ask<Story>('PUT', `/api/stories/${e(name)}`, { text, based_on }),
  buildStory: (name: string, draft: boolean) =>
    post<{ built: boolean; leaks: { file: string; place: string; what: string }[]; page: string | null }>(
      `/api/stories/${e(name)}/build`, { draft }),
  signStory: (name: string, quotes: string[], why: string) => post<unknown>(`/api/stories/${e(name)}/sign`, { quotes, why }),

  deliveries: () => get<{ deliveries: Delivery[] }>('/api/deliveries'),
  report: (id: string, verdict: string, offset: number) =>
    get<Report>(`/api/deliveries/${e(id)}/report?${query({ verdict, offset, limit: 500 })}`),
  upload: () => post<{ upload: string }>('/api/uploads'),
  putFile: (upload: string, name: string, file: Blob) =>
    ask<unknown>('PUT', `/api/uploads/${e(upload)}/files?${query({ name })}`, file),
  look: (upload: string) => post<Look>(`/api/uploads/${e(upload)}/look`),
  importUpload: (upload: string, source: string) => post<{ work: string }>(`/api/uploads/${e(upload)}/import`, { source }),
  dropUpload: (upload: string) => ask<unknown>('DELETE', `/api/uploads/${e(upload)}`),
  process: () => post<{ work: string }>('/api/process'),
  stopWork: (id: string) => post<unknown>(`/api/work/${e(id)}/stop`),
  work: () => get<{ work: Work[] } | Work[]>('/api/work'),

  ledger: (offset: number, limit: number) =>
    get<{ total: number; entries: LedgerEntry[] }>(`/api/ledger?${query({ offset, limit })}`),
  verify: () => post<{ work: string }>('/api/verify'),
  status: () => get<Record<string, unknown>>('/api/status'),
}
