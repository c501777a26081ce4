import { cpus } from 'node:os'
import type { Greeting, Refusal } from '../harness/protocol.ts'
import type { Racer } from '../harness/race.ts'

/** A contestant, started. */
export interface Entrant extends Racer {
  readonly greeting: Greeting | Refusal | undefined
  stop(): void
}

/** What the figures were measured on and with, a line each; `peak` where it is the processor's. */
export function machine(contestants: readonly Entrant[], peak?: number): string[] {
  const all = cpus()
  const versions = contestants.flatMap(({ name, greeting }) =>
    greeting === undefined || 'reason' in greeting ? [] : [`${name} ${greeting.version}`],
  )
  const notes = contestants.flatMap(({ name, greeting }) => {
    if (greeting === undefined) return []
    if ('reason' in greeting) return [`${name}: ${greeting.reason}`]
    return greeting.note == null ? [] : [`${name}: ${greeting.note}`]
  })
  return [
    `${all.length} x ${all[0]?.model ?? 'unknown processor'}, Node ${process.versions.node}, V8 ${process.versions.v8}`,
    peak === undefined
      ? []
      : `SIMD peak of one thread: ${peak.toFixed(1)} GFLOP/s (128-bit multiplications and additions)`,
    versions.length > 0 ? versions.join(', ') : [],
    ...new Set(notes),
  ].flat()
}
