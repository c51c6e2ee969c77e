/** What the server says, as docs/api.md has it. Times of sound are seconds; moments are RFC 3339. */
import type { Coding, Note, Warning } from './marking'

export interface Session {
  person: string | null
  csrf: string
  read_only: boolean
  archive: { name: string; calls: number; seconds: number; deliveries: number }
  version: string
  /** With passwords the name is that of whoever signed in, and one can sign out. */
  sign_in?: 'name' | 'password'
}

export type CallState = 'waiting' | 'failed' | 'machine' | 'corrected' | 'reviewed'

export interface CallRow {
  id: string
  name: string
  started_at: string | null
  duration: number
  from: string | null
  to: string | null
  people: string[]
  language: string | null
  place: string | null
  state: CallState
  turns: number
  doubts: number
  has_translation: boolean
  stale_translation: boolean
  /** The themes that lie on it, by their ids. */
  themes?: string[]
}

export interface Count {
  value: string
  label?: string
  count: number
}

export interface Facets {
  languages: Count[]
  states: Count[]
  themes?: Count[]
  phones: Count[]
  people: Count[]
  days: Count[]
  total: number
}

export interface Revision {
  id: string
  number: number
  author: string | null
  by: 'machine' | 'person'
  at: string
  based_on: string | null
}

export interface Word {
  w: string
  start: number
  end: number
  p: number | null
}

export interface Doubt {
  reason: string
  detail: string
  heard: string | null
}

export interface WireTurn {
  index: number
  start: number
  end: number
  channel: number
  speaker: string
  language: string | null
  text: string
  by: 'machine' | 'person'
  doubt: Doubt | null
  words: Word[]
  translation: string | null
  translation_by: 'machine' | 'person' | null
  translation_stale: boolean
}

export interface Speaker {
  label: string
  name: string | null
  person: string | null
  standing: string | null
  side: 'caller' | 'called' | null
  seconds: number
}

export interface CallDetail extends Omit<CallRow, 'turns'> {
  recording: { sha256: string; channels: number; sample_rate: number; damage: string | null; files: string[] }
  speakers: Speaker[]
  revision: Revision | null
  translation: (Revision & { stale: boolean }) | null
  reviewed: { what: 'transcript' | 'translation'; by: string; at: string; revision: string }[]
  turns: WireTurn[]
  codings?: Coding[]
  notes?: Note[]
  warnings?: Warning[]
}

export interface Peaks {
  duration: number
  per_second: number
  channels: number[][]
}

export interface DiffLine {
  kind: 'same' | 'changed' | 'added' | 'removed'
  before: string | null
  after: string | null
  words: { kind: 'same' | 'added' | 'removed'; text: string }[]
  start?: number
  speaker?: string
  marks?: string[]
}

export interface Piece {
  t: string
  hit: boolean
}

export interface Hit {
  call: string
  name: string
  started_at: string | null
  from: string | null
  to: string | null
  turn: number
  start: number
  end: number
  speaker: string
  person: string | null
  text: Piece[]
  translation: Piece[] | null
  score: number
}

export interface SearchAnswer {
  total_turns: number
  total_calls: number
  hits: Hit[]
  facets: { languages: Count[]; phones: Count[]; months: Count[] }
}

export type Standing = 'suggested' | 'confirmed' | 'rejected' | 'disputed'

export interface Link {
  id: string
  kind: 'voice' | 'phone' | 'speaker'
  target: string
  label: string
  standing: Standing
  by: string
  at: string
  evidence: string | null
}

export interface Person {
  id: string
  name: string
  alias: string | null
  role: string | null
  note: string | null
  protected: boolean
  links: Link[]
  calls: { id: string; name: string; started_at: string | null; duration: number }[]
}

export interface Phone {
  number: string
  calls: number
  first: string | null
  last: string | null
  places: string[]
  voices: number
  contacts: { number: string; calls: number }[]
  people: { id?: string; name: string; standing?: string }[]
}

