import {
  add,
  type Generator,
  generator,
  mul,
  neg,
  reshape,
  sigmoid,
  softmax,
  stopGradient,
  sum,
  type Tensor,
  tanh,
  tidy,
  transpose,
} from '../../engine/index.ts'

/** Of the square matrices that programs compute with. */
export const SIDE = 3

/** Ops of one and of two square matrices: some share memory with what they are made of, some give their cotangent on. */
const UNARY = [
  tanh,
  sigmoid,
  (x: Tensor) => softmax(x),
  (x: Tensor) => reshape(x, [1, SIDE, SIDE]).reshape([SIDE, SIDE]),
  (x: Tensor) => transpose(x),
  (x: Tensor) => mul(x, stopGradient(x)),
  (x: Tensor) => tidy(() => add(neg(x), stopGradient(x))),
]
const BINARY = [add, mul, (x: Tensor, y: Tensor) => x.sub(y), (x: Tensor, y: Tensor) => x.matmul(y)]

export interface ProgramOptions {
  /** Sees each value. */
  readonly note?: (t: Tensor) => Tensor
  /** Runs parts of the program, and parts of these, each of which makes one value of two others. */
  readonly part?: (f: (xs: readonly Tensor[]) => Tensor, xs: readonly Tensor[]) => Tensor
}

/** A random program: each value is made of any that were made before, so that some are used often and others never. */
export const program = (rng: Generator, leaves: readonly Tensor[], options: ProgramOptions = {}): Tensor =>
  sum(steps(rng, leaves, options, 12))

function steps(
  rng: Generator,
  leaves: readonly Tensor[],
  { note = t => t, part }: ProgramOptions,
  length: number,
): Tensor {
  const values = [...leaves]
  const any = (): Tensor => values[rng.integer(0, values.length - 1)]
  for (let i = 0; i < length; i++) {
    const kind = rng.uniform()
    if (part !== undefined && kind < 0.3) {
      const seed = rng.seed()
      const inner = (xs: readonly Tensor[]): Tensor =>
        steps(generator(seed), [...xs, leaves[0]], { part }, length - 6)
      values.push(note(part(inner, [any(), any()])))
    } else if (kind < 0.6) values.push(note(UNARY[rng.integer(0, UNARY.length - 1)](any())))
    else values.push(note(BINARY[rng.integer(0, BINARY.length - 1)](any(), any())))
  }
  return mul(values[values.length - 1], add(leaves[0], any()))
}
