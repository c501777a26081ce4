import type { Case } from '../cases/case.ts'
import type { Contestant } from './contestant.ts'
import type { Refusal } from './protocol.ts'
import { differenceOf, innerOf, planOf, type Summary, summarize } from './statistics.ts'

export interface RaceOptions {
  readonly rounds: number
  /** Milliseconds that a contestant may take for a case, instead of the case's own budget. */
  readonly budget?: number
  /** Called in each round, for what is measured beside the contestants. */
  readonly beside?: () => void
}

export type Outcome = Summary | Refusal

export type Racer = Pick<Contestant, 'name' | 'ask' | 'stop'>

/** Milliseconds of a contestant's turn in a round, and of its warm-up. */
const TURN = 20
const WARM_UP = 300

/** A contestant in one race. */
interface Lane {
  readonly contestant: Racer
  readonly samples: number[]
  /** Rounds that it still takes part in. */
  rounds: number
  /** Milliseconds a call, by what was seen so far. */
  expected: number
  reason?: string
  bytes?: number
}

/**
 * Lets all compute the case in turns, round after round, so that what the machine does meanwhile meets them alike;
 * each round begins with another. A result must agree with that of the first contestant that has one.
 */
export async function race(
  c: Case,
  contestants: readonly Racer[],
  { rounds, budget = c.budget, beside }: RaceOptions,
): Promise<Outcome[]> {
  const lanes = contestants.map((contestant): Lane => ({ contestant, samples: [], rounds: 0, expected: 0 }))
  if (c.fresh) for (const contestant of contestants) contestant.stop()
  await begin(c, lanes, rounds, budget)
  for (let round = 0; round < rounds; round++) {
    beside?.()
    for (let i = 0; i < lanes.length; i++) {
      const lane = lanes[(i + round) % lanes.length]
      if (lane.reason === undefined && round < lane.rounds) lane.samples.push(...(await turn(c, lane, TURN)))
    }
  }
  for (const lane of lanes) await end(c, lane)
  return lanes.map(({ reason, samples, bytes }) =>
    reason === undefined ? { ...summarize(samples), ...(bytes && { bytes }) } : { reason },
  )
}

async function begin(c: Case, lanes: readonly Lane[], rounds: number, budget: number): Promise<void> {
  let outputs: readonly (readonly number[])[] | undefined
  for (const lane of lanes) {
    const first = await lane.contestant.ask({ ask: 'begin', case: c }, c.limit)
    if ('reason' in first) {
      lane.reason = first.reason
      continue
    }
    outputs ??= first.outputs
    const difference = differenceOf(outputs, first.outputs, c.tolerance)
    if (difference !== undefined) {
      lane.reason = `${WRONG}: ${difference}`
      continue
    }
    const plan = planOf(first.ms, budget, rounds)
    if (plan.onlyFirst) lane.samples.push(first.ms)
    lane.rounds = plan.rounds
    lane.expected = first.ms
    if (plan.warmUp) {
      const samples = await turn(c, lane, WARM_UP)
      if (samples.length > 0) lane.expected = summarize(samples).best
    }
  }
}

async function end(c: Case, lane: Lane): Promise<void> {
  const { contestant, reason } = lane
  if (!c.fresh) {
    await contestant.ask({ ask: 'end' }, c.limit)
    return
  }
  if (reason === undefined) {
    const memory = await contestant.ask({ ask: 'memory' }, c.limit)
    if ('reason' in memory) lane.reason = memory.reason
    else lane.bytes = memory.bytes
  }
  contestant.stop()
}

/** How the reason of a contestant begins whose result is not that of the first. */
export const WRONG = 'another result'

async function turn(c: Case, lane: Lane, ms: number): Promise<readonly number[]> {
  const { contestant, expected } = lane
  // One call to bring the operands back into the caches that the others have used.
  const untimed = expected < TURN ? 1 : 0
  const answer = await contestant.ask({ ask: 'run', untimed, ms, inner: innerOf(expected) }, c.limit)
  if ('samples' in answer) return answer.samples
  lane.reason = answer.reason
  return []
}
