import { recall, remember } from './storage'

/** Everything that a key can do, and the keys that transcribers know for it. */
export const DEFAULT_KEYS = {
  help: '?',
  find: '/',
  play: 'Escape',
  back: 'F1',
  forward: 'F2',
  slower: 'F3',
  faster: 'F4',
  leave: 'F6',
  stamp: 'Ctrl+J',
  doubtNext: 'Tab',
  doubtBefore: 'Shift+Tab',
  turnNext: 'Ctrl+Enter',
  turnBefore: 'Ctrl+Shift+Enter',
  again: 'Ctrl+Space',
  split: 'Ctrl+D',
  join: 'Ctrl+M',
  unintelligible: 'Ctrl+U',
  settle: 'Ctrl+Shift+D',
  vouch: 'Ctrl+Shift+E',
  undo: 'Ctrl+Z',
  redo: 'Ctrl+Shift+Z',
  save: 'Ctrl+S',
  mute: 'Ctrl+Shift+M',
  mark: 'Ctrl+K',
  note: 'Alt+N',
  claim: 'Alt+C',
  protect: 'Alt+P',
  basket: 'Alt+B',
  speaker1: 'Ctrl+1',
  speaker2: 'Ctrl+2',
  speaker3: 'Ctrl+3',
  speaker4: 'Ctrl+4',
  speaker5: 'Ctrl+5',
  speaker6: 'Ctrl+6',
  speaker7: 'Ctrl+7',
  speaker8: 'Ctrl+8',
  hearBoth: 'H',
  hearA: 'A',
  hearB: 'B',
  same: 'S',
  different: 'D',
  later: 'L',
} as const

export type Action = keyof typeof DEFAULT_KEYS

/** Groups in the order in which the help shows them. */
export const KEY_GROUPS: { name: 'everywhere' | 'sound' | 'text' | 'marks' | 'speakers' | 'voices'; actions: Action[] }[] = [
  { name: 'everywhere', actions: ['help', 'find'] },
  { name: 'sound', actions: ['play', 'back', 'forward', 'slower', 'faster', 'again', 'mute'] },
  { name: 'text', actions: ['doubtNext', 'doubtBefore', 'turnNext', 'turnBefore', 'stamp', 'split', 'join', 'unintelligible', 'settle', 'vouch', 'undo', 'redo', 'save', 'leave'] },
  { name: 'marks', actions: ['mark', 'note', 'claim', 'protect', 'basket'] },
  { name: 'speakers', actions: ['speaker1', 'speaker2', 'speaker3', 'speaker4', 'speaker5', 'speaker6', 'speaker7', 'speaker8'] },
  { name: 'voices', actions: ['hearBoth', 'hearA', 'hearB', 'same', 'different', 'later'] },
]

/**
 * The name of a pressed key, `Ctrl+Shift+J`. Letters go by what is printed on a Latin keyboard, so that the keys stay
 * where they are when somebody types Ukrainian or Russian. Meta counts as Ctrl.
 */
export function nameOf(event: Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>): string | null {
  if (['Control', 'Shift', 'Alt', 'Meta', 'Dead', 'Process', 'Unidentified'].includes(event.key)) return null
  let key = event.key
  let shift = event.shiftKey
  if (/^[a-z0-9]$/i.test(key)) key = key.toUpperCase()
  else if (key === ' ') key = 'Space'
  else if (/^[\x21-\x7e]$/.test(key) && !event.ctrlKey) shift = false
  else if (/^Key[A-Z]$/.test(event.code)) key = event.code.slice(3)
  else if (/^Digit\d$/.test(event.code)) key = event.code.slice(5)
  const parts: string[] = []
  if (event.ctrlKey || event.metaKey) parts.push('Ctrl')
  if (event.altKey) parts.push('Alt')
  if (shift) parts.push('Shift')
  return [...parts, key].join('+')
}

class Keys {
  chosen: Partial<Record<Action, string>> = $state(recall('keys', {}))

  of(action: Action): string {
    return this.chosen[action] ?? DEFAULT_KEYS[action]
  }

  /** Which of these actions the pressed key stands for. */
  match(event: KeyboardEvent, among: readonly Action[]): Action | null {
    const name = nameOf(event)
    return name === null ? null : (among.find((action) => this.of(action) === name) ?? null)
  }

  /** Gives an action another key. Whoever had that key in the same place loses it to his own default or to nothing. */
  set(action: Action, name: string): Action | null {
    const other = (Object.keys(DEFAULT_KEYS) as Action[]).find((a) => a !== action && this.of(a) === name) ?? null
    if (other) this.chosen[other] = ''
    this.chosen[action] = name
    this.#keep()
    return other
  }

  reset(): void {
    this.chosen = {}
    this.#keep()
  }

  #keep(): void {
    remember('keys', $state.snapshot(this.chosen))
  }
}

export const keys = new Keys()

/** Whether the pressed key belongs to a field into which somebody types. */
export function typing(event: Event): boolean {
  const target = event.target as HTMLElement | null
  return target !== null && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
}
