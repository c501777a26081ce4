import type { Line } from './line.ts'

interface Column {
  readonly title: string
  readonly width: number
}

const OURS: readonly Column[] = [
  { title: 'ms', width: 9 },
  { title: 'median', width: 9 },
  { title: 'GFLOP/s', width: 7 },
  { title: '% peak', width: 6 },
]

/** A table that can be written row by row: best and median time, rate, and of each peer its best time and ratio. */
export class Table {
  readonly #names: number
  readonly #peers: readonly Column[]
  /** Why a peer has no time, and in which cases. */
  readonly #reasons = new Map<string, Set<string>>()

  constructor(names: readonly string[], peers: readonly string[]) {
    this.#names = Math.max(4, ...names.map(name => name.length))
    this.#peers = peers.map(title => ({ title, width: Math.max(16, title.length) }))
  }

  header(): string {
    return [
      'case'.padEnd(this.#names),
      ...[...OURS, ...this.#peers].map(({ title, width }) => title.padStart(width)),
    ].join('  ')
  }

  /** The row of one case, out of its lines, one a peer in the order of the constructor. */
  row(lines: readonly Line[]): string {
    const [{ name, ours_ms, ours_median_ms, gflops, peak_fraction }] = lines
    const ours = [
      milliseconds(ours_ms),
      milliseconds(ours_median_ms as number | null),
      gflops === null ? '' : gflops.toFixed(1),
      peak_fraction === null ? '' : `${(100 * peak_fraction).toFixed(0)} %`,
    ]
    const peers = this.#peers.map(({ title, width }) => {
      const line = lines.find(({ peer }) => peer === title)
      if (line?.reason !== undefined)
        this.#remember(line.ours_ms === null ? line.reason : `${title}: ${line.reason}`, name)
      if (line === undefined || line.peer_ms === null) return '-'.padStart(width)
      const ratio = line.ratio === null ? '' : `${times(line.ratio)}`
      return `${milliseconds(line.peer_ms)} ${ratio.padStart(8)}`.padStart(width)
    })
    const alone = lines.find(({ peer, reason }) => peer === null && reason !== undefined)
    if (alone !== undefined) this.#remember(alone.reason!, name)
    return [name.padEnd(this.#names), ...ours.map((text, i) => text.padStart(OURS[i].width)), ...peers].join(
      '  ',
    )
  }

  /** Each reason once, with the cases it stands for. */
  footnotes(): string[] {
    return [...this.#reasons].map(([reason, cases]) => {
      const names = [...cases]
      const more = names.length > 3 ? `, ${names.length - 3} more` : ''
      return `- ${reason} (${names.slice(0, 3).join(', ')}${more})`
    })
  }

  #remember(reason: string, name: string): void {
    const names = this.#reasons.get(reason) ?? new Set()
    this.#reasons.set(reason, names.add(name))
  }
}

/** Three digits or more: microseconds count in small cases, milliseconds in large ones. */
export function milliseconds(ms: number | null): string {
  if (ms === null) return '-'
  const digits = ms >= 100 ? 0 : ms >= 10 ? 1 : ms >= 1 ? 2 : ms >= 0.1 ? 3 : 4
  return ms.toFixed(digits)
}

const times = (ratio: number): string => `${ratio.toFixed(ratio >= 100 ? 0 : ratio >= 10 ? 1 : 2)} x`
