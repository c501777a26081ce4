import * as fc from 'fast-check'
import { inject } from 'vitest'

// Run before every test file.
fc.configureGlobal({ seed: inject('seed') })
