import { join } from 'node:path'
import { type Generator, generator } from '../../engine/index.ts'
import { jpegOf, type Paint, write } from './imageFiles.ts'

/** Two colours, and stripes at an angle and a pitch: what is a person's own. */
interface Person {
  readonly colors: readonly (readonly number[])[]
  readonly angle: number
  readonly pitch: number
}

const GREYS = [
  [20, 20, 20],
  [235, 235, 235],
]

const draw = (rng: Generator): Person => ({
  colors: [0, 1].map(() => [0, 1, 2].map(() => rng.uniform(30, 225))),
  angle: rng.uniform(0, Math.PI),
  pitch: rng.uniform(0.4, 1.1),
})

/** A photo of a person: at another place, a little brighter or darker, and noisy. */
function photo({ colors, angle, pitch }: Person, rng: Generator): Paint {
  const [phase, light] = [rng.uniform(0, 6), rng.uniform(0.85, 1.15)]
  return (y, x) => {
    const share = (1 + Math.sin(pitch * (Math.cos(angle) * y + Math.sin(angle) * x) + phase)) / 2
    const [r, g, b] = [0, 1, 2].map(c => {
      const value = light * (share * colors[0][c] + (1 - share) * colors[1][c]) + rng.uniform(-10, 10)
      return Math.min(255, Math.max(0, Math.round(value)))
    })
    return [r, g, b]
  }
}

/**
 * `photos` with a folder for each of 60 people, six images in each, and beside it `new.jpg`, one more of `person 7`, and
 * `stranger.jpg`, of somebody in black and white, as nobody of them is; in `strangers` one each of 40 people drawn as the others.
 */
export function makePeople(home: string): void {
  const rng = generator(0)
  const people = Array.from({ length: 60 }, () => draw(rng))
  for (const [i, person] of people.entries()) {
    for (let k = 0; k < 6; k++)
      write(join(home, 'photos', `person ${i}`, `${k}.jpg`), jpegOf(32, 32, photo(person, rng)))
  }
  write(join(home, 'new.jpg'), jpegOf(32, 32, photo(people[7], rng)))
  write(join(home, 'stranger.jpg'), jpegOf(32, 32, photo({ ...draw(rng), colors: GREYS }, rng)))
  for (let k = 0; k < 40; k++)
    write(join(home, 'strangers', `${k}.jpg`), jpegOf(32, 32, photo(draw(rng), rng)))
}
