import { setBackend } from '../../engine/index.ts'

/** For tests of definitions: they are checked in float64, which only this backend holds, and so it holds their indices. */
export const onReference = (): void => setBackend('reference')
