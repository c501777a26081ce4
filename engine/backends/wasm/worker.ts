/**
 * What a worker runs, as text: it is started without a file of its own, which a bundler would have to find. It sleeps
 * until `sequence` changes, joins in while `open`, and takes chunks from the counter `next` until none is left.
 */
export const WORKER = `
function serve({ modules, memory, names, layout, slot }) {
  const exports = modules.map(module => new WebAssembly.Instance(module, { env: { memory } }).exports)
  const kernels = Object.assign({}, ...exports)
  const ints = new Int32Array(memory.buffer, layout.ints, 16)
  const args = new Float64Array(memory.buffer, layout.args, 32)
  const { sequence, open, next, active, failed, chunk, units, kernel, count, threads, scratch, bytes, spin } = layout.at
  for (let seen = 0; ; ) {
    for (let i = ints[spin]; i > 0 && Atomics.load(ints, sequence) === seen; i--);
    Atomics.wait(ints, sequence, seen)
    seen = Atomics.load(ints, sequence)
    Atomics.add(ints, active, 1)
    try {
      if (Atomics.load(ints, open) === 1 && slot < ints[threads]) {
        const run = kernels[names[ints[kernel]]]
        const own = ints[bytes] === 0 ? [] : [ints[scratch] + slot * ints[bytes]]
        const rest = args.subarray(0, ints[count])
        const [size, end] = [ints[chunk], ints[units]]
        for (let i = Atomics.add(ints, next, size); i < end; i = Atomics.add(ints, next, size)) {
          run(i, Math.min(i + size, end), ...own, ...rest)
        }
      }
    } catch {
      Atomics.store(ints, failed, 1)
    }
    Atomics.sub(ints, active, 1)
    Atomics.notify(ints, active)
  }
}
if (typeof require === 'function') serve(require('node:worker_threads').workerData)
else onmessage = event => serve(event.data)
`
