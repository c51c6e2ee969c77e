/** The words of a query, as the search takes them: quoted stretches stay together. */
export function tokens(query: string): string[] {
  return query.match(/(?:[^\s"]|"[^"]*"?)+/g) ?? []
}

export function holds(query: string, token: string): boolean {
  return tokens(query).includes(token)
}

/** A filter and its value as one token, quoted where the value has spaces. */
export function filter(name: string, value: string): string {
  return /[\s"]/.test(value) ? `${name}:"${value.replaceAll('"', '')}"` : `${name}:${value}`
}

/** The query with a token put in, or taken out where it stands. */
export function toggled(query: string, token: string): string {
  const all = tokens(query)
  return (all.includes(token) ? all.filter((other) => other !== token) : [...all, token]).join(' ')
}

/** The query with one filter set to a value, or without it. */
export function withFilter(query: string, name: string, value: string | null): string {
  const rest = tokens(query).filter((token) => !token.startsWith(`${name}:`))
  return (value === null ? rest : [...rest, filter(name, value)]).join(' ')
}

export function valueOf(query: string, name: string): string | null {
  const found = tokens(query).find((token) => token.startsWith(`${name}:`))
  return found ? found.slice(name.length + 1).replaceAll('"', '') : null
}
