/** (x, y, z) of a head: right, up, and towards who looks at it; the skull has radius 1. */
export type Vector = readonly [number, number, number]

export const dot = (a: Vector, b: Vector): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2]

export const unit = (a: Vector): Vector => {
  const length = Math.sqrt(dot(a, a))
  return [a[0] / length, a[1] / length, a[2] / length]
}

/** Turns a vector of the viewer's axes into those of a head: back by `roll` about z, `pitch` about x, and `yaw` about y, in radians. */
export function intoHead({
  yaw,
  pitch,
  roll,
}: {
  yaw: number
  pitch: number
  roll: number
}): (v: Vector) => Vector {
  const back = (angle: number, a: number, b: number): [number, number] => [
    Math.cos(angle) * a + Math.sin(angle) * b,
    Math.cos(angle) * b - Math.sin(angle) * a,
  ]
  return ([x0, y0, z0]) => {
    const [x1, y1] = back(roll, x0, y0)
    const [y2, z2] = back(pitch, y1, z0)
    const [z3, x3] = back(yaw, z2, x1)
    return [x3, y2, z3]
  }
}
