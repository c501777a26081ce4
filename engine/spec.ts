import type { Check } from './attrs.ts'
import type { Backend, NDArray } from './backends/backend.ts'
import type { Domain } from './domain.ts'
import type { Generator } from './random.ts'
import type { Shape } from './shape.ts'
import type { Nested, Tensor } from './tensor.ts'

/** What a rule is given: the cotangent of the output, and what the op was applied to and gave. */
export interface Applied<I extends string, A> {
  readonly dz: Tensor
  readonly inputs: Readonly<Record<I, Tensor>>
  readonly z: Tensor
  readonly attrs: A
  /** What the op's `shared` gives, computed once for all rules. */
  shared(): Tensor
}

/**
 * The cotangent of one input, in ops on tensors, so that it can be differentiated again. (The type of a method, for rows
 * of different ops to fit into one table.)
 */
export type Rule<I extends string, A> = { rule(applied: Applied<I, A>): Tensor }['rule']

/** A rule whose result is added to what is known of the input's cotangent so far, where one pass does both. */
export type Adding<I extends string, A> = {
  rule(applied: Omit<Applied<I, A>, 'shared'>, known: Tensor): Tensor
}['rule']

/** Input values, the output `z`, and where a kink is pinned `grads`: the gradients under a cotangent of ones. */
interface Example<I extends string, A> {
  readonly inputs: Readonly<Record<I, Nested>>
  readonly attrs?: A
  readonly z: Nested
  readonly grads?: Readonly<Partial<Record<I, Nested>>>
}

/** I, which is inferred elsewhere. */
type Given<I> = [I][I extends string ? 0 : never]

interface Described<I extends string, A> {
  readonly name: string
  /** Shapes of inputs and output, as `bind` reads them. */
  readonly signature: string
  readonly equation: string
  readonly domain: Readonly<Record<I, Domain>>
  /**
   * Of int32 inputs it makes int32, exactly; it throws on what int32 does not hold. `products` are summed on the way: as long as
   * their sizes add up to 2^53 at most, which float64 holds; else it throws too.
   */
  readonly integers?: boolean | 'products'
  readonly examples: readonly Example<I, A>[]
  /** What each attribute may be: asked on every call. */
  readonly attrs?: { readonly [Name in keyof A]-?: Check }
  /** A random case for the tests; without it, sizes are drawn from the signature. */
  sample?(rng: Generator): { shapes: Record<I, Shape>; attrs: A; index?: number }
  /** The output's shape, and whether shapes and attributes agree, where the signature alone does not tell. */
  shape?(shapes: Readonly<Record<I, Shape>>, attrs: A): Shape
  /**
   * The values that the rule of each input reads besides dz, `->` those of the output; left out, all of them. Shapes and
   * dtypes stay known. What no rule reads is not kept for the way back.
   */
  readonly reads?: Readonly<Record<I, readonly (Given<I> | '->')[]>>
  /** In the place of a rule, where something is known of the cotangent already. */
  readonly adding?: Readonly<Partial<Record<I, Adding<I, A>>>>
  /** What several rules make of one cotangent: computed once for all of them, if any asks. */
  shared?(applied: Pick<Applied<I, A>, 'dz' | 'inputs' | 'attrs'>): Tensor
}

/** An op with kernels of its own. */
export interface Primitive<I extends string, A> extends Described<I, A> {
  forward(k: Backend, inputs: Readonly<Record<I, NDArray>>, attrs: A, shape: Shape): NDArray
  /** One rule an input, or none of them has a gradient that is not zero. */
  readonly vjp: Readonly<Record<I, Rule<I, A> | 'nondifferentiable'>>
}

/** An op made of ops: its gradient follows, unless `vjp` states a better one. */
export interface Composed<I extends string, A> extends Described<I, A> {
  compose(inputs: Readonly<Record<I, Tensor>>, attrs: A, shape: Shape): Tensor
  /** The same by one kernel, on a backend that has it; without a `vjp` only where nothing is recorded. */
  fused?(k: Backend, inputs: Readonly<Record<I, NDArray>>, attrs: A, shape: Shape): NDArray | undefined
  readonly vjp?: Readonly<Record<I, Rule<I, A> | 'nondifferentiable'>>
}

export type OpSpec<I extends string = string, A = object> = Primitive<I, A> | Composed<I, A>
