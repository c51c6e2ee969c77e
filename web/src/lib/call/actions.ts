import { type Action, keys } from '../keys.svelte'
import type { Player } from '../player.svelte'
import { settings } from '../settings.svelte'
import { clock } from '../time'
import { type Caret, type Editor, UNINTELLIGIBLE } from './editor.svelte'
import { DOUBTFUL, spanAt } from './spans'

/** What the page lends to the keys: where the caret stands, and how to put it elsewhere. */
export interface Hands {
  editor: Editor
  player: Player
  labels: () => string[]
  caret: () => Caret | null
  goTo: (caret: Caret | null) => void
  save: () => void
  leave: () => void
  editable: () => boolean
  mark: (what: Marking) => void
}

/** What can be done with chosen words without changing them. */
export type Marking = 'mark' | 'note' | 'claim' | 'protect' | 'basket'

const SOUND: Action[] = ['play', 'back', 'forward', 'slower', 'faster', 'again', 'mute']
const TEXT: Action[] = ['doubtNext', 'doubtBefore', 'turnNext', 'turnBefore', 'leave']
const MARKS: Marking[] = ['mark', 'note', 'claim', 'protect', 'basket']
const CHANGES: Action[] = [...MARKS, 'stamp', 'split', 'join', 'unintelligible', 'settle', 'vouch', 'undo', 'redo', 'save', 'speaker1', 'speaker2', 'speaker3', 'speaker4', 'speaker5', 'speaker6', 'speaker7', 'speaker8']

/** Handles a pressed key of the call page; says whether it was one. */
export function pressed(event: KeyboardEvent, hands: Hands): boolean {
  const action = keys.match(event, [...SOUND, ...TEXT, ...(hands.editable() ? CHANGES : [])])
  if (!action) return false
  const inText = hands.caret() !== null
  if ((action === 'doubtNext' || action === 'doubtBefore') && !inText) return false
  return perform(action, hands)
}

/** Does what an action means; false where there was nothing to do. */
export function perform(action: Action, hands: Hands): boolean {
  const { editor, player } = hands
  const jump = settings.kept.jump
  switch (action) {
    case 'play': player.toggle(); return true
    case 'back': player.nudge(-jump); return true
    case 'forward': player.nudge(jump); return true
    case 'slower': player.pace(-1); return true
    case 'faster': player.pace(1); return true
    case 'mute': player.mute(); return true
    case 'again': return again(hands)
    case 'doubtNext': return doubt(hands, 1)
    case 'doubtBefore': return doubt(hands, -1)
    case 'turnNext': return step(hands, 1)
    case 'turnBefore': return step(hands, -1)
    case 'leave': hands.leave(); return true
    case 'save': hands.save(); return true
    case 'undo': hands.goTo(editor.undo()); return true
    case 'redo': hands.goTo(editor.redo()); return true
    case 'mark': case 'note': case 'claim': case 'protect': case 'basket': hands.mark(action); return true
    default: return change(action, hands)
  }
}

function change(action: Action, hands: Hands): boolean {
  const { editor, player } = hands
  const caret = hands.caret()
  const key = caret?.key ?? editor.current
  const turn = editor.find(key)
  if (key === null || !turn) return false
  if (action === 'split') hands.goTo(editor.split(key, caret?.from ?? spanAtTime(hands, key)))
  else if (action === 'join') hands.goTo(editor.join(key))
  else if (action === 'settle') editor.change(key, { doubt: null, settled: true })
  else if (action === 'vouch') editor.change(key, { vouched: true, translationBy: 'person', translationStale: false })
  else if (action === 'stamp') insert(hands, `[${clock(player.now)}]`)
  else if (action === 'unintelligible') insert(hands, UNINTELLIGIBLE)
  else if (action.startsWith('speaker')) {
    const label = hands.labels()[Number(action.slice(-1)) - 1]
    if (label !== undefined) editor.change(key, { speaker: label })
  } else return false
  return true
}

/** Puts a text where the caret is, or in the place of what is marked, with a space on either side. */
function insert(hands: Hands, text: string): void {
  const caret = hands.caret()
  const turn = hands.editor.find(caret?.key ?? hands.editor.current)
  if (!turn) return
  const field = caret?.field ?? 'text'
  const now = (field === 'text' ? turn.text : turn.translation) ?? ''
  const from = caret?.from ?? now.length
  const head = now.slice(0, from).trimEnd()
  const tail = now.slice(caret?.to ?? now.length).trimStart()
  const put = [head, text, tail].filter(Boolean).join(' ')
  const at = (head ? head.length + 1 : 0) + text.length
  const after: Caret = { key: turn.key, field, from: at, to: at }
  hands.editor.type(turn.key, field, put, caret, after)
  hands.goTo(after)
}

function spanAtTime(hands: Hands, key: number): number {
  const spans = hands.editor.find(key)?.spans ?? []
  return spans.find((span) => span.end > hands.player.now)?.from ?? 0
}

/** The word or turn at hand once more. */
function again(hands: Hands): boolean {
  const caret = hands.caret()
  const turn = hands.editor.find(caret?.key ?? hands.editor.current)
  if (!turn) return false
  const span = caret?.field === 'text' ? spanAt(turn.spans, caret.from) : null
  if (span) hands.player.play(span.start - 0.6, span.end + 0.6)
  else hands.player.play(turn.start, turn.end)
  return true
}

/** To the next doubtful word, marked, and heard with a little around it. Past the last one the key does what it always does. */
function doubt(hands: Hands, direction: 1 | -1): boolean {
  const { editor, player } = hands
  const caret = hands.caret()
  const here = caret ? editor.placeOf(caret.key) : editor.turns.findIndex((turn) => turn.end > player.now) - (direction > 0 ? 0 : -1)
  for (let i = Math.max(0, here); i >= 0 && i < editor.turns.length; i += direction) {
    const turn = editor.turns[i]
    if (!turn) break
    const edge = i === here && caret?.field === 'text' ? caret : null
    const doubtful = turn.spans.filter((span) => span.p !== null && span.p < DOUBTFUL)
    const ahead = direction > 0 ? doubtful.find((span) => !edge || span.from >= edge.to) : doubtful.findLast((span) => !edge || span.to <= edge.from)
    if (!ahead) continue
    hands.goTo({ key: turn.key, field: 'text', from: ahead.from, to: ahead.to })
    if (settings.kept.clickPlays) player.play(ahead.start - 0.7, ahead.end + 0.7)
    else player.seek(ahead.start)
    return true
  }
  return false
}

function step(hands: Hands, direction: 1 | -1): boolean {
  const { editor } = hands
  const caret = hands.caret()
  const here = caret ? editor.placeOf(caret.key) : editor.placeOf(editor.current ?? -1)
  const turn = editor.turns[here + direction] ?? null
  if (!turn) return true
  hands.goTo({ key: turn.key, field: caret?.field ?? 'text', from: 0, to: 0 })
  if (settings.kept.clickPlays) hands.player.play(turn.start)
  else hands.player.seek(turn.start)
  return true
}
