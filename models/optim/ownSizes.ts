import { min, noGrad, norm, type Tensor, type TypedArray, tidy } from '../../engine/index.ts'
import { mapRecord } from '../../engine/state.ts'
import { norms } from '../../engine/sums.ts'
import { byName, sumsOf } from '../finite.ts'
import type { Rates } from './groups.ts'
import { areFinite, type Bounds, type Sizes, sizesAfter } from './sizes.ts'

type Tensors = Readonly<Record<string, Tensor>>
type Moments<M extends string> = Readonly<Record<M, Tensor>>

/**
 * How large parameters and their moments are at most: a step's bounds follow from those before it, and where others assigned to
 * a parameter or a moment those of that parameter are measured.
 */
export class OwnSizes<M extends string> {
  readonly #each: Readonly<Record<string, Known<M>>>
  readonly #parameters: ReadonlySet<Tensor>

  constructor(parameters: Tensors, moments: Readonly<Record<string, Moments<M>>>, bounds: Bounds<M>) {
    this.#each = mapRecord(parameters, (p, key) => new Known(p, moments[key], bounds))
    this.#parameters = new Set(Object.values(parameters))
  }

  /**
   * After step t by these gradients, where that tells before anything is computed that all will be finite, and where each
   * parameter may move before the next is computed: nobody else holds its values, which then make room, and no gradient is
   * one of the parameters. Otherwise undefined.
   */
  after(
    grads: Tensors,
    rates: Readonly<Record<string, Rates>>,
    t: number,
  ): Record<string, Sizes<M>> | undefined {
    if (!Object.values(this.#each).every(known => known.alone)) return undefined
    const own = mapRecord(this.#each, (_, key) => grads[key])
    const all = Object.values(own)
    if (all.some(g => !g.backend.synchronous || this.#parameters.has(g) || !isInMemory(g))) return undefined
    // Of several backends one may lack room, or refuse a gradient of another, when others have moved.
    if (new Set([...this.#parameters, ...all].map(({ backend }) => backend)).size > 1) return undefined
    // A length is no smaller than the largest element.
    const lengths = byName(
      own,
      tidy(() => sumsOf(all, norms).map(z => z.dataSync())),
    )
    const after = mapRecord(this.#each, (known, key) => known.after(lengths[key], rates[key], t))
    return Object.values(after).every(areFinite) ? after : undefined
  }

  /** One of them and its moments have taken the step that ends in these. */
  set(key: string, sizes: Sizes<M>): void {
    this.#each[key].set(sizes)
  }
}

/** The same of one parameter. */
class Known<M extends string> {
  readonly #p: Tensor
  readonly #moments: Moments<M>
  readonly #all: readonly Tensor[]
  readonly #bounds: Bounds<M>
  #sizes: Sizes<M> | undefined
  #version = -1

  constructor(p: Tensor, moments: Moments<M>, bounds: Bounds<M>) {
    this.#p = p
    this.#moments = moments
    this.#all = [p, ...Object.values<Tensor>(moments)]
    this.#bounds = bounds
  }

  after(length: number, rates: Rates, t: number): Sizes<M> {
    const from = (sizes: Sizes<M>): Sizes<M> => sizesAfter(this.#bounds, sizes, length, rates, t)
    // Bounds grow with those that they follow from: where nothing follows from 0, nothing need be measured.
    const least = from(this.#none)
    if (!areFinite(least)) return least
    if (this.#sizes !== undefined && this.#version === this.#now) {
      const after = from(this.#sizes)
      if (areFinite(after)) return after
    }
    // Those that many steps led to lie far above what there is.
    const measured = this.#measured()
    this.set(measured)
    return from(measured)
  }

  set(sizes: Sizes<M>): void {
    this.#sizes = sizes
    this.#version = this.#now
  }

  get alone(): boolean {
    return this.#all.every(t => t.array.buffer.refs === 1 && isInMemory(t))
  }

  get #none(): Sizes<M> {
    const zero = (): number => 0
    return { p: 0, ...mapRecord(this.#moments, zero), ...mapRecord(this.#bounds.further ?? {}, zero) }
  }

  /** Counts what was assigned to any of them. */
  get #now(): number {
    return this.#all.reduce((sum, { version }) => sum + version, 0)
  }

  #measured(): Sizes<M> {
    const { squares, further = {} } = this.#bounds
    const moments = mapRecord(this.#moments, (t: Tensor, m) =>
      squares.includes(m as M) && t.size > 0 && figure(t, min) < 0 ? Infinity : figure(t, norm),
    )
    const values = (): Record<M, { values: TypedArray }> =>
      mapRecord(this.#moments, (t: Tensor) => ({ values: t.dataSync() }))
    return { p: figure(this.#p, norm), ...moments, ...mapRecord(further, measure => measure(values())) }
  }
}

/** What moved out of it takes room beside the new values when it is copied in. */
const isInMemory = ({ backend, array }: Tensor): boolean => backend.isInMemory?.(array.buffer) ?? true

const figure = (t: Tensor, f: (t: Tensor) => Tensor): number => noGrad(() => tidy(() => f(t).item()))
