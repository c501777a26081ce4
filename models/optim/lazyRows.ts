import { hold } from '../../engine/hold.ts'
import { type Backend, backend, keep, stopGradient, type Tensor } from '../../engine/index.ts'
import { mapRecord } from '../../engine/state.ts'
import type { RowNumbers, Table } from '../../engine/table.ts'
import type { TableRows } from '../../engine/tableRows.ts'
import { checkLeft, refuseNotFinite } from '../finite.ts'
import type { Rates, Rule } from './groups.ts'
import { type CatchUp, stepByStep } from './missedSteps.ts'
import { type Kind, type Moved, partOf, RowState } from './rowState.ts'
import { areFinite, type Bounds, KnownSizes, type Sizes, unknown } from './sizes.ts'

interface Pending<M extends string> {
  readonly grads: readonly Tensor[]
  readonly scale: number
  /** After the step, where they are known. */
  sizes?: Sizes<M>
}

/** What spares an optimiser work on rows: many steps of its rule without a gradient at once, and how large its results may be. */
export interface OfRows<M extends string> {
  readonly catchUp?: CatchUp<M>
  readonly bounds?: Bounds<M>
}

/** What an optimiser does to rows. */
export interface RowRules<M extends string> extends OfRows<M> {
  readonly rates: Rates
  readonly moments: readonly M[]
  readonly rule: Rule<M>
}

/**
 * Moves the rows of a table that a step has loaded, and leaves the others behind. A row that k steps passed over is brought up to date
 * when it is asked for, by k moves with a gradient of 0: momentum, moments and weight decay are then those of an optimiser that
 * moves all rows at each step, bit for bit.
 */
export class LazyRows<M extends string> {
  readonly rows: TableRows
  readonly #state: RowState<M>
  readonly #name: string
  readonly #key: string
  readonly #rates: Rates
  readonly #rule: Rule<M>
  readonly #catchUp: CatchUp<M> | undefined
  readonly #sizes: KnownSizes<M>
  /** Does a step without a gradient change anything? */
  readonly #drifts: boolean
  /** Steps taken before the first of `scales`, which are those of the steps since. */
  #before = 0
  #scales: number[] = []
  #pending: Pending<M> | undefined

  constructor(
    name: string,
    key: string,
    rows: TableRows,
    { rates, moments, rule, catchUp, bounds }: RowRules<M>,
  ) {
    const { table } = rows
    if (table.settler !== undefined) {
      throw new Error(`${name}: ${key} of one optimizer expected, got one that another moves already`)
    }
    this.rows = rows
    this.#state = new RowState(table, moments)
    this.#name = name
    this.#key = key
    this.#rates = rates
    this.#rule = rule
    this.#catchUp = catchUp
    this.#sizes = new KnownSizes(table, this.#state.moments, bounds)
    this.#drifts = moments.length > 0 || rates.weightDecay > 0
    table.settler = rows => this.settle(rows)
  }

  /** Steps taken so far. */
  get steps(): number {
    return this.#before + this.#scales.length
  }

  /** Takes a step with these gradients of the parameters, in their order: first `examine`, then `move`. */
  step(grads: readonly Tensor[], scale: number): void {
    this.drop()
    // The caller's tensors go with its scope.
    this.#pending = { grads: grads.map(g => keep(hold(stopGradient(g)))), scale }
  }

