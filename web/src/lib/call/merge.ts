/** Two people's corrections of one transcript, turn by turn. Knows texts only. */
export interface Version {
  start: number
  end: number
  channel: number
  speaker: string
  text: string
  translation: string | null
}

export interface Clash {
  index: number
  base: Version
  mine: Version
  theirs: Version
}

export interface Merge {
  /** Turns that both changed, in different ways: somebody must choose. */
  clashes: Clash[]
  /** What only I changed, by the place of the turn. */
  mine: Map<number, Version>
  /** How many turns only the other person changed. */
  theirs: number
}

export function same(a: Version, b: Version): boolean {
  return a.text === b.text && a.speaker === b.speaker && (a.translation ?? '') === (b.translation ?? '')
}

function aligned(a: readonly Version[], b: readonly Version[]): boolean {
  return a.length === b.length && a.every((turn, i) => Math.abs(turn.start - (b[i]?.start ?? -1)) < 0.02 && turn.channel === b[i]?.channel)
}

/** Merges where all three versions have the same turns; null where turns were split or joined meanwhile. */
export function merge(base: readonly Version[], mine: readonly Version[], theirs: readonly Version[]): Merge | null {
  if (!aligned(base, mine) || !aligned(base, theirs)) return null
  const result: Merge = { clashes: [], mine: new Map(), theirs: 0 }
  base.forEach((old, index) => {
    const m = mine[index]
    const their = theirs[index]
    if (!m || !their) return
    const iChanged = !same(old, m)
    const theyChanged = !same(old, their)
    if (iChanged && theyChanged && !same(m, their)) result.clashes.push({ index, base: old, mine: m, theirs: their })
    else if (iChanged && !theyChanged) result.mine.set(index, m)
    else if (theyChanged) result.theirs += 1
  })
  return result
}
