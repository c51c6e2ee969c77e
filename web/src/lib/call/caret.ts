/** Where the caret stands in a text field made of one text, in UTF-16 units. */
export function caretIn(field: HTMLElement): { from: number; to: number } | null {
  const selection = getSelection()
  if (!selection || selection.rangeCount === 0) return null
  const range = selection.getRangeAt(0)
  if (!field.contains(range.startContainer) || !field.contains(range.endContainer)) return null
  return { from: offset(field, range.startContainer, range.startOffset), to: offset(field, range.endContainer, range.endOffset) }
}

function offset(field: HTMLElement, node: Node, within: number): number {
  const before = document.createRange()
  before.selectNodeContents(field)
  before.setEnd(node, within)
  return before.toString().length
}

export function putCaret(field: HTMLElement, from: number, to = from): void {
  field.focus({ preventScroll: true })
  const node = field.firstChild
  const range = document.createRange()
  if (node instanceof Text) {
    range.setStart(node, Math.min(from, node.length))
    range.setEnd(node, Math.min(to, node.length))
  } else {
    range.selectNodeContents(field)
    range.collapse(true)
  }
  const selection = getSelection()
  selection?.removeAllRanges()
  selection?.addRange(range)
}

/** The place in a field's text under a point of the window. */
export function offsetAt(field: HTMLElement, x: number, y: number): number | null {
  const at = document.caretPositionFromPoint?.(x, y)
  if (at && field.contains(at.offsetNode)) return offset(field, at.offsetNode, at.offset)
  return null
}
