/** Is the point inside? The shape fills the disc of radius 1 about the origin, y upwards. */
export type Shape = (x: number, y: number) => boolean

/** A regular polygon: all its n sides are at least this near. */
const polygon =
  (n: number, turn = 0): Shape =>
  (x, y) => {
    const sector = (2 * Math.PI) / n
    const angle = Math.atan2(y, x) - turn
    const off = angle - sector * Math.round(angle / sector)
    return Math.hypot(x, y) * Math.cos(off) <= Math.cos(sector / 2)
  }

const star: Shape = (x, y) => {
  const sector = (2 * Math.PI) / 5
  const angle = Math.atan2(y, x) - Math.PI / 2
  const off = Math.abs(angle - sector * Math.round(angle / sector))
  // From a tip at radius 1 to a notch at 0.42, in a straight line.
  const [notchX, notchY] = [0.42 * Math.cos(sector / 2), 0.42 * Math.sin(sector / 2)]
  const [u, v] = [Math.hypot(x, y) * Math.cos(off), Math.hypot(x, y) * Math.sin(off)]
  return (u - 1) * notchY - v * (notchX - 1) <= 0
}

const disc = (x: number, y: number, r: number): boolean => Math.hypot(x, y) <= r

/** Twelve kinds of shapes, by name. */
export const SHAPES: Readonly<Record<string, Shape>> = {
  arrow: (x, y) => (y <= 0.1 && y >= -0.95 && Math.abs(x) <= 0.25) || (y > 0.1 && Math.abs(x) <= 0.95 - y),
  circle: (x, y) => disc(x, y, 0.9),
  crescent: (x, y) => disc(x, y, 0.95) && !disc(x - 0.45, y, 0.8),
  cross: (x, y) => Math.min(Math.abs(x), Math.abs(y)) <= 0.28 && Math.max(Math.abs(x), Math.abs(y)) <= 0.92,
  heart: (x, y) => {
    const [u, v] = [1.25 * x, 1.25 * y + 0.15]
    return (u * u + v * v - 0.8) ** 3 <= u * u * v * v * v * 1.4
  },
  hourglass: (x, y) => Math.abs(x) <= Math.abs(y) * 0.75 + 0.08 && Math.abs(y) <= 0.9,
  pentagon: polygon(5, Math.PI / 10),
  ring: (x, y) => disc(x, y, 0.95) && !disc(x, y, 0.55),
  square: polygon(4, 0),
  star,
  stripes: (x, y) => Math.abs(x) <= 0.8 && Math.abs(y) <= 0.85 && Math.floor((y + 0.85) / 0.34) % 2 === 0,
  triangle: polygon(3, Math.PI / 6),
}
