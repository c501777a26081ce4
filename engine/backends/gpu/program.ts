/**
 * A kernel: what one thread computes, as the text of a JavaScript function that gpu.js translates. As text, since gpu.js
 * reads functions by `toString()`, which minifiers and loaders break.
 *
 * Arrays are flat, and sizes and strides come as number arguments, so that one compiled kernel serves all shapes. Numbers
 * in a kernel are float32: indices are exact up to 2^24.
 */
export interface Program {
  readonly source: string
  /** Functions that the source calls, beside those of `drivers/natives.ts`. */
  readonly functions?: readonly string[]
  /** Names of functions of four numbers: each call of one is a further result, as the four returned are. GL only. */
  readonly results?: readonly string[]
  /** Compile anew for shapes that come again, since loads cost less where the compiler knows the sizes of textures. */
  readonly specialize?: boolean
}

/** The largest tensor, in elements: beyond it a float32 index skips some. */
export const MOST = 2 ** 24

/** Turns of loops that every device grants a thread: Mesa's llvmpipe ends all its loops, without a word, after 65,535. */
export const TURNS = 2 ** 15

/** Turns, at most, of a loop of n with so many inside of each: beginning and ending one may count as turns, too. */
export const turnsOf = (n: number, inside = 0): number => 2 + n * (1 + inside)

/**
 * floor(i / n), exact for integers 0 <= i < 2^24: the quotient of floats may be off by one, which the remainder tells.
 */
export const DIV = `function div(i, n) {
  let q = Math.floor((i + 0.5) / n);
  const r = i - q * n;
  if (r < 0) { q = q - 1; }
  if (r >= n) { q = q + 1; }
  return q;
}`

/**
 * The end of a loop, the lesser of two. Not by Math.min: gpu.js takes that for a constant, and writes a loop that
 * GLSL ES 1.00 refuses.
 */
export const lesser = (a: string, b: string): string => `${a} < ${b} ? ${a} : ${b}`

/**
 * Whether x is finite; false of NaN. Not by comparing with the largest float, which a compiler may round up to Infinity.
 */
export const finite = (x: string): string => `Math.abs(${x}) * 0.5 < ${2 ** 127}`

/** 1 where v takes the place of the largest before it, else 0: NaN is the largest, and the first of equals stays. */
export const ABOVE = `function above(v, best) {
  let z = v > best ? 1 : 0;
  if (notANumber(v) > 0.5) { z = 1; }
  if (notANumber(best) > 0.5) { z = 0; }
  return z;
}`

/** How many turns a device grants: the count of what was asked for, or less. */
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
