import type { Buffer } from '../backend.ts'
import type { Driver, Handle } from './drivers/driver.ts'

/** Where values lie; on a device that answers later, from when its queue got there. */
export interface Slot {
  handle?: Handle
  /** A device that was lost takes its arrays along. */
  driver?: Driver
}

/** The least and the largest value. */
export type Range = readonly [number, number]

/** Memory on the device. */
export class GpuBuffer implements Buffer {
  refs = 1
  readonly length: number
  /** Bounds of its values where they are known without a look: what an index is checked by. */
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
