import type { Generator } from '../../../engine/index.ts'
import type { Color } from './color.ts'
import { unit, type Vector } from './vector.ts'

/** What changes from one image of a person to the next. Angles in radians; lengths in radii of the skull. */
export interface Capture {
  readonly yaw: number
  readonly pitch: number
  readonly roll: number
  /** How far the aligned crop is off. */
  readonly shift: readonly [number, number]
  readonly zoom: number
  readonly light: Vector
  readonly ambient: number
  readonly cast: Color
  readonly backdrop: readonly [Color, Color]
  /** Corners of the mouth up or down; how far it is open; how far eyes are shut, 0 to 1; brows up. */
  readonly smile: number
  readonly speaks: number
  readonly squint: number
  readonly browsUp: number
  readonly gaze: readonly [number, number]
  readonly glasses: number
  readonly frame: Color
  readonly beard: number
  /** A hat that comes down to this height; 2 is none. */
  readonly hat: number
  readonly felt: Color
  readonly fringe: number
  /** A bar over the image: its place and its half width, 0 is none. */
  readonly bar: { readonly at: number; readonly half: number; readonly turn: number; readonly paint: Color }
  /** Standard deviations: of the blur in pixels, of the noise in 0..1. */
  readonly blur: number
  readonly noise: number
  /** Of the JPEG, 1 to 100. */
  readonly quality: number
}

/** With `hard` 0 a passport's picture, with 1 one of the street; training and tests take 1. */
export function drawCapture(rng: Generator, hard = 1): Capture {
  const u = (low: number, high: number): number => rng.uniform(low, high)
  const around = (spread: number): number => hard * Math.max(-2.2, Math.min(2.2, rng.normal())) * spread
  const chance = (p: number): boolean => rng.uniform() < p * hard
  const color = (): Color => [u(0, 1), u(0, 1), u(0, 1)]
  const warm = around(0.07)
  return {
    yaw: around(0.3),
    pitch: around(0.14),
    roll: around(0.07),
    shift: [around(0.03), around(0.03)],
    zoom: 1 + around(0.04),
    light: unit([around(0.7), 0.35 + around(0.4), 1]),
    ambient: u(0.35, 0.6),
    cast: [1 + warm, 1 + around(0.02), 1 - warm],
    backdrop: [color(), color()],
    smile: u(-0.5, 1) * hard,
    speaks: Math.max(0, u(-1, 1)) * hard,
    squint: Math.max(0, u(-1.5, 1)) * hard,
    browsUp: around(0.025),
    gaze: [around(0.35), around(0.15)],
    glasses: chance(0.15) ? u(0.19, 0.27) : 0,
    frame: color(),
    beard: Math.max(0, around(0.4)),
    hat: chance(0.12) ? u(0.38, 0.6) : 2,
    felt: color(),
    fringe: around(0.08),
    bar: { at: u(-0.9, 0.9), half: chance(0.12) ? u(0.05, 0.22) : 0, turn: u(0, Math.PI), paint: color() },
    blur: chance(0.5) ? u(0.3, 1.6) : 0,
    noise: u(0.005, 0.045) * hard,
    quality: rng.integer(45, 95),
  }
}
