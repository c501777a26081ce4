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

const bar = (v: number, from: number, to: number): boolean => v >= from && v <= to

const disc = (x: number, y: number, r: number): boolean => Math.hypot(x, y) <= r

/** Twelve kinds of shapes to learn, by name. */
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

/** Twelve more, which no net is trained on: the open set. */
export const STRANGERS: Readonly<Record<string, Shape>> = {
  bowtie: (x, y) => Math.abs(y) <= Math.abs(x) * 0.75 + 0.08 && Math.abs(x) <= 0.9,
  chevron: (x, y) => bar(y - Math.abs(x), -0.75, -0.05) && Math.abs(x) <= 0.85,
  columns: (x, y) => Math.abs(y) <= 0.8 && Math.abs(x) <= 0.85 && Math.floor((x + 0.85) / 0.34) % 2 === 0,
  diamond: (x, y) => Math.abs(x) / 0.5 + Math.abs(y) / 0.98 <= 1,
  dots: (x, y) => disc(Math.abs(x) - 0.5, Math.abs(y) - 0.5, 0.36),
  drop: (x, y) => disc(x, y + 0.35, 0.55) || (bar(y, -0.1, 0.95) && Math.abs(x) <= (0.95 - y) * 0.47),
  ell: (x, y) => (bar(x, -0.7, -0.2) && Math.abs(y) <= 0.85) || (bar(y, -0.85, -0.4) && Math.abs(x) <= 0.7),
  flower: (x, y) => Math.hypot(x, y) <= 0.6 + 0.35 * Math.cos(3 * Math.atan2(y, x)),
  frame: (x, y) => bar(Math.max(Math.abs(x), Math.abs(y)), 0.42, 0.74),
  half: (x, y) => y >= -0.4 && disc(x, y + 0.4, 0.95),
  mouth: (x, y) => disc(x, y, 0.92) && !(x > 0 && Math.abs(y) <= 0.8 * x),
  tee: (x, y) => (bar(y, 0.4, 0.85) && Math.abs(x) <= 0.8) || (Math.abs(x) <= 0.25 && Math.abs(y) <= 0.85),
}
