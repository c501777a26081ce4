/** How a view of space is turned, in radians. */
export interface Turn {
  readonly yaw: number
  readonly pitch: number
}

export interface Seen {
  readonly x: number
  readonly y: number
  /** Towards the viewer. */
  readonly depth: number
}

/**
 * Where (x, y, z) is seen, without perspective: turned about the y axis by yaw, then about the x axis by pitch. In a plane
 * z is 0 and so are both angles.
 */
export function seen(x: number, y: number, z: number, { yaw, pitch }: Turn): Seen {
  const across = x * Math.cos(yaw) + z * Math.sin(yaw)
  const away = z * Math.cos(yaw) - x * Math.sin(yaw)
  return {
    x: across,
    y: y * Math.cos(pitch) - away * Math.sin(pitch),
    depth: away * Math.cos(pitch) + y * Math.sin(pitch),
  }
}

export const FLAT: Turn = { yaw: 0, pitch: 0 }

/** Radians a second. */
const SPEED = 0.35
const START: Turn = { yaw: 0.6, pitch: 0.35 }
/** What an arrow key turns, and a pixel of a drag. */
const KEY = 0.12
const DRAG = 0.01

/** Turns by itself, and by dragging or the arrow keys on a picture. */
export class Turntable {
  turning = !matchMedia('(prefers-reduced-motion: reduce)').matches
  #turn = START
  #last: number | undefined

  get turn(): Turn {
    return this.#turn
  }

  /** Goes on to `now`, in milliseconds; whether anything moved. */
  advance(now: number): boolean {
    const passed = Math.min(now - (this.#last ?? now), 100)
    this.#last = now
    if (this.turning) this.#by((SPEED * passed) / 1000, 0)
    return this.turning && passed > 0
  }

  /** Lets a picture be turned by hand; `moved` hears of it. */
  handle(canvas: HTMLCanvasElement, moved: () => void): void {
    canvas.addEventListener('pointerdown', event => {
      if (canvas.tabIndex >= 0) canvas.setPointerCapture(event.pointerId)
    })
    canvas.addEventListener('pointermove', event => {
      if (!canvas.hasPointerCapture(event.pointerId)) return
      this.#by(event.movementX * DRAG, event.movementY * DRAG)
      moved()
    })
    canvas.addEventListener('keydown', event => {
      const [yaw, pitch] = ARROWS[event.key] ?? [0, 0]
      if (canvas.tabIndex < 0 || (yaw === 0 && pitch === 0)) return
      event.preventDefault()
      this.#by(yaw * KEY, pitch * KEY)
      moved()
    })
  }

  #by(yaw: number, pitch: number): void {
    const most = Math.PI / 2
    this.#turn = {
      yaw: this.#turn.yaw + yaw,
      pitch: Math.max(-most, Math.min(most, this.#turn.pitch + pitch)),
    }
  }
}

const ARROWS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
}
