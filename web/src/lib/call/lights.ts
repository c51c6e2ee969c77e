import { type Span, DOUBTFUL, lastBefore } from './spans'

/**
 * Lights on words, drawn by the browser over plain text (CSS Custom Highlight API): no element for each word, so that a
 * long call stays light and the caret stays where it is. A browser without it shows the text without lights.
 */
const able = typeof Highlight !== 'undefined' && 'highlights' in CSS

function lamp(name: string): Highlight | null {
  if (!able) return null
  let found = CSS.highlights.get(name)
  if (!found) {
    found = new Highlight()
    CSS.highlights.set(name, found)
  }
  return found
}

/** A range over a stretch of an element's only text, if it reaches that far. */
export function rangeIn(element: Element, from: number, to: number): Range | null {
  const node = element.firstChild
  if (!(node instanceof Text) || node.length < to || from >= to) return null
  const range = document.createRange()
  range.setStart(node, from)
  range.setEnd(node, to)
  return range
}

export class Lights {
  #spoken = lamp('spoken')
  #doubtful = lamp('doubtful')
  #shaded = new Map<Element, Range[]>()
  #lit = new Map<Element, Span>()

  /** Shades the doubtful words of a turn that has come into view. */
  shade(element: Element, spans: readonly Span[]): void {
    this.unshade(element)
    const ranges: Range[] = []
    for (const span of spans) {
      if (span.p === null || span.p >= DOUBTFUL) continue
      const range = rangeIn(element, span.from, span.to)
      if (!range) continue
      ranges.push(range)
      this.#doubtful?.add(range)
    }
    if (ranges.length > 0) this.#shaded.set(element, ranges)
  }

  unshade(element: Element): void {
    for (const range of this.#shaded.get(element) ?? []) this.#doubtful?.delete(range)
    this.#shaded.delete(element)
  }

  /** Lights the words that are spoken at a time in these turns; the rest goes dark. */
  light(time: number, turns: readonly { element: Element; spans: readonly Span[] }[]): void {
    const lit = new Map<Element, Span>()
    for (const { element, spans } of turns) {
      const span = spans[lastBefore(spans, time)]
      if (span && time < span.end + 0.25) lit.set(element, span)
    }
    if (same(lit, this.#lit)) return
    this.#lit = lit
    this.#spoken?.clear()
    for (const [element, span] of lit) {
      const range = rangeIn(element, span.from, span.to)
      if (range) this.#spoken?.add(range)
    }
  }

  close(): void {
    this.#spoken?.clear()
    this.#doubtful?.clear()
    this.#shaded.clear()
  }
}

function same(a: Map<Element, Span>, b: Map<Element, Span>): boolean {
  return a.size === b.size && [...a].every(([element, span]) => b.get(element) === span)
}
