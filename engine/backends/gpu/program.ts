/**
 * A kernel: what one thread computes, as the text of a JavaScript function that gpu.js translates. It is text, since gpu.js
 * reads functions by `toString()`, and minifiers and loaders change them.
 *
 * Arrays are flat, and sizes and strides come as number arguments, so that one compiled kernel serves all shapes. Numbers
 * in a kernel are float32: indices are exact up to 2^24.
 */
export interface Program {
  readonly source: string
  /** Functions that the source calls, beside those of `drivers/createKernel.ts`. */
  readonly functions?: readonly string[]
  /** Names of functions of four numbers: each call of one is a further result, as the four returned are. GL only. */
  readonly results?: readonly string[]
  /** It returns nothing, and stores its results by `store` (`drivers/wgsl.ts`). WebGPU only. */
  readonly stores?: boolean
  /** Compile anew for shapes that come again, since loads cost less where the compiler knows the sizes of textures. */
  readonly specialize?: boolean
}

/** The largest tensor, in elements: beyond it a float32 index skips some. */
export const MAX_ELEMENTS = 2 ** 24

/** Iterations of loops that every device runs in a thread: Mesa's llvmpipe ends all loops after 65,535, without an error. */
export const SAFE_TURNS = 2 ** 15

/** Turns, at most, of a loop of n with so many inside of each: beginning and ending one may count as turns, too. */
export const turnsOf = (n: number, inside = 0): number => 2 + n * (1 + inside)

/** How many of n iterations a device runs. */
export const COUNT: Program = {
  source: `function (n) {
    // z[i] = n
    let count = 0 * this.thread.x;
    for (let i = 0; i < n; i++) { count += 1; }
    return count;
  }`,
}

export const FILL: Program = {
  source: `function (value) {
    // z[i] = value
    return value + 0 * this.thread.x;
  }`,
}

/** Also uploads: the argument may be the host's. */
export const COPY: Program = {
  source: `function (x) {
    // z[i] = x[i]
    return x[this.thread.x];
  }`,
}
