import { settings } from '../settings.svelte'
import { en } from './en'
import { errors } from './errors.uk'
import { uk } from './uk'

export type Key = keyof typeof en

const rules = { en: new Intl.PluralRules('en'), uk: new Intl.PluralRules('uk') }

/** The text for a key in the chosen language, with `{name}` filled in. Read inside a component it changes with the language. */
export function t(key: Key, values: Record<string, string | number> = {}): string {
  return filled((settings.kept.language === 'uk' ? uk : en)[key], values)
}

function filled(text: string, values: Record<string, string | number>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole))
}

/** What went wrong in the chosen language, where that is not the server's; null where its own words must do. */
export function errorText(code: string | null, values: Record<string, string | number>): string | null {
  const text = settings.kept.language === 'uk' && code ? errors[code] : undefined
  return text === undefined ? null : filled(text, values)
}

/** A counted thing: the forms of a language lie in one text, `{n} call|{n} calls` or `{n} дзвінок|{n} дзвінки|{n} дзвінків`. */
export function count(key: Key, n: number): string {
  const language = settings.kept.language
  const forms = t(key).split('|')
  const form = rules[language].select(n)
  const place = form === 'one' ? 0 : form === 'few' && language === 'uk' ? 1 : forms.length - 1
  return (forms[place] ?? '').replace('{n}', number(n))
}

export function number(n: number): string {
  return n.toLocaleString(settings.kept.language === 'uk' ? 'uk' : 'en-GB')
}

/** A word of the server (a state, a verdict) in the chosen language; unknown words are shown as they are. */
export function word(group: string, value: string): string {
  const key = `${group}.${value}`
  return key in en ? t(key as Key) : value.replaceAll('_', ' ')
}
