import { classAware, identityBalanced, instances, type Sampling } from '../../../models/index.ts'

/** What `--sampling` may be. */
export const SAMPLINGS: Readonly<Record<string, () => Sampling>> = {
  instances,
  pk: identityBalanced,
  'class-aware': classAware,
}
