import type { Shape } from '../../shape.ts'
import type { Backend, Window } from '../backend.ts'
import { bufferOf, type Context } from './context.ts'
import { type Program, turnsOf } from './program.ts'
import { ABOVE, addTerm, BEGIN_SUM, DIV, SUM } from './snippets.ts'

/** Kernel, stride, padding, dilation, input and output, each of height and width, and the channels. */
const SIZES = 'kh, kw, sh, sw, ph, pw, dh, dw, height, width, rows, columns, channels'

/** The arguments of those names. */
const sizes = (g: Window, channels: number): number[] =>
  [g.kernel, g.stride, g.padding, g.dilation, g.input, g.output, channels].flat()

/** How many windows may hold a position, along height and width: the arguments `down` and `across`. */
const reach = (g: Window): number[] =>
  [0, 1].map(axis => Math.floor(((g.kernel[axis] - 1) * g.dilation[axis]) / g.stride[axis]) + 1)

/** The coordinates n, y, x, c of a thread of [N, rows, columns, C]. */
const split = (y: string, x: string, rows: string, columns: string): string =>
  `const s = div(this.thread.x, channels);
    const c = this.thread.x - s * channels;
    const r = div(s, ${columns});
    const ${x} = s - r * ${columns};
    const n = div(r, ${rows});
    const ${y} = r - n * ${rows};`

/** Visits what lies on the image of the window of z[n, p, q, c], in row-major order; `at` is its position in x. */
const overWindow = (visit: string): string =>
  `${split('p', 'q', 'rows', 'columns')}
    for (let i = 0; i < kh; i++) {
      const h = p * sh + i * dh - ph;
      if (h >= 0 && h < height) {
        for (let j = 0; j < kw; j++) {
          const w = q * sw + j * dw - pw;
          if (w >= 0 && w < width) {
            const at = ((n * height + h) * width + w) * channels + c;
            ${visit}
          }
        }
      }
    }`

/** Visits the windows that hold x[n, h, w, c], in row-major order; `at` is their position in z. */
const overHolders = (visit: string): string =>
  `${split('h', 'w', 'height', 'width')}
    const pFirst = div(h + ph, sh) - down + 1;
    const qFirst = div(w + pw, sw) - across + 1;
    for (let a = 0; a < down; a++) {
      const p = pFirst + a;
      const y = h + ph - p * sh;
      if (p >= 0 && p < rows && y < kh * dh && div(y, dh) * dh === y) {
        for (let b = 0; b < across; b++) {
          const q = qFirst + b;
          const x = w + pw - q * sw;
          if (q >= 0 && q < columns && x < kw * dw && div(x, dw) * dw === x) {
            const at = ((n * rows + p) * columns + q) * channels + c;
            ${visit}
          }
        }
      }
    }`

const LOOK = `const v = x[at];
            if (best < 0 || above(v, most) > 0.5) { most = v; best = at; }`

const MAX: Program = {
  source: `function (values, x, ${SIZES}, none) {
    // z[n, p, q, c] = values at the first largest of x[n, p sh + i dh - ph, q sw + j dw - pw, c], i < kh, j < kw;
    // x[N, height, width, C] -> z[N, rows, columns, C]; \`none\` where a window lies off the image
    let best = -1;
    let most = 0;
    ${overWindow(LOOK)}
    let z = none;
    if (best >= 0) { z = values[best]; }
    return z;
  }`,
  functions: [DIV, ABOVE],
}

const ARGMAX: Program = {
  source: `function (x, ${SIZES}) {
    // z[n, p, q, c] = the position of the first largest of x[n, p sh + i dh - ph, q sw + j dw - pw, c], i < kh, j < kw;
    // x[N, height, width, C] -> z[N, rows, columns, C]; -1 where a window lies off the image
    let best = -1;
    let most = 0;
    ${overWindow(LOOK)}
    return best;
  }`,
  functions: [DIV, ABOVE],
}

const MAX_GRAD: Program = {
  source: `function (dz, largest, down, across, ${SIZES}) {
    // dx[n, h, w, c] = sum of dz[n, p, q, c] over the windows with largest[n, p, q, c] here;
    // dz[N, rows, columns, C] -> dx[N, height, width, C]
    ${BEGIN_SUM}
    ${overHolders(`if (largest[at] === this.thread.x) { ${addTerm('dz[at]')} }`)}
    return ${SUM};
  }`,
  functions: [DIV],
}

const AVERAGE: Program = {
  source: `function (x, ${SIZES}) {
    // z[n, p, q, c] = sum over i < kh, j < kw of x[n, p sh + i dh - ph, q sw + j dw - pw, c] / (kh kw);
    // x[N, height, width, C] -> z[N, rows, columns, C]; 0 for what lies off the image
    ${BEGIN_SUM}
    ${overWindow(addTerm('x[at]'))}
    return ${SUM} / (kh * kw);
  }`,
  functions: [DIV],
}

const AVERAGE_GRAD: Program = {
  source: `function (dz, down, across, ${SIZES}) {
    // dx[n, h, w, c] = sum of dz[n, p, q, c] / (kh kw) over the windows that hold h, w;
    // dz[N, rows, columns, C] -> dx[N, height, width, C]
    ${BEGIN_SUM}
    ${overHolders(addTerm('dz[at]'))}
    return ${SUM} / (kh * kw);
  }`,
  functions: [DIV],
}

/** Pooling of NHWC. An adjoint gathers, for each position, from the windows that hold it. */
export const pooling = (
  context: Context,
): Pick<Backend, 'maxPool2d' | 'maxPool2dGrad' | 'avgPool2d' | 'avgPool2dGrad'> => ({
  maxPool2d(v, x, g) {
    checkWindow(context, 'maxPool2d', g)
    return context.run(MAX, output(x.shape, g), v.dtype, [v, x, ...sizes(g, x.shape[3]), Number.NaN])
  },

  maxPool2dGrad(dz, x, g) {
    checkWindow(context, 'maxPool2dGrad', g)
    const geometry = sizes(g, x.shape[3])
    const largest = bufferOf(context.run(ARGMAX, dz.shape, 'float32', [x, ...geometry]))
    return context.using([largest], () =>
      context.run(MAX_GRAD, x.shape, dz.dtype, [dz, largest, ...reach(g), ...geometry]),
    )
  },

  avgPool2d(x, g) {
    checkWindow(context, 'avgPool2d', g)
    return context.run(AVERAGE, output(x.shape, g), x.dtype, [x, ...sizes(g, x.shape[3])])
  },

  avgPool2dGrad(dz, g) {
    checkWindow(context, 'avgPool2dGrad', g)
    const [batch, , , channels] = dz.shape
    const shape = [batch, ...g.input, channels]
    return context.run(AVERAGE_GRAD, shape, dz.dtype, [dz, ...reach(g), ...sizes(g, channels)])
  },
})

const output = (x: Shape, g: Window): Shape => [x[0], ...g.output, x[3]]

/** A thread goes through a window, or through at most as many that hold a position. */
const checkWindow = (context: Context, op: string, { kernel }: Window): void =>
  context.device.checkTurns(op, turnsOf(kernel[0], turnsOf(kernel[1])))
