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

/** A stretch of a text under a highlight. */
export interface Lit {
  lamp: string
  from: number
  to: number
}

export class Lights {
  #spoken = lamp('spoken')
  #laid = { doubts: new Map<Element, [Highlight, Range][]>(), themes: new Map<Element, [Highlight, Range][]>() }
  #lit = new Map<Element, Span>()

  /** Shades the doubtful words of a turn that has come into view. */
  shade(element: Element, spans: readonly Span[]): void {
    const doubtful = spans.filter((span) => span.p !== null && span.p < DOUBTFUL)
    this.#lay('doubts', element, doubtful.map(({ from, to }) => ({ lamp: 'doubtful', from, to })))
  }

  /** Underlines what themes lie on, each in its colour. */
  underline(element: Element, stretches: readonly Lit[]): void {
    this.#lay('themes', element, stretches)
  }

  /** Takes what lies on a turn away. */
  clear(what: 'doubts' | 'themes', element: Element): void {
    for (const [highlight, range] of this.#laid[what].get(element) ?? []) highlight.delete(range)
    this.#laid[what].delete(element)
  }

  #lay(what: 'doubts' | 'themes', element: Element, stretches: readonly Lit[]): void {
    this.clear(what, element)
    const put: [Highlight, Range][] = []
    for (const { lamp: name, from, to } of stretches) {
      const highlight = lamp(name)
      const range = highlight && rangeIn(element, from, to)
      if (!range) continue
      highlight.add(range)
      put.push([highlight, range])
    }
    if (put.length > 0) this.#laid[what].set(element, put)
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
    for (const what of ['doubts', 'themes'] as const) for (const element of [...this.#laid[what].keys()]) this.clear(what, element)
  }
}

function same(a: Map<Element, Span>, b: Map<Element, Span>): boolean {
  return a.size === b.size && [...a].every(([element, span]) => b.get(element) === span)
}
