import { gpu } from '../../../engine/backends/gpu/index.ts'
import { defaultThreads } from '../../../engine/backends/wasm/features.ts'
import { setBackend, setThreads, startBackend } from '../../../engine/index.ts'
import type { BackendChoice } from '../settings/settings.ts'
import type { Place } from './messages.ts'

/** Makes `choice` what computes, and says what that really is. Throws where it does not run. */
export async function settle(choice: BackendChoice): Promise<Place> {
  if (choice === 'wasm') {
    setBackend(await startBackend('wasm'))
    // One core is left to the page, whose frames would wait for the training otherwise.
    const threads = Math.max(1, defaultThreads() - 1)
    setThreads(threads)
    const why = globalThis.crossOriginIsolated === false ? ' (the page is not cross-origin isolated)' : ''
    return { title: `wasm, ${threads} ${threads === 1 ? 'thread' : 'threads'}${why}`, software: false }
  }
  const backend = await gpu({ mode: choice })
  setBackend(backend)
  const { mode, renderer, software } = backend.info()
  return {
    title: `${mode}, on ${renderer || 'a graphics card without a name'}`,
    software: software === true,
  }
}
