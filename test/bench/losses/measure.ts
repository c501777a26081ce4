import { runAlone } from '../engine/child.ts'
import { type MeasuredCase, NOBODY } from '../engine/measure.ts'
import type { OursOptions } from '../ours/adapter.ts'
import { BASE, candidates, SIZES } from './candidates.ts'
import type { StepsOptions, StepsReport } from './steps.ts'

const { batch, classes, dim } = SIZES

/** A step of each loss as a multiple of CosFace's, which runs beside it in the same process. */
export const lossCases = (ours: OursOptions, rounds: number): MeasuredCase[] =>
  candidates.map(({ name: loss, goal }) => {
    const name = `loss ${loss} ${batch}x${dim} C=${classes}`
    return {
      name,
      async measure() {
        const options = { ...ours, name: loss, rounds }
        const { ms, baseMs, ratio, peak, kept } = await runAlone<StepsOptions, never, StepsReport>(
          '../losses/steps.ts',
          options,
        )
        const line = {
          name,
          ours_ms: ms,
          ...NOBODY,
          cosface_ms: baseMs,
          times_cosface: ratio,
          goal,
          peak_bytes: peak,
          kept_bytes: kept,
        }
        const mib = (bytes: number): string => (bytes / 2 ** 20).toFixed(1)
        const memory = peak === undefined ? '' : `; ${mib(peak)} MiB in a step, ${mib(kept!)} kept`
        const text = `${ms.toFixed(2)} ms a step, ${ratio.toFixed(2)} x ${BASE}'s (${baseMs.toFixed(2)}), goal ${goal}${memory}`
        return { lines: [line], text }
      },
    }
  })
