import type { Fault } from '../types'

/** A fault in one line, whatever the server knows of it. */
export function faultWords(fault: unknown): string {
  if (typeof fault === 'string') return fault
  const known = fault as Exclude<Fault, string>
  const words = known.what ?? known.message ?? known.reason
  const place = [known.name, known.line ?? known.row, known.column].filter((part) => part !== undefined && part !== null).join(', ')
  return words ? (place ? `${place}: ${words}` : words) : JSON.stringify(fault)
}
