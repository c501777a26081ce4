import type { Generator } from '../../../engine/index.ts'
import type { Color } from './color.ts'

/** What all images of a person share. Lengths are in radii of the skull; a slope is of a line, rise over run. */
export interface Identity {
  readonly skin: Color
  readonly freckles: number
  readonly skull: { readonly width: number; readonly height: number }
  readonly jaw: { readonly width: number; readonly length: number; readonly depth: number }
  readonly ears: { readonly size: number; readonly height: number }
  readonly eyes: {
    readonly apart: number
    readonly height: number
    readonly width: number
    readonly open: number
    readonly slope: number
    readonly iris: Color
  }
  readonly brows: {
    readonly height: number
    readonly thickness: number
    readonly length: number
    readonly slope: number
  }
  readonly nose: {
    readonly width: number
    readonly length: number
    readonly depth: number
    readonly height: number
  }
  readonly mouth: {
    readonly width: number
    readonly height: number
    readonly lips: number
    readonly paint: Color
  }
  readonly hair: {
    readonly color: Color
    readonly line: number
    readonly parting: number
    readonly volume: number
  }
  readonly mole: { readonly x: number; readonly y: number; readonly size: number }
}

/** Ranges of what differs from person to person: as uniform as faces are not, so that no person is the usual one. */
export function drawIdentity(rng: Generator): Identity {
  const u = (low: number, high: number): number => rng.uniform(low, high)
  const tan = u(0, 1)
  const rosy = u(-0.05, 0.05)
  const grey = u(0, 1) ** 3
  const dark = u(0, 1)
  const red = u(0, 0.35)
  const blue = u(0, 1)
  return {
    skin: [0.93 - 0.55 * tan + rosy, 0.76 - 0.52 * tan - rosy / 2, 0.66 - 0.5 * tan - rosy / 2],
    freckles: Math.max(0, u(-1, 0.8)),
    skull: { width: u(0.74, 0.92), height: u(0.9, 1.06) },
    jaw: { width: u(0.46, 0.8), length: u(0.62, 0.86), depth: u(0.6, 0.78) },
    ears: { size: u(0.13, 0.25), height: u(-0.2, 0.12) },
    eyes: {
      apart: u(0.28, 0.42),
      height: u(0.0, 0.16),
      width: u(0.13, 0.2),
      open: u(0.35, 0.75),
      slope: u(-0.25, 0.25),
      iris: [0.15 + 0.35 * blue * u(0.2, 0.8), 0.12 + 0.45 * blue, 0.08 + 0.62 * blue * u(0.3, 1)],
    },
    brows: { height: u(0.13, 0.24), thickness: u(0.02, 0.07), length: u(0.15, 0.25), slope: u(-0.35, 0.3) },
    nose: { width: u(0.1, 0.22), length: u(0.2, 0.36), depth: u(0.14, 0.3), height: u(-0.3, -0.16) },
    mouth: {
      width: u(0.18, 0.36),
      height: u(-0.68, -0.52),
      lips: u(0.03, 0.085),
      paint: [0.72 - 0.3 * tan + u(-0.06, 0.1), 0.36 - 0.2 * tan + u(-0.05, 0.05), 0.36 - 0.18 * tan],
    },
    hair: {
      color: [
        (1 - grey) * (0.72 * (1 - dark) + 0.06 + red * (1 - dark)) + 0.7 * grey,
        (1 - grey) * (0.52 * (1 - dark) + 0.05) + 0.7 * grey,
        (1 - grey) * (0.26 * (1 - dark) + 0.05) + 0.7 * grey,
      ],
      line: u(0.42, 0.72),
      parting: u(-0.4, 0.4),
      volume: u(1.03, 1.14),
    },
    mole: { x: u(-0.5, 0.5), y: u(-0.65, 0.35), size: u(0, 0.035) },
  }
}
