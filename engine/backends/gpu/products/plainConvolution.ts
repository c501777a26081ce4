import type { Convolution } from '../../backend.ts'
import type { GpuBuffer } from '../buffer.ts'
import type { Context } from '../context.ts'
import type { Program } from '../program.ts'
import { addTerm, BEGIN_SUM, DIV, SUM } from '../snippets.ts'

/** The three products of a convolution. */
export interface Products {
  forward(x: GpuBuffer, w: GpuBuffer, g: Convolution, bias?: GpuBuffer): GpuBuffer
  /** The adjoint in x. */
  inputGrad(dz: GpuBuffer, w: GpuBuffer, g: Convolution): GpuBuffer
  /** The adjoint in w. */
  weightGrad(x: GpuBuffer, dz: GpuBuffer, g: Convolution): GpuBuffer
}

/** Sizes that the three kernels share, as arguments. Their sums are sums of shorter ones, which round less. */
const SIZES = `height, width, channels, outs, groups, kernel0, kernel1, output0, output1, stride0, stride1, padding0, padding1, dilation0, dilation1`

const sizesOf = (g: Convolution): number[] => {
  const channels = [g.inChannels / g.groups, g.outChannels / g.groups, g.groups]
  return [g.input, channels, g.kernel, g.output, g.stride, g.padding, g.dilation].flat()
}

const FORWARD: Program = {
  source: `function (x, w, bias, biased, ${SIZES}) {
    // z[n,p,q,o] = bias[o] + sum over taps i, j and c of x[n, p stride + i dilation - padding, .., c] w[i,j,c,o]
    const all = groups * outs;
    const t = div(this.thread.x, all);
    const o = this.thread.x - t * all;
    const first = div(o, outs) * channels;
    const u = div(t, output1);
    const q = (t - u * output1) * stride1 - padding1;
    const n = div(u, output0);
    const p = (u - n * output0) * stride0 - padding0;
    ${BEGIN_SUM}
    for (let i = 0; i < kernel0; i++) {
      const h = p + i * dilation0;
      for (let j = 0; j < kernel1; j++) {
        const v = q + j * dilation1;
        if (h >= 0 && h < height && v >= 0 && v < width) {
          let a = ((n * height + h) * width + v) * groups * channels + first;
          let b = (i * kernel1 + j) * channels * all + o;
          for (let c0 = 0; c0 < channels; c0 += 64) {
            let some = 0;
            const end = Math.min(c0 + 64, channels);
            for (let c = c0; c < end; c += 1) {
              some += x[a] * w[b];
              a += 1;
              b += all;
            }
            ${addTerm('some')}
          }
        }
      }
    }
    let z = ${SUM};
    if (biased > 0) { z += bias[o]; }
    return z;
  }`,
  functions: [DIV],
}

const INPUT: Program = {
  source: `function (dz, w, ${SIZES}) {
    // dx[n,h,v,c] = sum over taps i, j that lead from position p, q here and o of dz[n,p,q,o] w[i,j,c,o]
    const t = div(this.thread.x, groups * channels);
    const d = this.thread.x - t * groups * channels;
    const g = div(d, channels);
    const c = d - g * channels;
    const u = div(t, width);
    const v = t - u * width + padding1;
    const n = div(u, height);
    const h = u - n * height + padding0;
    ${BEGIN_SUM}
    for (let i = 0; i < kernel0; i++) {
      const y = h - i * dilation0;
      const p = y < 0 ? -1 : div(y, stride0);
      for (let j = 0; j < kernel1; j++) {
        const x = v - j * dilation1;
        const q = x < 0 ? -1 : div(x, stride1);
        if (p >= 0 && p < output0 && p * stride0 === y && q >= 0 && q < output1 && q * stride1 === x) {
          let a = ((n * output0 + p) * output1 + q) * groups * outs + g * outs;
          let b = ((i * kernel1 + j) * channels + c) * groups * outs + g * outs;
          for (let o0 = 0; o0 < outs; o0 += 64) {
            let some = 0;
            const end = Math.min(o0 + 64, outs);
            for (let o = o0; o < end; o += 1) {
              some += dz[a] * w[b];
              a += 1;
              b += 1;
            }
            ${addTerm('some')}
          }
        }
      }
    }
    return ${SUM};
  }`,
  functions: [DIV],
}

const WEIGHT: Program = {
  source: `function (x, dz, images, ${SIZES}) {
    // dw[i,j,c,o] = sum over images n and positions p, q of x[n, p stride + i dilation - padding, .., c] dz[n,p,q,o]
    const all = groups * outs;
    const t = div(this.thread.x, all);
    const o = this.thread.x - t * all;
    const u = div(t, channels);
    const c = t - u * channels + div(o, outs) * channels;
    const i = div(u, kernel1);
    const h = i * dilation0 - padding0;
    const v = (u - i * kernel1) * dilation1 - padding1;
    ${BEGIN_SUM}
    for (let n = 0; n < images; n++) {
      for (let p = 0; p < output0; p++) {
        const y = p * stride0 + h;
        for (let q0 = 0; q0 < output1; q0 += 64) {
          let some = 0;
          const end = Math.min(q0 + 64, output1);
          for (let q = q0; q < end; q += 1) {
            const k = q * stride1 + v;
            if (y >= 0 && y < height && k >= 0 && k < width) {
              some += x[((n * height + y) * width + k) * groups * channels + c] * dz[((n * output0 + p) * output1 + q) * all + o];
            }
          }
          ${addTerm('some')}
        }
      }
    }
    return ${SUM};
  }`,
  functions: [DIV],
}

/** A result a thread, from the arrays as they lie: what suits a processor. */
export const plainConvolution = ({ device }: Context): Products => ({
  forward: (x, w, g, bias) =>
    device.run(FORWARD, g.batch * g.output[0] * g.output[1] * g.outChannels, [
      x,
      w,
      bias ?? w,
      bias === undefined ? 0 : 1,
      ...sizesOf(g),
    ]),
  inputGrad: (dz, w, g) =>
    device.run(INPUT, g.batch * g.input[0] * g.input[1] * g.inChannels, [dz, w, ...sizesOf(g)]),
  weightGrad: (x, dz, g) =>
    device.run(WEIGHT, g.kernel[0] * g.kernel[1] * (g.inChannels / g.groups) * g.outChannels, [
      x,
      dz,
      g.batch,
      ...sizesOf(g),
    ]),
})
