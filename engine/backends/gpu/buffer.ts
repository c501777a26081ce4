import type { Buffer } from '../backend.ts'
import type { Driver, Handle } from './drivers/driver.ts'

/** Where a buffer's values are: empty until the device's queue has computed them. */
export interface Slot {
  handle?: Handle
  /** When this one's device is lost, so are the values. */
  driver?: Driver
}

/** The least and the largest value. */
export type Range = readonly [number, number]

/** Memory on the device. */
export class GpuBuffer implements Buffer {
  refs = 1
  readonly length: number
  /** Bounds of its values, as far as known without reading them: an index is checked by these. */
  readonly range: Range
  readonly slot: Slot = {}
  /** Why there are no values. */
  error: Error | undefined
  released = false
  /** It is freed when the garbage collector takes it. */
  collected = false

  constructor(length: number, range: Range = [-Infinity, Infinity]) {
    this.length = length
    this.range = range
  }
}
