import type { Report } from '../../models/index.ts'
import { meanOf } from '../long-tail/summary.ts'
import { phaseOf } from './schedule.ts'

/** How strongly weights are pulled by their own class and pushed by the others (equation 2) at each step. */
export interface Strength {
  readonly pull: readonly number[]
  readonly push: readonly number[]
}

export const ENDS = ['head', 'tail'] as const
export type End = (typeof ENDS)[number]

/** The head is the mean over the nine digits that are common, the tail the rare one. */
export type Strengths = Readonly<Record<End, Strength>>

/** Five digits are more than a picture shows. */
const DIGITS = 5

/** Takes down the reports of a run. */
export class StrengthRecorder {
  readonly #rare: number
  readonly strengths = { head: { pull: [], push: [] }, tail: { pull: [], push: [] } } as Record<
    End,
    Record<keyof Strength, number[]>
  >

  constructor(rare: number) {
    this.#rare = rare
  }

  add(report: Report): void {
    for (const kind of ['pull', 'push'] as const) {
      const byClass = Array.from(report[kind] ?? [])
      const head = byClass.filter((_, k) => k !== this.#rare)
      this.strengths.head[kind].push(rounded(meanOf(head)))
      this.strengths.tail[kind].push(rounded(byClass[this.#rare]))
    }
  }
}

export const rounded = (value: number): number => Number(value.toPrecision(DIGITS))

/** Step by step the mean over runs of one length. */
export function meanStrength(runs: readonly Strength[]): Strength {
  const mean = (kind: keyof Strength): number[] =>
    runs[0][kind].map((_, t) => meanOf(runs.map(run => run[kind][t])))
  return { pull: mean('pull'), push: mean('push') }
}

/** Push over pull in a phase of the rate, each summed over its steps. */
export function pushOverPull({ pull, push }: Strength, phase: number): number {
  const sum = (values: readonly number[]): number =>
    values.reduce((total, v, t) => (phaseOf(t, values.length) === phase ? total + v : total), 0)
  return sum(push) / sum(pull)
}

/** Each value's mean with those around it, `width` in all where there are so many. */
export function movingMean(values: readonly number[], width: number): number[] {
  const half = Math.floor(width / 2)
  return values.map((_, t) => meanOf(values.slice(Math.max(0, t - half), t + half + 1)))
}
