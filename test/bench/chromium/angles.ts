/** What draws WebGL 2: Mesa's llvmpipe, or SwiftShader, which draws WebGPU in any case; and Chromium's flags for it. */
export const ANGLES = {
  'gl-egl': ['--use-angle=gl-egl', '--ignore-gpu-blocklist'],
  swiftshader: ['--use-angle=swiftshader', '--enable-unsafe-swiftshader'],
}
export type Angle = keyof typeof ANGLES
