import type { Program } from '../program.ts'

/** An array on a device, as a driver holds it. */
export interface Handle {
  readonly length: number
}

/** A driver answers at once, or by a promise where its device does. */
export type MaybePromise<T> = T | Promise<T>

/** One way in which gpu.js computes: where arrays live, and how results get into memory that was used before. */
export interface Driver {
  /**
   * Results of `program` on so many threads; four values a thread where it returns four, and `stored` of them in all where
   * it stores them itself.
   */
  run(
    program: Program,
    threads: number,
    args: readonly (Handle | number)[],
    stored?: number,
  ): MaybePromise<readonly Handle[]>
  upload(values: Float32Array): MaybePromise<Handle>
  read(handle: Handle): MaybePromise<Float32Array>
  free(handle: Handle): void
  /** Bytes in arrays that are held, and in all that were ever made and not given up. */
  readonly memory: { readonly used: number; readonly reserved: number }
  /** Those that were compiled and are kept. */
  readonly kernels: { readonly size: number }
  /** Why the device is gone, if it is. */
  readonly lost: string | undefined
  /** Gives all of it up. */
  destroy(): void
  /** Loses the device, as a failure does. */
  lose(): void
}

/** What a mode is like. */
export interface Traits {
  /** Results can be read at once. */
  readonly synchronous: boolean
  /** It may end long loops before their time. */
  readonly endsLoops: boolean
  /** How products compute; undefined: a result a thread. */
  readonly tile: Tile | undefined
}

/** Of a product: the results that a thread computes, and the memory that it reads by four values at once. */
export type Tile =
  /** Texels of four, which a kernel has to write so; more than one row by further results of a program. */
  | { readonly memory: 'texels'; readonly rows: 1 | 4; readonly columns: 4 }
  /** Any four neighbours of an array; each result goes where it belongs. */
  | { readonly memory: 'flat'; readonly rows: 4; readonly columns: 4 }

/** f of an answer, when it is there. */
export const whenThere = <T, R>(
  answer: MaybePromise<T>,
  f: (value: T) => MaybePromise<R>,
): MaybePromise<R> => (answer instanceof Promise ? answer.then(f) : f(answer))
