import type { Outcome } from '../harness/race.ts'
import type { Summary } from '../harness/statistics.ts'

/** What --json prints: one a case and peer. Times are the best of all runs, in milliseconds. */
export interface Line {
  readonly name: string
  readonly ours_ms: number | null
  /** null where nobody is compared with. */
  readonly peer: string | null
  readonly peer_ms: number | null
  /** peer_ms / ours_ms: above 1, ours is faster. Of a peak peer_bytes / ours_bytes: above 1, ours is smaller. */
  readonly ratio: number | null
  /** 10^9 multiplications and additions a second, ours. */
  readonly gflops: number | null
  /** Of the SIMD peak, the highest seen so far. */
  readonly peak_fraction: number | null
  /** Why a time is missing. */
  readonly reason?: string
  readonly [more: string]: unknown
}

export interface Compared {
  readonly name: string
  readonly flops?: number
  /** What the ratio compares. Default the time. */
  readonly compares?: 'bytes'
  readonly ours: Outcome
  readonly peer?: { readonly name: string; readonly outcome: Outcome }
  /** GFLOP/s; of a graphics card nobody knows it. */
  readonly peak?: number
}

export function lineOf({ name, flops, compares, ours, peer, peak }: Compared): Line {
  const own = 'reason' in ours ? undefined : ours
  const other = peer === undefined || 'reason' in peer.outcome ? undefined : peer.outcome
  const compared = ({ best, bytes }: Summary): number => (compares === 'bytes' ? bytes! : best)
  const gflops = own === undefined || flops === undefined ? null : flops / own.best / 1e6
  const reasons = [
    'reason' in ours ? `ours: ${ours.reason}` : [],
    peer !== undefined && 'reason' in peer.outcome ? peer.outcome.reason : [],
  ].flat()
  return {
    name,
    ours_ms: own?.best ?? null,
    peer: peer?.name ?? null,
    peer_ms: other?.best ?? null,
    ratio: own === undefined || other === undefined ? null : compared(other) / compared(own),
    gflops,
    peak_fraction: gflops === null || peak === undefined ? null : gflops / peak,
    ours_median_ms: own?.median ?? null,
    peer_median_ms: other?.median ?? null,
    ours_runs: own?.runs ?? 0,
    peer_runs: other?.runs ?? 0,
    ...(own?.bytes !== undefined && { ours_bytes: own.bytes }),
    ...(other?.bytes !== undefined && { peer_bytes: other.bytes }),
    peak_gflops: peak ?? null,
    ...(reasons.length > 0 && { reason: reasons.join('; ') }),
  }
}

/** One line of JSON, numbers to five digits. */
export const json = (line: Line): string =>
  JSON.stringify(line, (_, value) => (typeof value === 'number' ? Number(value.toPrecision(5)) : value))
