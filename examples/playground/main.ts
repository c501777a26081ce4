/** The page: settings from its address, a worker that trains, pictures that follow. */
import { Playground } from './playground.ts'
import { sharedForm, sideForm } from './settings/form.ts'
import { offeredBackends } from './settings/offered.ts'
import type { Settings, Side } from './settings/settings.ts'
import { fromQuery, SIDES, toQuery } from './settings/url.ts'
import { element } from './view/element.ts'

/** How long settings must stand still before a run begins with them, in milliseconds. */
const SETTLED = 250

const { settings: first, problems } = fromQuery(location.search)
const offered = await offeredBackends()
const playground = new Playground()
let settings: Settings = first
let timer: ReturnType<typeof setTimeout> | undefined

function change(next: Settings): void {
  settings = next
  clearTimeout(timer)
  timer = setTimeout(() => {
    const query = toQuery(settings)
    history.replaceState(null, '', query === '' ? location.pathname : `?${query}`)
    playground.prepare(settings)
  }, SETTLED)
}

const withSide = (i: number, side: Side): Settings => ({
  ...settings,
  sides: i === 0 ? [side, settings.sides[1]] : [settings.sides[0], side],
})
for (const [i, name] of SIDES.entries()) {
  sideForm(element(name), settings.sides[i], side => change(withSide(i, side)))
}
sharedForm(element('shared'), settings.shared, offered, shared => change({ ...settings, shared }))
element('settings', HTMLDetailsElement).open = matchMedia('(min-width: 700px)').matches

element('link').addEventListener('click', async () => {
  const link = new URL(`?${toQuery(settings)}`, location.href).href
  const copied = await navigator.clipboard?.writeText(link).then(
    () => true,
    () => false,
  )
  playground.say(copied ? 'Link copied' : 'The address bar has the link')
})

playground.prepare(settings)
playground.warn(problems)