export interface Clip {
  call: string
  label: string
  name: string
  start: number
  end: number
}

export interface Suggestion {
  a: Clip
  b: Clip
  score: number
  words: string
  supports: string[]
  contradicts: string[]
  decision: null | 'accepted' | 'rejected'
}

export interface Decided {
  a: Pick<Clip, 'call' | 'label'> & Partial<Clip>
  b: Pick<Clip, 'call' | 'label'> & Partial<Clip>
  decision: 'accepted' | 'rejected' | 'disputed' | 'open'
  note: string | null
  by: string
  at: string
}

export interface Voices {
  suggestions: Suggestion[]
  decided?: Decided[]
  groups: { id: string; members: { call: string; label: string; name: string }[]; people: { id?: string; name: string }[] }[]
}

export interface Net {
  nodes: { id: string; kind: 'phone' | 'voice' | 'person' | 'speaker' | 'call'; label: string }[]
  links: { from: string; to: string; kind: string; standing: string | null; score: number | null }[]
  /** All that there are; a picture holds the most linked of them. */
  total?: { nodes: number; links: number }
}

export interface Claim {
  id: string
  key: string
  call: string
  call_name: string
  turn: number
  kind: string
  who: string | null
  what: string
  where: string | null
  when: string | null
  basis: string | null
  standing: string
  sentence: string
  bearings: { id: string; evidence: string; title: string; says: string; why: string; by: string; at: string }[]
}

export interface Evidence {
  id: string
  key: string
  kind: string
  title: string
  sha256: string | null
  source: string | null
  url: string | null
  name?: string | null
  size?: number | null
  by?: string
  at?: string
  bears_on?: { claim: string; key: string; what: string; says: string; why: string; standing: string }[]
}

export interface StoryRow {
  name: string
  title: string
  quotes: number
  state: 'draft' | 'checked' | 'built'
}

export interface StoryQuote {
  label: string
  line: number
  published: string
  source: string
  level: 'broken' | 'decide' | 'note' | 'ok'
  findings: { level: string; what: string }[]
  signed: boolean
}

export interface Story {
  text: string
  version: string
  problems: { line: number; what: string; next: string | null }[]
  quotes: StoryQuote[]
  pages?: { draft: string | null; site: string | null }
}

export interface Delivery {
  id: string
  source: string | null
  at: string
  files: number
  accepted: number
  verdicts: { verdict: string; count: number }[]
}

export interface Look {
  table: { name: string; columns: { heading: string; field: string | null }[]; sample: (string | { field?: string | null; written?: string | null; read?: string | null })[][] } | null
  files: { name: string; verdict: string; reason: string | null }[]
  faults: Fault[]
  problems?: Fault[]
  errors?: Fault[]
}

/** What was found in an earlier delivery; its files by pages. */
export interface Report {
  table: { name: string; columns: { heading: string; field: string | null }[]; rows: number } | null
  files: { name: string; size: number | null; verdict: string; reason: string | null; call: string | null; call_name: string | null; sha256: string | null }[]
  total: number
  verdicts: { verdict: string; count: number }[]
  faults: { kind: string; line: number | null; column: string | null; text: string }[]
  faults_total: number
}

/** Something that could not be read, as the server tells it. */
export type Fault = string | { what?: string; message?: string; reason?: string; row?: number; line?: number; column?: string; name?: string }

export interface Work {
  id: string
  kind: 'import' | 'process' | 'verify' | 'build'
  state: 'running' | 'done' | 'failed' | 'stopped'
  done: number
  total: number | null
  unit: string
  detail: string | null
  eta_seconds: number | null
  result: unknown
}

export interface LedgerEntry {
  seq: number
  at: string
  actor: string
  act: string
  subject: string
  hash: string
}

export interface Verified {
  whole: boolean
  findings: { kind: string; what: string }[]
  originals: number
  entries: number
}
