import { type Backend, type DType, full, type Tensor } from '../../engine/index.ts'
import { mapRecord } from '../../engine/state.ts'
import type { Margin } from './margin.ts'

/** What the margin remembers, as it starts, in the dtype and on the backend of `like`. */
export const startOf = (
  { memory }: Pick<Margin, 'memory'>,
  classes: number,
  { dtype, backend }: { readonly dtype: DType; readonly backend?: Backend },
): Record<string, Tensor> =>
  mapRecord(memory?.start(classes) ?? {}, value => full([], value, { dtype, backend }))
