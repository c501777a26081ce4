import { type Answer, type Driver, type Traits, whenThere } from './drivers/driver.ts'
import { GlDriver } from './drivers/gl.ts'
import { HostDriver } from './drivers/host.ts'
import { WebGPUDriver } from './drivers/webgpu.ts'
import type { GlContext, Gpu, Library, WebGPUPlace } from './library.ts'
import { MODES, type Mode } from './mode.ts'
import { MOST } from './program.ts'

/** What really computes. */
export interface Info {
  readonly mode: Mode
  /** The graphics card, as its driver calls it, or what stands for one. */
  readonly renderer: string
  /** Whether it is no graphics card, but a program that does what one would; undefined where the driver hides it. */
  readonly software: boolean | undefined
  /** The most elements of a tensor. */
  readonly maxElements: number
}

export interface Started {
  readonly driver: Driver
  readonly traits: Traits
  readonly info: Info
}

interface Row {
  /** What it wants of a host. */
  readonly needs: string
  available(library: Library): Answer<boolean>
  start(library: Library): Answer<Started>
}

const ROWS: Readonly<Record<Mode, Row>> = {
  webgpu: {
    needs: 'a browser with a WebGPU adapter',
    available: ({ GPU }) => GPU.isWebGPUAvailable(),
    start: startWebGPU,
  },
  webgl2: {
    needs: 'a browser with WebGL 2',
    available: ({ GPU }) => GPU.isWebGL2Supported,
    start: library => startGl(library, 'webgl2'),
  },
  webgl: {
    needs: 'a browser with WebGL',
    available: ({ GPU }) => GPU.isWebGLSupported,
    start: library => startGl(library, 'webgl'),
  },
  headlessgl: {
    needs: 'Node, the package gl with its native part, and a display such as that of xvfb-run',
    available: ({ GPU }) => GPU.isHeadlessGLSupported,
    start: library => startGl(library, 'headlessgl'),
  },
  webasm: {
    needs: 'WebAssembly',
    available: () => typeof WebAssembly === 'object',
    start: library => startHost(library, 'webasm'),
  },
  cpu: {
    needs: 'nothing',
    available: () => true,
    start: library => startHost(library, 'cpu'),
  },
}

const SOFTWARE = /swiftshader|llvmpipe|softpipe|software|basic render/i

function startHost({ GPU }: Library, mode: 'cpu' | 'webasm'): Started {
  return {
    driver: new HostDriver(new GPU({ mode }), mode),
    traits: { synchronous: true, endsLoops: false, tile: undefined },
    info: { mode, renderer: 'the processor', software: true, maxElements: MOST },
  }
}

function startGl({ GPU }: Library, mode: 'webgl2' | 'webgl' | 'headlessgl'): Started {
  const gpu = new GPU({ mode })
  const { kernelMap, channelCount, isTextureFloat, isFloatRead, maxTextureSize } = gpu.Kernel.features
  if (!isTextureFloat || !isFloatRead) throw new Error(`gpu: ${mode} has no float textures here`)
  const driver = new GlDriver(gpu, mode)
  // The first kernel makes the context.
  driver.free(driver.upload(Float32Array.of(0)))
  const renderer = rendererOf(driver.context!)
  return {
    driver,
    traits: {
      synchronous: true,
      endsLoops: true,
      tile: { loads: 'fours', rows: kernelMap && channelCount >= 4 ? 4 : 1, columns: 4 },
    },
    info: {
      ...{ mode, renderer, software: renderer === 'ANGLE' ? undefined : SOFTWARE.test(renderer) },
      maxElements: Math.min(MOST, maxTextureSize ** 2),
    },
  }
}

function rendererOf(context: GlContext): string {
  const unmasked = context.getExtension('WEBGL_debug_renderer_info')?.UNMASKED_RENDERER_WEBGL
  return String(context.getParameter(unmasked ?? context.RENDERER))
}

async function startWebGPU(library: Library): Promise<Started> {
  const gpu: Gpu = new library.GPU({ mode: 'webgpu' })
  const place: WebGPUPlace = await library.WebGPUContext.acquire()
  const { info = {}, isFallbackAdapter = false } = place.adapter
  const renderer = ['vendor', 'architecture', 'device', 'description'].flatMap(k => info[k] || []).join(' ')
  const { maxStorageBufferBindingSize, maxBufferSize } = place.device.limits
  return {
    driver: new WebGPUDriver(library, gpu, place),
    traits: { synchronous: false, endsLoops: false, tile: { loads: 'singles', rows: 2, columns: 2 } },
    info: {
      ...{ mode: 'webgpu', renderer, software: isFallbackAdapter || SOFTWARE.test(renderer) },
      maxElements: Math.min(MOST, maxStorageBufferBindingSize / 4, maxBufferSize / 4),
    },
  }
}

/** Throws when the mode does not run here. */
export async function startMode(library: Library, mode: Mode): Promise<Started> {
  const row: Row | undefined = ROWS[mode]
  if (row === undefined) throw new Error(`gpu: one of ${MODES.join(', ')} expected, got ${mode}`)
  if (!(await row.available(library))) {
    throw new Error(`gpu: ${mode} does not run here: it needs ${row.needs}`)
  }
  return row.start(library)
}

/** Where a graphics card is looked for: not in headlessgl, which hides what it draws with. */
const CARDS = ['webgpu', 'webgl2', 'webgl'] as const

/** The first mode that a graphics card answers in. Throws when none does. */
export async function startCard(library: Library): Promise<Started> {
  const found: string[] = []
  for (const mode of CARDS) {
    if (!(await ROWS[mode].available(library))) continue
    const started = await ROWS[mode].start(library)
    if (started.info.software === false) return started
    found.push(`${mode} on ${started.info.renderer}`)
    started.driver.destroy()
  }
  const others = found.length > 0 ? `, only programs that stand for one: ${found.join('; ')}` : ''
  throw new Error(`gpu: no graphics card answers here${others}; name a mode to use it all the same`)
}

/** The mode again, after its device was lost. */
export const restart = (library: Library, mode: Mode): Answer<Driver> =>
  whenThere(ROWS[mode].start(library), ({ driver }) => driver)
