import type { Backend, Buffer } from '../../engine/backends/backend.ts'
import { reference } from '../../engine/backends/reference/index.ts'

/** The reference backend, and which buffers it was told to free, and that no scope holds. */
export function counting(): { backend: Backend; freed: Buffer[]; adopted: Set<Buffer> } {
  const freed: Buffer[] = []
  const adopted = new Set<Buffer>()
  const backend: Backend = {
    ...reference,
    name: 'counting',
    free: buffer => freed.push(buffer),
    leaveToCollector: buffer => adopted.add(buffer),
  }
  return { freed, adopted, backend }
}