  /** Throws where the rows would not be finite after the step. They are computed for it only where their bounds do not tell. */
  examine(): void {
    if (this.#pending === undefined) return
    const { grads, scale } = this.#pending
    const sizes = this.#sizes.after(grads, this.#ratesAt(scale), this.steps + 1)
    // Of what others have assigned to the parameters the table's sizes tell nothing.
    this.#pending.sizes = !this.rows.fresh || this.rows.asLoaded ? sizes : unknown(sizes)
    if (areFinite(this.#pending.sizes)) return
    this.#each(moved => this.#check(moved))
    // Of rows that nothing has loaded none moves; but such gradients are refused of whatever they are.
    const named = Object.fromEntries(grads.map((g, i) => [`${this.#key}.${i}`, g]))
    if (!this.rows.fresh) refuseNotFinite(`${this.#name}.step`, named)
  }

  /**
   * Moves the rows that are loaded. What was examined does not fail: a part that the backend finds no memory for after all is moved on
   * the host, to the same bits.
   */
  move(): void {
    if (this.#pending === undefined) return
    const { scale, sizes } = this.#pending
    const t = this.steps + 1
    let moved = 0
    const put = (state: Moved<M>, rows: RowNumbers): void => {
      this.#write(rows, state, t)
      moved++
    }
    try {
      this.#each(put)
    } catch {
      this.#each(put, { from: moved, on: backend('reference') })
    }
    this.rows.fresh = false
    this.#scales.push(scale)
    this.#sizes.set(sizes ?? unknown(this.#sizes.now))
    this.drop()
  }

  /** Calls `use` with where the step takes the rows that are loaded, part by part. */
  #each(
    use: (moved: Moved<M>, rows: RowNumbers) => void,
    { from = 0, on }: { from?: number; on?: Backend } = {},
  ): void {
    const { rows, fresh, parameters } = this.rows
    if (this.#pending === undefined || rows === undefined || !fresh) return
    const { grads, scale } = this.#pending
    const block = parameters[0].shape[0]
    let part = 0
    parameters.forEach((p, i) => {
      this.#state.inParts(p.shape[0], (begin, end) => {
        if (part++ < from) return
        const these = rows.subarray(i * block + begin, i * block + end)
        const [own, g] = [p, grads[i]].map(all => partOf(all, begin, end, on))
        const moments = this.#state.readMoments(these, own.backend)
        use(this.#rule(own, g, moments, this.#ratesAt(scale), this.steps + 1), these)
      })
    })
  }

  /** Brings these rows, or all, up to the last step. */
  settle(rows?: RowNumbers): void {
    const t = this.steps
    if (this.#drifts) {
      const behind = this.#state.behind(rows, t)
      this.#state.inParts(behind.length, (begin, end) => this.#bringUp(behind.subarray(begin, end), t))
    } else this.#state.mark(rows, t)
    if (rows !== undefined) return
    this.#before = t
    this.#scales = []
  }

  /** These rows, the one longest behind first. */
  #bringUp(these: RowNumbers, t: number): void {
    const state = this.#state
    const since = state.last(these[0]) + 1
    const rates = this.#scales.slice(since - this.#before - 1).map(scale => this.#ratesAt(scale))
    const first = these.map(row => state.last(row) + 1 - since)
    const rows = state.read(these, this.#backend)
    const moved =
      this.#catchUp?.(rows, { since, rates, first }) ?? stepByStep(this.#rule, rows, { since, rates, first })
    if (!areFinite(this.#sizes.now)) this.#check(moved)
    this.#write(these, moved, t)
  }

  /** The moments of all rows, up to date. */
  state(): Record<M, Tensor> {
    this.settle()
    return mapRecord(this.#state.moments, (table: Table) => table.tensor(this.#backend))
  }

  /** What a state has of them. */
  get kinds(): Record<M, Kind> {
    const { shape, dtype } = this.rows.table
    return mapRecord(this.#state.moments, () => ({ shape, dtype, backend: this.#backend }))
  }

  /** From now on these are the moments, and all rows those of so many steps. */
  load(of: (moment: M) => Tensor, steps: number): void {
    for (const [m, moment] of Object.entries<Table>(this.#state.moments)) moment.assign(of(m as M))
    this.drop()
    this.#before = steps
    this.#scales = []
    this.#sizes.measure(this.#state.moments)
    this.#state.mark(undefined, steps)
    this.rows.fresh = false
  }

  /** Forgets a step that was not moved. */
  drop(): void {
    for (const g of this.#pending?.grads ?? []) g.dispose()
    this.#pending = undefined
  }

  get #backend(): Backend {
    return this.rows.parameters[0].backend
  }

  #ratesAt(scale: number): Rates {
    const { lr, weightDecay } = this.#rates
    return { lr: lr * scale, weightDecay }
  }

  #write(rows: RowNumbers, moved: Moved<M>, t: number): void {
    this.#sizes.within(() => this.#state.write(rows, moved, t))
  }

  #check(moved: Moved<M>): void {
    const named = Object.fromEntries(
      Object.entries<Tensor>(moved).map(([m, t]) => [m === 'p' ? this.#key : `${this.#key}.${m}`, t]),
    )
    refuseNotFinite(`${this.#name}.step`, named, checkLeft)
  }
}
