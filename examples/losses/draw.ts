import type { Generator } from '../../engine/index.ts'
import type { Shape } from './shapes.ts'

/** Pixels of a side. */
export const SIDE = 64
/** Points of a pixel's side at which a shape is asked. */
const POINTS = 3

type Color = readonly [number, number, number]

const color = (rng: Generator): Color => [rng.uniform(), rng.uniform(), rng.uniform()]

/**
 * The shape on a background of two colours, in any place, size and turn, among clutter of short lines and spots, with noise. Everything
 * comes from `rng`.  -> RGB bytes [64,64,3]
 */
export function draw(shape: Shape, rng: Generator): Uint8Array {
  const values = new Float64Array(SIDE * SIDE * 3)
  background(values, rng)
  for (let i = rng.integer(2, 4); i > 0; i--) spot(values, rng)
  figure(values, shape, rng)
  for (let i = rng.integer(1, 3); i > 0; i--) line(values, rng)
  const noise = rng.uniform(0.01, 0.05)
  return Uint8Array.from(values, v => Math.round(255 * Math.min(1, Math.max(0, v + noise * rng.normal()))))
}

function mix(values: Float64Array, pixel: number, paint: Color, share: number): void {
  for (let k = 0; k < 3; k++) values[3 * pixel + k] += share * (paint[k] - values[3 * pixel + k])
}

function background(values: Float64Array, rng: Generator): void {
  const [a, b] = [color(rng), color(rng)]
  const turn = rng.uniform(0, 2 * Math.PI)
  for (let i = 0; i < SIDE * SIDE; i++) {
    const [x, y] = [(i % SIDE) / SIDE - 0.5, Math.floor(i / SIDE) / SIDE - 0.5]
    const share = 0.5 + 0.7 * (x * Math.cos(turn) + y * Math.sin(turn))
    mix(values, i, a, 1)
    mix(values, i, b, share)
  }
}

function figure(values: Float64Array, shape: Shape, rng: Generator): void {
  const radius = rng.uniform(0.32, 0.42) * SIDE
  const [left, top] = [0, 1].map(() => rng.uniform(0.46, 0.54) * SIDE)
  const turn = rng.uniform(-0.25, 0.25)
  const [cos, sin] = [Math.cos(turn) / radius, Math.sin(turn) / radius]
  const paint = contrasting(values, rng)
  for (let i = 0; i < SIDE * SIDE; i++) {
    let inside = 0
    for (let p = 0; p < POINTS * POINTS; p++) {
      const x = (i % SIDE) + ((p % POINTS) + 0.5) / POINTS - left
      const y = top - Math.floor(i / SIDE) - (Math.floor(p / POINTS) + 0.5) / POINTS
      if (shape(cos * x - sin * y, sin * x + cos * y)) inside++
    }
    mix(values, i, paint, inside / (POINTS * POINTS))
  }
}

/** A colour that stands out from the middle of the image. */
function contrasting(values: Float64Array, rng: Generator): Color {
  const middle = 3 * (SIDE * (SIDE / 2) + SIDE / 2)
  for (;;) {
    const paint = color(rng)
    if (paint.reduce((total, v, k) => total + Math.abs(v - values[middle + k]), 0) > 0.7) return paint
  }
}

function spot(values: Float64Array, rng: Generator): void {
  const paint = color(rng)
  const [left, top, r] = [rng.uniform(0, SIDE), rng.uniform(0, SIDE), rng.uniform(1, 4)]
  for (let i = 0; i < SIDE * SIDE; i++) {
    if (Math.hypot((i % SIDE) - left, Math.floor(i / SIDE) - top) <= r) mix(values, i, paint, 0.8)
  }
}

function line(values: Float64Array, rng: Generator): void {
  const paint = color(rng)
  let [x, y] = [rng.uniform(0, SIDE), rng.uniform(0, SIDE)]
  const turn = rng.uniform(0, 2 * Math.PI)
  for (let i = rng.integer(10, 30); i > 0; i--) {
    const [column, row] = [Math.floor(x), Math.floor(y)]
    if (column >= 0 && column < SIDE && row >= 0 && row < SIDE) mix(values, row * SIDE + column, paint, 0.9)
    x += Math.cos(turn)
    y += Math.sin(turn)
  }
}
