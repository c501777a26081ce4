import { Tensor } from './tensor.ts'
import { keep, tidy } from './tidy.ts'

/**
 * Lets the values of `t` stay where kernels read them, for what is read over and over: a tensor outside every `tidy` may
 * move out of wasm's memory, and is copied in for each use.
 */
export function hold(t: Tensor): Tensor {
  t.backend.holdInMemory?.(t.array.buffer)
  return t
}

/** The same of weights that convolutions read over and over: what these make of them stays too, as long as the values do. */
export function keepTransforms(w: Tensor): void {
  hold(w)
  w.backend.keepTransforms?.(w.array.buffer)
}

/** What `f` makes, held from the start and in no scope; whatever else it made is released. */
export function held(f: () => Tensor): Tensor {
  const { array, backend } = tidy(() => {
    const { array, backend } = f()
    array.buffer.refs++
    return { array, backend }
  })
  backend.holdInMemory?.(array.buffer)
  return keep(new Tensor(array, backend))
}
