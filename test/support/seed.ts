import * as fc from 'fast-check'

/** Run before every test file: properties draw the same cases each time; `FC_SEED=n npm test` looks elsewhere. */
fc.configureGlobal({ seed: Number(process.env.FC_SEED ?? 20201111) })
