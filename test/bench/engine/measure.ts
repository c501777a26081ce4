import { SingleBar } from 'cli-progress'
import type { OursOptions } from '../ours/adapter.ts'
import type { Line } from '../report/line.ts'
import { runAlone } from './child.ts'
import type { MemoryOptions, MemoryReport } from './memory.ts'
import type { Measured, OverheadOptions, OverheadReport } from './overhead.ts'

/** The classes of the step that is looked at. */
const CLASSES = 2000
/** The step whose memory the end is held to: pools and the heap have their size by then. */
const SETTLED = 100
const OVERHEAD_STEPS = 50

export interface EngineOptions {
  readonly ours: OursOptions
  readonly steps: number
}

/** A measurement that is no race: lines for programs, one a peer where there are any, and in words for people. */
export interface MeasuredCase {
  readonly name: string
  /** Above the texts of those that have the same, which are rows of one table; other texts come after the name. */
  readonly header?: string
  measure(): Promise<{ lines: readonly Line[]; text: string }>
}

/** Fields of a line of which nobody is compared with. */
export const NOBODY = { peer: null, peer_ms: null, ratio: null, gflops: null, peak_fraction: null }

export function engineCases({ ours, steps }: EngineOptions): MeasuredCase[] {
  return [
    overhead(`overhead step C=${CLASSES}`, {
      ...ours,
      classes: CLASSES,
      steps: Math.min(steps, OVERHEAD_STEPS),
    }),
    memory(`memory ${steps} steps`, { ...ours, classes: CLASSES, steps, tidy: true }),
    memory(`memory ${steps} steps without tidy`, { ...ours, classes: CLASSES, steps, tidy: false }),
  ]
}

/** The share of a step that is not spent in WebAssembly; of a backend without, that is not spent in its kernels. */
const overhead = (name: string, options: OverheadOptions): MeasuredCase => ({
  name,
  async measure() {
    const { wasm, kernels } = await runAlone<OverheadOptions, never, OverheadReport>('./overhead.ts', options)
    const strictest = wasm.calls > 0 ? wasm : kernels
    const outside = (m: Measured): number => m.outside / m.total
    const parts = [`${percent(outside(kernels))} outside ${kernels.calls} kernels`]
    if (wasm.calls > 0) parts.unshift(`${percent(outside(wasm))} outside ${wasm.calls} calls of WebAssembly`)
    const line = {
      name,
      ours_ms: strictest.total,
      ...NOBODY,
      overhead_ms: strictest.outside,
      overhead_fraction: outside(strictest),
      outside_kernels_fraction: outside(kernels),
      kernel_calls: kernels.calls,
      wasm_calls: wasm.calls,
    }
    return {
      lines: [line],
      text: `${strictest.total.toFixed(2)} ms a step: ${parts.join(', ')}`,
    }
  },
})

const percent = (fraction: number): string => `${(100 * fraction).toFixed(1)} %`

const memory = (name: string, options: MemoryOptions): MeasuredCase => ({
  name,
  async measure() {
    const { steps } = options
    const bar = progress(name, steps)
    let settled: MemoryReport | undefined
    const end = await runAlone<MemoryOptions, MemoryReport, MemoryReport>('./memory.ts', options, report => {
      if (report.step >= Math.min(SETTLED, steps / 2)) settled ??= report
      bar.update(report)
    })
    bar.stop()
    const growth = end.now / settled!.now - 1
    const settledText = `${settled!.now.toFixed(0)} MiB after step ${settled!.step}`
    const heap = `of it V8's heap ${settled!.heap.toFixed(0)} and ${end.heap.toFixed(0)}`
    const line = {
      name,
      ours_ms: end.ms,
      ...NOBODY,
      rss_settled_mib: settled!.now,
      rss_end_mib: end.now,
      rss_growth: growth,
      rss_max_mib: end.most,
      heap_settled_mib: settled!.heap,
      heap_end_mib: end.heap,
    }
    return {
      lines: [line],
      text: [
        `${settledText}, ${end.now.toFixed(0)} at the end (${percent(growth)}), ${heap}`,
        `at most ${end.most.toFixed(0)}; ${end.ms.toFixed(1)} ms a step`,
      ].join('; '),
    }
  },
})

/** On standard error: a bar on a terminal, else a line each tenth. */
function progress(name: string, steps: number) {
  const format = `${name}: {bar} {value}/{total}, {now} MiB`
  const bar = process.stderr.isTTY
    ? new SingleBar({ format, clearOnComplete: true, stream: process.stderr })
    : undefined
  bar?.start(steps, 0, { now: 0 })
  let tenth = 0
  return {
    update({ step, now }: MemoryReport): void {
      bar?.update(step, { now: now.toFixed(0) })
      const at = Math.floor((10 * step) / steps)
      if (bar === undefined && at > tenth) console.error(`${name}: ${step}/${steps}, ${now.toFixed(0)} MiB`)
      tenth = at
    },
    stop: () => bar?.stop(),
  }
}
