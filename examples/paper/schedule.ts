/** Phases of the rate: x 0.1 after 3/8 and 6/8 of the steps, as in the authors' oldest code after 15 and 30 of 40 epochs. */
const SHARE = 3 / 8

/** Which phase step t = 0, 1, .. belongs to: 0, 1 or 2. */
export const phaseOf = (t: number, steps: number): number => Math.floor(t / (SHARE * steps))

/** The steps of phase 0. */
export const firstPhase = (steps: number): number => Math.ceil(SHARE * steps)
