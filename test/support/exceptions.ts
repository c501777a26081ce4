/**
 * Where a way of computing does not carry NaN, Infinity, -0 or numbers below the normal ones as the reference does, and
 * which ops do not by definition: what the tests allow, and what the docs list (engine/NUMBERS.md, npm run tables).
 */
export interface Exception {
  /** Backends as the tests name them: `wasm`, `gpu:webgl2`; `gpu:*` is every mode of the GPU's. */
  readonly modes: readonly string[]
  /** Names of rows of the op table; `*` is every op. */
  readonly ops: readonly string[]
  /**
   * `more`: NaN stands in all that the input has a part in, and may in places nearby besides. `other`: an input that is
   * not NaN may give another value. `lost`: NaN may be lost.
   */
  readonly kind: 'more' | 'other' | 'lost'
  readonly why: string
}

const CONVOLUTIONS = [
  'conv2d',
  'conv2dBias',
  'conv2dRelu',
  'conv2dPrelu',
  'conv2dInputGrad',
  'conv2dWeightGrad',
  'convTranspose2d',
]

export const EXCEPTIONS: readonly Exception[] = [
  {
    modes: ['wasm', 'wasm-fma', 'gpu:*'],
    ops: CONVOLUTIONS,
    kind: 'more',
    why: 'what lies outside of an image is multiplied as zeros, and 0 times NaN or Infinity is NaN; minimal filtering adds up neighbours before it multiplies',
  },
  {
    modes: ['wasm', 'wasm-fma'],
    ops: ['moments'],
    kind: 'more',
    why: 'the first value of a channel is taken off all, and Infinity less Infinity is NaN: so is a mean that is infinite',
  },
]

/** Inputs of which a NaN may stay without a trace in the output, by definition; as in NumPy and PyTorch. */
export const PASSED_OVER: Readonly<Record<string, string>> = {
  ...each(['equal', 'less', 'lessEqual', 'greater', 'greaterEqual'], ['x', 'y'], 'NaN compares as false: 0'),
  ...each(['notEqual'], ['x', 'y'], 'NaN differs from all, itself too: 1'),
  ...each(['where'], ['condition'], 'NaN is not 0, and so chooses x'),
  ...each(['where'], ['y'], 'is not chosen'),
  ...each(['prelu', 'preluGrad', 'conv2dPrelu'], ['slope'], 'does not count where x > 0'),
  ...each(['preluGrad'], ['x'], 'NaN is not above 0: slope y'),
  ...each(['preluSlopeGrad'], ['y'], 'does not count where x > 0'),
  ...each(['reluGrad'], ['x'], 'NaN is not above 0: 0'),
  ...each(['quadraticAbove'], ['a', 'b', 'c'], 'does not count where x is not above bound'),
  ...each(['quadraticAbove'], ['bound'], 'x is not above NaN: x'),
  ...each(['quadraticAboveGrad'], ['b', 'c'], 'does not count where x is not above bound'),
  ...each(['quadraticAboveGrad'], ['x', 'bound'], 'nothing is above NaN, and NaN is above nothing: y'),
  ...each(['shiftedPower'], ['x'], 'NaN to the power 0 is 1'),
  ...each(['topk'], ['x'], 'NaN counts as the largest: the indices say where it is'),
  ...each(['argmax'], ['x'], 'NaN counts as the largest: the index of the first'),
  ...each(['argmin'], ['x'], 'NaN counts as the smallest: the index of the first'),
  ...each(['maxPool2dGather', 'maxPool2dGrad'], ['x'], 'NaN counts as the largest: it chooses the place'),
  ...each(['maxPool2dGather'], ['v'], 'is not chosen'),
  ...each(['scatterSet', 'scatterND'], ['x', 'src'], 'another is written over it'),
  ...each(
    ['slice', 'gather', 'take', 'gatherND', 'tril', 'triu', 'pad', 'resize', 'gridSample'],
    ['x'],
    'is not asked for',
  ),
  ...each(['any', 'all'], ['x'], 'NaN is not 0'),
  ...each(['einsum'], ['x0'], 'lies beside a diagonal that is asked for'),
  ...each(['cumsum', 'cumprod'], ['x'], 'the last is in none of the exclusive ones'),
  ...each(
    ['conv2d', 'conv2dBias', 'conv2dRelu', 'conv2dPrelu', 'conv2dWeightGrad', 'maxPool2d', 'avgPool2d'],
    ['x'],
    'no window reaches it',
  ),
  ...each(['conv2dInputGrad'], ['dz'], 'its window lies in the padding'),
  ...each(['convTranspose2d'], ['w'], 'it adds to nothing but padding'),
}

function each(ops: readonly string[], inputs: readonly string[], why: string): Record<string, string> {
  return Object.fromEntries(ops.flatMap(op => inputs.map(input => [`${op}.${input}`, why])))
}

/** Does an exception of that kind cover this op there? */
export const excepted = (mode: string, op: string, ...kinds: readonly Exception['kind'][]): boolean =>
  EXCEPTIONS.some(
    ({ modes, ops, kind }) =>
      kinds.includes(kind) &&
      modes.some(m => m === mode || (m === 'gpu:*' && mode.startsWith('gpu:'))) &&
      ops.some(o => o === op || o === '*'),
  )
