import { type Answer, type Driver, type Traits, whenThere } from './drivers/driver.ts'
import { GlDriver } from './drivers/gl.ts'
import { HostDriver } from './drivers/host.ts'
import { WebGPUDriver } from './drivers/webgpu.ts'
import type { GlContext, Gpu, Library, WebGPUPlace } from './library.ts'
import { MOST } from './program.ts'

/** What really computes. */
export interface Info {
  readonly mode: Mode
  /** The graphics card, as its driver calls it, or what stands for one. */
  readonly renderer: string
  /** Not a graphics card, but a program that does what one would. */
  readonly software: boolean
  /** The most elements of a tensor. */
  readonly maxElements: number
}

export interface Started {
  readonly driver: Driver
  readonly traits: Traits
  readonly info: Info
}

interface ModeRow {
  readonly mode: string
  /** What it wants of a host. */
  readonly needs: string
  available(library: Library): Answer<boolean>
  start(library: Library): Answer<Started>
}

/** In the order in which they are tried. */
export const MODES = [
  {
    mode: 'webgpu',
    needs: 'a browser with a WebGPU adapter',
    available: ({ GPU }) => GPU.isWebGPUAvailable(),
    start: library => startWebGPU(library),
  },
  {
    mode: 'webgl2',
    needs: 'a browser with WebGL 2 and float textures',
    available: ({ GPU }) => GPU.isWebGL2Supported,
    start: library => startGl(library, 'webgl2'),
  },
  {
    mode: 'webgl',
    needs: 'a browser with WebGL and float textures',
    available: ({ GPU }) => GPU.isWebGLSupported,
    start: library => startGl(library, 'webgl'),
  },
  {
    mode: 'headlessgl',
    needs: 'Node, the package gl with its native part, and a display (xvfb-run)',
    available: ({ GPU }) => GPU.isHeadlessGLSupported,
    start: library => startGl(library, 'headlessgl'),
  },
  {
    mode: 'webasm',
    needs: 'WebAssembly',
    available: () => typeof WebAssembly === 'object',
    start: library => startHost(library, 'webasm'),
  },
  {
    mode: 'cpu',
    needs: 'nothing',
    available: () => true,
    start: library => startHost(library, 'cpu'),
  },
] as const satisfies readonly ModeRow[]

export type Mode = (typeof MODES)[number]['mode']

const SOFTWARE = /swiftshader|llvmpipe|softpipe|software|basic render/i

function startHost({ GPU }: Library, mode: 'cpu' | 'webasm'): Started {
  return {
    driver: new HostDriver(new GPU({ mode }), mode),
    traits: { synchronous: true, tile: undefined },
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
      tile: { loads: 'fours', rows: kernelMap && channelCount >= 4 ? 4 : 1 },
    },
    info: {
      ...{ mode, renderer, software: SOFTWARE.test(renderer) },
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
    traits: { synchronous: false, tile: { loads: 'singles', rows: 1 } },
    info: {
      ...{ mode: 'webgpu', renderer, software: isFallbackAdapter || SOFTWARE.test(renderer) },
      maxElements: Math.min(MOST, maxStorageBufferBindingSize / 4, maxBufferSize / 4),
    },
  }
}

/** The mode of that name. Throws when it does not run here. */
export async function startMode(library: Library, name: Mode): Promise<Started> {
  const row: ModeRow | undefined = MODES.find(({ mode }) => mode === name)
  if (row === undefined) {
    throw new Error(`gpu: one of ${MODES.map(m => m.mode).join(', ')} expected, got ${name}`)
  }
  if (!(await row.available(library)))
    throw new Error(`gpu: ${name} does not run here: it needs ${row.needs}`)
  return row.start(library)
}

/** The first mode that a graphics card answers in. */
export async function startCard(library: Library): Promise<Started> {
  const found: string[] = []
  for (const row of MODES.filter(({ mode }) => mode !== 'webasm' && mode !== 'cpu')) {
    if (!(await row.available(library))) continue
    const started = await row.start(library)
    if (!started.info.software) return started
    found.push(`${row.mode} on ${started.info.renderer}`)
    started.driver.destroy()
  }
  const others = found.length > 0 ? `, only programs that stand for one: ${found.join('; ')}` : ''
  throw new Error(`gpu: no graphics card answers here${others}; name a mode to use it all the same`)
}

/** The mode again, after its device was lost. */
export const restart = (library: Library, name: Mode): Answer<Driver> => {
  const row: ModeRow = MODES.find(({ mode }) => mode === name)!
  return whenThere(row.start(library), ({ driver }) => driver)
}
