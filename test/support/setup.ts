import * as fc from 'fast-check'
import { inject } from 'vitest'
import { setBackend } from '../../engine/index.ts'
import './typedArrays.ts'

// Run before every test file, of which a process runs many.
fc.configureGlobal({ seed: inject('seed') })
setBackend('auto')
