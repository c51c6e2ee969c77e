/** Addresses behind the hash: `#/calls/ID?at=12.5`. The server needs to know nothing of them. */
export interface Route {
  page: string
  id: string | null
  params: URLSearchParams
}

function read(): Route {
  const [path = '', params = ''] = location.hash.replace(/^#\/?/, '').split('?', 2)
  const [page = '', ...rest] = path.split('/')
  const id = rest.join('/')
  return { page: page || 'calls', id: id ? decodeURIComponent(id) : null, params: new URLSearchParams(params) }
}

class Router {
  route: Route = $state.raw(read())

  constructor() {
    addEventListener('hashchange', () => (this.route = read()))
  }

  go(address: string): void {
    location.hash = address
  }

  /** Writes the parameters into the address without a new step in the history. */
  note(params: Record<string, string>): void {
    const filled = Object.entries(params).filter(([, value]) => value !== '')
    const text = new URLSearchParams(filled).toString()
    const { page, id } = this.route
    const address = `#/${page}${id ? `/${encodeURIComponent(id)}` : ''}${text ? `?${text}` : ''}`
    if (address === location.hash) return
    history.replaceState(null, '', address)
    this.route = read()
  }
}

export const router = new Router()

/** The address of a call, at a second of its sound if given. */
export function callAddress(id: string, at?: number): string {
  return `#/calls/${encodeURIComponent(id)}${at === undefined ? '' : `?at=${at.toFixed(2)}`}`
}

export function callsAddress(q: string): string {
  return `#/calls?${new URLSearchParams({ q })}`
}
