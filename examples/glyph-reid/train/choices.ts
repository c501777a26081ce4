import {
  classAware,
  convNet,
  identityBalanced,
  instances,
  type Layer,
  type NetOptions,
  resNet,
  type Sampling,
  sphereFaceNet,
} from '../../../models/index.ts'

/** What `--net` may be. The residual nets of SphereFace are a quarter as wide as the paper's: an image here has 28 x 28 greys. */
export const NETS: Readonly<Record<string, (options: NetOptions) => Layer>> = {
  convNet,
  resNet,
  sphereFace4: options => sphereFaceNet({ ...options, input: [28, 28, 1], depth: 4, width: 16 }),
  sphereFace20: options => sphereFaceNet({ ...options, input: [28, 28, 1], depth: 20, width: 16 }),
}

/** What `--sampling` may be. */
export const SAMPLINGS: Readonly<Record<string, () => Sampling>> = {
  instances,
  pk: identityBalanced,
  'class-aware': classAware,
}
