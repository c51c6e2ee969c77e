import { api } from './api'
import { notices } from './notices.svelte'
import type { Session } from './types'

/** Who sits here, and in which archive. */
class Desk {
  session: Session | null = $state.raw(null)
  closed = $state(false)
  asking = $state(false)

  get mayChange(): boolean {
    return this.session !== null && !this.session.read_only && this.session.person !== null
  }

  async open(): Promise<void> {
    try {
      this.session = await api.session()
      this.asking = !this.session.person && !this.session.read_only
    } catch (error) {
      this.closed = true
      notices.report(error)
    }
  }

  /** Only where people sign in with passwords: the page of the server takes over. */
  async signOut(): Promise<void> {
    await api.signOut()
    location.assign('/login')
  }

  async signIn(person: string): Promise<void> {
    this.session = await api.signIn(person)
    this.asking = false
  }
}

export const desk = new Desk()
