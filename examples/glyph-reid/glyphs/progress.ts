import { SingleBar } from 'cli-progress'
import { clock, pace } from '../../../models/train/progress.ts'

const FORMAT = 'drawing [{bar}] {value}/{total} faces | {glyphs} glyphs | {rate} glyphs/s | {left} left'
/** Lines on a stream that is no terminal. */
const PACE = { parts: 4 }

export interface BuildProgress {
  update(faces: number, glyphs: number): void
  stop(): void
}

/** Shows how the drawing gets on: a bar in a terminal, elsewhere a few lines. */
export function buildProgress(stream: NodeJS.WriteStream, total: number): BuildProgress {
  const began = performance.now()
  const seconds = (): number => (performance.now() - began) / 1000
  if (!stream.isTTY) {
    const due = pace(total, 0, PACE)
    return {
      update(faces, glyphs) {
        if (!due(faces)) return
        stream.write(`drawing: ${faces} of ${total} faces, ${glyphs} glyphs, ${clock(seconds())}\n`)
      },
      stop() {},
    }
  }
  const bar = new SingleBar({ format: FORMAT, barsize: 24, stream, linewrap: null })
  bar.start(total, 0, { glyphs: 0, rate: '-', left: '-' })
  return {
    update(faces, glyphs) {
      const rate = Math.round(glyphs / seconds())
      bar.update(faces, { glyphs, rate, left: clock((seconds() / faces) * (total - faces)) })
      // Drawing holds the thread: the bar's own timer has no turn.
      bar.render()
    },
    stop: () => bar.stop(),
  }
}
