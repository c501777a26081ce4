import { Generator } from '../../engine/index.ts'
import { GradcheckError, gradcheck, isCaught, WRONG_GRADIENTS } from '../../engine/testing/index.ts'
import type { Row } from './rows.ts'

export interface Result {
  readonly kind: Row['kind']
  readonly name: string
  readonly order: 1 | 2
  readonly cases: number
  readonly failures: number
  readonly worst: number
  /** Input and case of the worst error. */
  readonly where: string
  readonly messages: readonly string[]
}

export interface Runs {
  readonly runs: number
  readonly seed: number
  /** Check this case alone, the one that an error named. */
  readonly only?: number
}

/** A case whose gradient is all zeros (a relu of negative numbers) proves nothing, and is drawn again. */
const REDRAWS = 20

/** Checks a row on `runs` random cases, in both orders: two results. A case that fails in the first fails in both. */
export function checkRow(row: Row, { runs, seed, only }: Runs): Result[] {
  const results = ([1, 2] as const).map(order => ({
    kind: row.kind,
    name: row.name,
    order,
    cases: 0,
    failures: 0,
    worst: 0,
    where: '',
    messages: [] as string[],
  }))
  const first = only ?? 0
  for (let i = first; i < (only === undefined ? runs : only + 1); i++) {
    const failure = checkCase(row, seed, i, (order, worst, where) => {
      const result = results[order - 1]
      if (worst > result.worst) Object.assign(result, { worst, where: `${where}, case ${i}` })
    })
    for (const result of results) {
      result.cases++
      if (failure === undefined || failure.order > result.order) continue
      result.failures++
      if (failure.order === result.order) result.messages.push(failure.message)
      if (failure.worst > result.worst) Object.assign(result, { worst: failure.worst, where: `case ${i}` })
    }
  }
  return results
}

/** One case, drawn again until its gradient is not negligible. */
function checkCase(
  row: Row,
  seed: number,
  i: number,
  report: (order: 1 | 2, worst: number, where: string) => void,
): { order: 1 | 2; message: string; worst: number } | undefined {
  const path = `${row.name} --seed ${seed} --case ${i}`
  for (let redraw = 0; ; redraw++) {
    const caseSeed = seedOf(`${seed}/${row.name}/${i}/${redraw}`)
    try {
      const { f, inputs, ...own } = row.draw(new Generator(caseSeed))
      const { orders } = gradcheck(f, inputs, { order: 2, seed: caseSeed, name: row.name, path, ...own })
      for (const { order, worst, where } of orders) report(order, worst, where)
      return undefined
    } catch (error) {
      const failure = error instanceof GradcheckError ? error.failure : undefined
      if (failure?.kind === 'negligible' && redraw < REDRAWS) continue
      const message =
        failure === undefined ? `${row.name}: ${(error as Error).stack} [${path}]` : (error as Error).message
      return { order: failure?.order ?? 1, message, worst: failure?.error ?? Infinity }
    }
  }
}

/** A seed for each case, so that a case stays the same whatever else is run (FNV-1a). */
export function seedOf(text: string): number {
  let hash = 0x811c9dc5
  for (const char of text) hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193)
  return hash >>> 1
}

/** The wrong gradients that the check lets pass in one of `runs` cases, in their order or in a higher one. */
export function escaped(runs: number, seed: number): string[] {
  return WRONG_GRADIENTS.filter(wrong =>
    Array.from({ length: runs }, (_, i) => seedOf(`${seed}/${wrong.name}/${i}`)).some(
      s => !isCaught(wrong, s) || !isCaught(wrong, s, 2),
    ),
  ).map(wrong => wrong.name)
}
