import { fileURLToPath } from 'node:url'
import { headlessGl } from '../headlessGl/gl.ts'
import type { GpuMode } from './cases/gpu.ts'
import type { Place } from './chromium/browser.ts'
import { Tab } from './chromium/tab.ts'
import { Contestant } from './harness/contestant.ts'
import type { Refusal } from './harness/protocol.ts'
import type { Options } from './options.ts'
import { INSTALL, install } from './peers/install.ts'
import { GPU_PEERS, isInstalled } from './peers/registry.ts'
import { versionOf } from './peers/version.ts'
import type { Entrant } from './report/machine.ts'

const OURS = fileURLToPath(new URL('./ours/gpu.ts', import.meta.url))

/** Those who race on the GPU: pages of one Chromium, and on headlessgl processes. */
export class GpuContestants {
  readonly #options: Options
  #place: Promise<Place | Refusal> | undefined

  constructor(options: Options) {
    this.#options = options
  }

  /** Ours and its peers in that mode, started; one that cannot start says why. */
  async start(mode: GpuMode): Promise<Entrant[]> {
    const rows = GPU_PEERS.filter(
      row => row.mode === mode && (this.#options.peers?.includes(row.name) ?? true),
    )
    const failed = rows.every(isInstalled) ? undefined : install()
    const start = mode === 'headlessgl' ? inProcess : inPageOf(await this.#chromium())
    const all = [await start({ name: 'ir-softmax', adapter: OURS, options: { mode } })]
    for (const row of rows) {
      const { name, adapter, options } = row
      if (isInstalled(row)) {
        all.push(await start({ name, adapter, options: { ...options, version: versionOf(row.package) } }))
      } else all.push(refusing(name, `not installed (${failed}): run ${INSTALL}`))
    }
    return all
  }

  async stop(): Promise<void> {
    const place = await this.#place
    if (place !== undefined && 'stop' in place) await place.stop()
  }

  #chromium(): Promise<Place | Refusal> {
    this.#place ??= import('./chromium/browser.ts')
      .then(({ openBrowser }) => openBrowser(this.#options.angle))
      .catch((error: Error) => ({ reason: error.message }))
    return this.#place
  }
}

interface Row {
  readonly name: string
  readonly adapter: string
  readonly options: object
}

const inPageOf =
  (place: Place | Refusal) =>
  async (row: Row): Promise<Entrant> => {
    if ('reason' in place) return refusing(row.name, place.reason)
    const tab = new Tab(place, row)
    await tab.start()
    return tab
  }

const HEADLESS = {
  'not compiled': 'the package gl is not compiled: npm run test:headless-gl does it',
  'no display': 'no display: xvfb-run -a npm run bench gpu',
}

async function inProcess({ name, adapter, options }: Row): Promise<Entrant> {
  const found = headlessGl()
  if (found !== 'draws') return refusing(name, HEADLESS[found])
  const contestant = new Contestant({ name, start: { adapter, options } })
  await contestant.start()
  return contestant
}

const refusing = (name: string, reason: string): Entrant => ({
  name,
  greeting: { reason },
  ask: async () => ({ reason }),
  stop() {},
})
