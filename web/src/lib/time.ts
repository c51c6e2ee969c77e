import { settings } from './settings.svelte'

/** Seconds of sound as people write them: `0:07`, `12:03`, `1:02:03`; with tenths where asked. */
export function clock(seconds: number, tenths = false): string {
  const whole = Math.max(0, tenths ? Math.floor(seconds * 10) / 10 : Math.floor(seconds))
  const h = Math.floor(whole / 3600)
  const m = Math.floor((whole % 3600) / 60)
  const s = whole % 60
  const tail = tenths ? s.toFixed(1).padStart(4, '0') : String(s).padStart(2, '0')
  return h > 0 ? `${h}:${String(m).padStart(2, '0')}:${tail}` : `${m}:${tail}`
}

/** A length in words for totals: `3 h 20 min`. */
export function span(seconds: number): string {
  const minutes = Math.round(seconds / 60)
  const uk = settings.kept.language === 'uk'
  const hour = uk ? 'год' : 'h'
  const minute = uk ? 'хв' : 'min'
  if (minutes < 60) return `${minutes} ${minute}`
  return `${Math.floor(minutes / 60)} ${hour} ${minutes % 60} ${minute}`
}

/** The day and minute of a call in the time of the place where it was recorded, not of the reader. */
export function moment(at: string | null): string {
  if (!at) return '–'
  const parts = /^(\d{4})-(\d\d)-(\d\d)T(\d\d:\d\d)/.exec(at)
  return parts ? `${parts[1]}-${parts[2]}-${parts[3]} ${parts[4]}` : at
}

/** When somebody did something here, in the reader's own time. */
export function when(at: string): string {
  const date = new Date(at)
  if (Number.isNaN(date.getTime())) return at
  const locale = settings.kept.language === 'uk' ? 'uk' : 'en-GB'
  return date.toLocaleString(locale, { dateStyle: 'medium', timeStyle: 'short' })
}
