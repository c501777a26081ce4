import { type Driver, type MaybePromise, type Traits, whenThere } from './drivers/driver.ts'
import { GlDriver } from './drivers/gl.ts'
import { HostDriver } from './drivers/host.ts'
import { WebGPUDriver } from './drivers/webgpu.ts'
import type { GlContext, GPU, GpuJs } from './gpuJs.ts'
import { DAWN, withWebGPU } from './nodeWebGPU.ts'
import { MAX_ELEMENTS } from './program.ts'

/** How gpu.js may compute; the last two on the processor. */
export const MODES = ['webgpu', 'webgl2', 'webgl', 'headlessgl', 'webasm', 'cpu'] as const

export type Mode = (typeof MODES)[number]

/** What the backend computes on. */
export interface GpuInfo {
  readonly mode: Mode
  /** The name of the graphics card, or of the software renderer, as the driver has it. */
  readonly renderer: string
  /** Whether it is a software renderer (SwiftShader, llvmpipe) or the processor; undefined where the driver hides it. */
  readonly software: boolean | undefined
  /** The most elements of a tensor. */
  readonly maxElements: number
}

export interface Started {
  readonly driver: Driver
  readonly traits: Traits
  readonly info: GpuInfo
}

interface Row {
  /** What it needs of a host. */
  readonly needs: string
  available(gpuJs: GpuJs): MaybePromise<boolean>
  start(gpuJs: GpuJs): MaybePromise<Started>
}

const ROWS: Readonly<Record<Mode, Row>> = {
  webgpu: {
    needs: `a browser with a WebGPU adapter, or Node with the package webgpu (npm install webgpu@${DAWN}) and a driver of Vulkan, Metal or Direct3D 12`,
    available: ({ GPU }) => withWebGPU(() => GPU.isWebGPUAvailable()),
    start: startWebGPU,
  },
  webgl2: {
    needs: 'a browser with WebGL 2',
    available: ({ GPU }) => GPU.isWebGL2Supported,
    start: gpuJs => startGl(gpuJs, 'webgl2'),
  },
  webgl: {
    needs: 'a browser with WebGL',
    available: ({ GPU }) => GPU.isWebGLSupported,
    start: gpuJs => startGl(gpuJs, 'webgl'),
  },
  headlessgl: {
    needs: 'Node, the package gl with its native part, and a display such as that of xvfb-run',
    available: ({ GPU }) => GPU.isHeadlessGLSupported,
    start: gpuJs => startGl(gpuJs, 'headlessgl'),
  },
  webasm: {
    needs: 'WebAssembly',
    available: () => typeof WebAssembly === 'object',
    start: gpuJs => startHost(gpuJs, 'webasm'),
  },
  cpu: {
    needs: 'nothing',
    available: () => true,
    start: gpuJs => startHost(gpuJs, 'cpu'),
  },
}

const SOFTWARE = /swiftshader|llvmpipe|softpipe|software|basic render/i

function startHost({ GPU }: GpuJs, mode: 'cpu' | 'webasm'): Started {
  return {
    driver: new HostDriver(new GPU({ mode }), mode),
    traits: { synchronous: true, endsLoops: false, tile: undefined },
    info: { mode, renderer: 'the processor', software: true, maxElements: MAX_ELEMENTS },
  }
}

function startGl({ GPU }: GpuJs, mode: 'webgl2' | 'webgl' | 'headlessgl'): Started {
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
      tile: { memory: 'texels', rows: kernelMap && channelCount >= 4 ? 4 : 1, columns: 4 },
    },
    info: {
      mode,
      renderer,
      software: renderer === 'ANGLE' ? undefined : SOFTWARE.test(renderer),
      maxElements: Math.min(MAX_ELEMENTS, maxTextureSize ** 2),
    },
  }
}

function rendererOf(context: GlContext): string {
  const unmasked = context.getExtension('WEBGL_debug_renderer_info')?.UNMASKED_RENDERER_WEBGL
  return String(context.getParameter(unmasked ?? context.RENDERER))
}

async function startWebGPU(gpuJs: GpuJs): Promise<Started> {
  const { gpu, context } = await withWebGPU(async () => {
    const gpu: GPU = new gpuJs.GPU({ mode: 'webgpu' })
    return { gpu, context: await gpuJs.WebGPUContext.acquire() }
  })
  const { info = {}, isFallbackAdapter = false } = context.adapter
  const renderer = ['vendor', 'architecture', 'device', 'description'].flatMap(k => info[k] || []).join(' ')
  const { maxStorageBufferBindingSize, maxBufferSize } = context.device.limits
  return {
    driver: new WebGPUDriver(gpuJs, gpu, context),
    traits: { synchronous: false, endsLoops: false, tile: { memory: 'flat', rows: 4, columns: 4 } },
    info: {
      mode: 'webgpu',
      renderer,
      software: isFallbackAdapter || SOFTWARE.test(renderer),
      maxElements: Math.min(MAX_ELEMENTS, maxStorageBufferBindingSize / 4, maxBufferSize / 4),
    },
  }
}

/** Throws when the mode does not run here. */
export async function startMode(gpuJs: GpuJs, mode: Mode): Promise<Started> {
  const row: Row | undefined = ROWS[mode]
  if (row === undefined) throw new Error(`gpu: a mode of ${MODES.join(', ')} expected, got ${mode}`)
  if (!(await row.available(gpuJs))) {
    throw new Error(`gpu: ${mode} does not run here: it needs ${row.needs}`)
  }
  return row.start(gpuJs)
}

/** Where a graphics card is looked for: not in headlessgl, which hides its renderer. */
const CARDS = ['webgpu', 'webgl2', 'webgl'] as const

/** The first mode that runs on a graphics card. Throws when none does. */
export async function startCard(gpuJs: GpuJs): Promise<Started> {
  const found: string[] = []
  for (const mode of CARDS) {
    if (!(await ROWS[mode].available(gpuJs))) continue
    const started = await ROWS[mode].start(gpuJs)
    if (started.info.software === false) return started
    found.push(`${mode} on ${started.info.renderer}`)
    started.driver.destroy()
  }
  const got = found.join('; ') || 'none'
  throw new Error(`gpu: a graphics card expected, got ${got}; with a mode by name any renderer will do`)
}

/** The mode again, after its device was lost. */
export const restart = (gpuJs: GpuJs, mode: Mode): MaybePromise<Driver> =>
  whenThere(ROWS[mode].start(gpuJs), ({ driver }) => driver)
