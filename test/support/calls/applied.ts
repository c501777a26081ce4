import { apply, type Backend, type NDArray, noGrad, type OpSpec, Tensor } from '../../../engine/index.ts'

/** An op on arrays: by one kernel where the backend has it, else as it is composed. */
export function applied<I extends string, A>(
  k: Backend,
  op: OpSpec<I, A>,
  inputs: Readonly<Record<I, NDArray>>,
  attrs: A,
): NDArray {
  const tensors = Object.entries<NDArray>(inputs).map(([name, x]) => [name, new Tensor(x, k)])
  return noGrad(() => apply(op, Object.fromEntries(tensors) as Record<I, Tensor>, attrs)).array
}
