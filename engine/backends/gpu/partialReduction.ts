import type { Reduction } from '../backend.ts'
import type { Program } from './program.ts'
import { EXPONENTIAL, LOGARITHM_PLUS_1 } from './scalars/exponential.ts'
import { ABOVE, DIV, finite } from './snippets.ts'

/**
 * One thread a result: x is rows of m terms, z rows of w results, and result t is made of the terms t, t + w, t + 2 w, ..,
 * so that neighbouring threads read neighbours: of `turns` = ceil(m / w) or one less. `body` reduces `count` terms, from
 * `first` on and w apart. No two variables of a kernel may share a name, not even those of loops.
 */
const perResult = (
  parameters: string,
  equation: string,
  body: string,
  functions: readonly string[] = [],
): Program => ({
  source: `function (${parameters}, m, w, turns) {
    // ${equation} over j with t + j w < m
    const o = div(this.thread.x, w);
    const t = this.thread.x - o * w;
    const first = o * m + t;
    const count = t + (turns - 1) * w < m ? turns : turns - 1;
    ${body}
  }`,
  functions: [...new Set([DIV, ...functions])],
})

const reduceRow = (name: string, body: string, functions?: readonly string[]): Program =>
  perResult('x', `x[outer, m] -> z[outer, w]: z[o, t] = ${name} of x[o, t + j w]`, body, functions)

const extreme = (name: string, sign: '' | '-'): Program =>
  reduceRow(
    name,
    `let best = x[first];
    let at = first;
    for (let j = 1; j < count; j++) {
      at += w;
      const v = x[at];
      if (above(${sign}v, ${sign}best) > 0.5) { best = v; }
    }
    return best;`,
    [ABOVE],
  )

export const PARTIAL: Readonly<Record<Reduction, Program>> = {
  sum: reduceRow(
    'sum',
    `let sum = x[first];
    let at = first;
    for (let j = 1; j < count; j++) {
      at += w;
      sum += x[at];
    }
    return sum;`,
  ),

  max: extreme('largest', ''),

  min: extreme('least', '-'),

  // Squares of what lies in 2^-40..2^50 can be summed; other lengths are scaled there, by a power of two: exactly.
  norm: reduceRow(
    'length',
    `let largest = Math.abs(x[first]);
    let at = first;
    for (let j = 1; j < count; j++) {
      at += w;
      const v = Math.abs(x[at]);
      if (v > largest) { largest = v; }
    }
    const up = ${2 ** 40} * ${2 ** 46};
    const down = ${2 ** -40} * ${2 ** -46};
    const scale = largest > ${2 ** 50} ? down : largest < ${2 ** -40} ? up : 1;
    const back = largest > ${2 ** 50} ? up : largest < ${2 ** -40} ? down : 1;
    let sum = 0;
    at = first;
    for (let k = 0; k < count; k++) {
      const scaled = x[at] * scale;
      sum += scaled * scaled;
      at += w;
    }
    return Math.sqrt(sum) * back;`,
  ),

  // All but the (first) largest go through ln(1 + .), so that a result near 0 keeps its digits.
  logSumExp: reduceRow(
    'ln sum e^.',
    `let largest = x[first];
    let position = first;
    let at = first;
    for (let j = 1; j < count; j++) {
      at += w;
      const v = x[at];
      if (above(v, largest) > 0.5) { largest = v; position = at; }
    }
    let others = 0;
    if (${finite('largest')}) {
      at = first;
      for (let k = 0; k < count; k++) {
        if (at !== position) { others += exponential(x[at] - largest); }
        at += w;
      }
    }
    return largest + logarithmPlus1(others);`,
    [ABOVE, ...EXPONENTIAL, ...LOGARITHM_PLUS_1],
  ),
}

/** Where in its row the first largest of the terms lies, divided by `unit`. */
export const ARGMAX: Program = perResult(
  'x, unit',
  'x[outer, m] -> z[outer, w]: z[o, t] = floor((t + j w) / unit) of the first largest x[o, t + j w]',
  `let best = x[first];
    let position = first;
    let at = first;
    for (let j = 1; j < count; j++) {
      at += w;
      const v = x[at];
      if (above(v, best) > 0.5) { best = v; position = at; }
    }
    return div(position - o * m, unit);`,
  [ABOVE],
)

/** The same among positions that `ARGMAX` found, m a row, in rows of x of n terms: of equals the one that lies first. */
export const ARGMAX_OF: Program = perResult(
  'x, positions, n, unit',
  'x[outer, n] p[outer, m] -> z[outer, w]: z[o, t] = floor(p / unit) of the first largest x[o, p], p = p[o, t + j w]',
  `const row = o * n;
    let position = positions[first];
    let best = x[row + position];
    let at = first;
    for (let j = 1; j < count; j++) {
      at += w;
      const p = positions[at];
      const v = x[row + p];
      if (above(v, best) > 0.5 || (above(best, v) < 0.5 && p < position)) { best = v; position = p; }
    }
    return div(position, unit);`,
  [ABOVE],
)
