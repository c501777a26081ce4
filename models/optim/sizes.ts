import { noGrad, norm, stack, type Tensor, type TypedArray, tidy } from '../../engine/index.ts'
import { mapRecord } from '../../engine/state.ts'
import type { Table } from '../../engine/table.ts'
import type { Rates } from './groups.ts'

/** Upper bounds of |p| and of the moments' magnitudes. */
export type Sizes<M extends string> = { readonly p: number } & Readonly<Record<M, number>>

/** How large a rule's results may be: this tells, without computing them, that all of them are finite. */
export interface Bounds<M extends string> {
  /** Moments whose root is taken: where one is below 0 nothing is known. */
  readonly squares: readonly M[]
  /**
   * Bounds after a step whose gradients are at most g in magnitude, and of what the rule computes on its way; not finite where it may
   * divide by 0. But for rounding.
   */
  readonly after: (sizes: Sizes<M>, g: number, rates: Rates, t: number) => Sizes<M>
  /** What else `after` goes by, of moments from elsewhere; of those that are 0 it is 0. */
  readonly further?: Readonly<
    Record<string, (moments: Readonly<Record<M, { readonly values: TypedArray }>>) => number>
  >
}

/** Below the largest float32, 3.4e38, by more than the roundings of a step. */
const LARGEST = 1e38
/** Each rounding is by 2^-24 at most, and no rule has 2^6 of them on the way to a number. */
const ROUNDINGS = 1 + 2 ** -18

/** Is all finite that is within these? */
export const areFinite = (sizes: Sizes<string>): boolean =>
  Object.values(sizes).every(size => size <= LARGEST)

/** Bounds in the place of these that bound nothing. */
export const unknown = <M extends string>(sizes: Sizes<M>): Sizes<M> =>
  mapRecord(sizes, () => Infinity) as Sizes<M>

/** Bounds after a step, rounding included. From unknown ones nothing follows. */
export function sizesAfter<M extends string>(
  { after }: Bounds<M>,
  sizes: Sizes<M>,
  g: number,
  rates: Rates,
  t: number,
): Sizes<M> {
  if (!areFinite(sizes)) return unknown(sizes)
  return mapRecord(after(sizes, g, rates, t), size => size * ROUNDINGS) as Sizes<M>
}

/** The largest magnitude of all rows; NaN where an element is, and Infinity where one is below `least`. */
function largestOf({ values }: Table, least = -Infinity): number {
  let largest = 0
  for (let i = 0; i < values.length; i++) {
    largest = Math.max(largest, values[i] < least ? Infinity : Math.abs(values[i]))
  }
  return largest
}

/**
 * What is known of the sizes of all rows of a table and of their moments, step by step: of those that a step passes over too, since
 * bounds grow by what a step does at most. Without `bounds` nothing is.
 */
export class KnownSizes<M extends string> {
  readonly #table: Table
  readonly #bounds: Bounds<M> | undefined
  #sizes: Sizes<M>
  /** That of the table when its values were last within the bounds. */
  #version = -1

  constructor(table: Table, moments: Readonly<Record<M, Table>>, bounds: Bounds<M> | undefined) {
    this.#table = table
    this.#bounds = bounds
    const none: Sizes<M> = {
      p: 0,
      ...mapRecord(moments, () => 0),
      ...mapRecord(bounds?.further ?? {}, () => 0),
    }
    this.#sizes = bounds === undefined ? unknown(none) : none
  }

  /** Now; of the values anew where others have written to the table. */
  get now(): Sizes<M> {
    if (this.#bounds !== undefined && this.#version !== this.#table.version) {
      this.#sizes = { ...this.#sizes, p: largestOf(this.#table) }
      this.#version = this.#table.version
    }
    return this.#sizes
  }

  /** After a step by these gradients. */
  after(grads: readonly Tensor[], rates: Rates, t: number): Sizes<M> {
    const sizes = this.now
    if (this.#bounds === undefined || !areFinite(sizes)) return unknown(sizes)
    // A length is no smaller than the largest element.
    const lengths = noGrad(() => tidy(() => stack(grads.map(g => norm(g))).dataSync()))
    return sizesAfter(this.#bounds, sizes, Math.max(...lengths), rates, t)
  }

  /** From now on they are these. */
  set(sizes: Sizes<M>): void {
    this.#sizes = sizes
  }

  /** Lets `write` put rows within them into the table. */
  within(write: () => void): void {
    const known = this.#version === this.#table.version
    write()
    if (known) this.#version = this.#table.version
  }

  /** Those of moments from elsewhere, and of the values anew. */
  measure(moments: Readonly<Record<M, Table>>): void {
    if (this.#bounds === undefined) return
    const { squares, further = {} } = this.#bounds
    const of = (table: Table, m: string): number => largestOf(table, squares.includes(m as M) ? 0 : undefined)
    this.#sizes = { p: 0, ...mapRecord(moments, of), ...mapRecord(further, measured => measured(moments)) }
    this.#version = -1
  }
}
