import type { GpuMode } from './cases/gpu.ts'
import type { Section } from './cases/select.ts'
import { ours, oursOf, startPeers } from './contestants.ts'
import { GpuContestants } from './gpuContestants.ts'
import type { Contestant } from './harness/contestant.ts'
import type { Options } from './options.ts'
import { Peak } from './peak/peak.ts'
import type { PeerGroup } from './peers/registry.ts'
import { type Entrant, machine } from './report/machine.ts'

/** Where peers get the threads that ours has. */
const THREADED: readonly PeerGroup[] = ['nets', 'classes']

/** Who races in a section, ours first. */
export interface Field {
  readonly contestants: readonly Entrant[]
  /** What the processor can do, measured beside them; not where something else computes. */
  readonly peak?: Peak
  /** What ours needs for it is optional, and not here: no failure of ours. */
  readonly missing?: boolean
}

/** The fields of a run. One is started when its first section comes, and stopped when another one's does. */
export class Fields {
  readonly #options: Options
  readonly #comment: (line: string) => void
  readonly #gpu: GpuContestants
  #peak: Peak | undefined
  /** Those on the processor, by name: their processes start again when they are asked. */
  readonly #known = new Map<string, Field>()
  #current: Field | undefined

  /** `comment` is told what the figures are measured on and with. */
  constructor(options: Options, comment: (line: string) => void) {
    this.#options = options
    this.#comment = comment
    this.#gpu = new GpuContestants(options)
    process.once('exit', () => this.#leave())
  }

  async of({ threads, mode, peers = 'kernels' }: Section): Promise<Field> {
    const key = `${threads} ${mode} ${peers}`
    const known = this.#known.get(key)
    if (this.#current === undefined || this.#current !== known) this.#leave()
    this.#current =
      known ?? (mode !== undefined ? await this.#onGpu(mode) : await this.#onCpu(threads, peers))
    if (mode === undefined) this.#known.set(key, this.#current)
    return this.#current
  }

  async stop(): Promise<void> {
    this.#leave()
    await this.#gpu.stop()
    if (this.#peak !== undefined) {
      this.#comment(`SIMD peak, the best of the whole run: ${this.#peak.best.toFixed(1)} GFLOP/s`)
    }
  }

  async #onCpu(threads: number | undefined, group: PeerGroup): Promise<Field> {
    this.#peak ??= await Peak.create()
    const peak = this.#peak
    const { peers } = this.#options
    const own =
      threads === undefined ? [ours('ir-softmax', oursOf(this.#options))] : pair(threads, this.#options)
    if (threads !== undefined && group === 'kernels') return { contestants: own, peak }
    for (const one of own) await one.start()
    const wanted = threads ?? this.#options.threads
    const others = await startPeers(peers, group, THREADED.includes(group) ? wanted : 1)
    const contestants = [...own, ...others]
    for (const line of machine(contestants, peak.best)) this.#comment(line)
    return { contestants, peak }
  }

  async #onGpu(mode: GpuMode): Promise<Field> {
    const contestants = await this.#gpu.start(mode)
    for (const line of machine(contestants)) this.#comment(line)
    return { contestants, missing: mode === 'headlessgl' && 'reason' in contestants[0].greeting! }
  }

  #leave(): void {
    for (const contestant of this.#current?.contestants ?? []) contestant.stop()
    this.#current = undefined
  }
}

const pair = (threads: number, options: Options): Contestant[] =>
  [threads, 1].map(n =>
    ours(`ir-softmax ${n} thread${n === 1 ? '' : 's'}`, { ...oursOf(options), threads: n }),
  )
