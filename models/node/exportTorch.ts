import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { refusal } from '../../engine/check.ts'
import { noGrad, tidy } from '../../engine/index.ts'
import type { EmbeddingLoss } from '../../losses/loss.ts'
import { stateOfFiles, torchFiles } from '../torch/files.ts'
import { trainerRecipe } from '../torch/script.ts'
import type { Trainer } from '../train/trainer.ts'
import { writeWhole } from './writeWhole.ts'

/**
 * Writes a training into the folder `dir` so that it goes on in PyTorch, on one machine or many:
 *
 * - `train.py`, a readable program of at most 200 lines, with `net.py`, the net, and `tools.py`, what both take for granted: the same margin loss (learned weights or class centres, sampled
 *   classes), optimiser, rates, schedule, clipping and batches; under `torchrun` with DistributedDataParallel, gloo or nccl.
 *   PyTorch 1.13 and later, and no other package.
 * - `model.safetensors`: weights, running statistics, class centres, under the names of `model.state_dict()`.
 * - `training.safetensors`: what the optimiser remembers, the counters, the state of the random draws.
 * - `data.safetensors`: x and y where x is a tensor; where it is a source, write them yourself, x[N,...] float32, images as [N,C,H,W],
 *   and y[N] int64.
 *
 * `importTorch` brings back what the program leaves. The batches are those that the trainer would have drawn, and the losses are its own
 * up to rounding; dropout draws other masks. With K processes a step is on K batches: what one process does with a batch of K times the
 * size, where no batch norm takes the statistics of its own part (on CUDA it becomes SyncBatchNorm).
 * Throws, and writes nothing, on what has no form in PyTorch, by name and reason.
 */
export function exportTorch(trainer: Trainer<EmbeddingLoss>, dir: string): void {
  checkFolder('exportTorch', trainer, dir)
  const files = torchFiles(trainer)
  for (const [name, bytes] of Object.entries(files)) writeWhole(join(dir, name), bytes)
}

/**
 * Gives the trainer, made as the one that was exported, what `train.py` left in the folder: weights, centres, moments, counters and random
 * draws. Throws, and leaves the trainer as it was, where the files are not those of such a training.
 */
export function importTorch(trainer: Trainer<EmbeddingLoss>, dir: string): void {
  checkFolder('importTorch', trainer, dir)
  const [model, training] = ['model', 'training'].map(name => readFileSync(join(dir, `${name}.safetensors`)))
  noGrad(() => tidy(() => trainer.load(stateOfFiles(trainer, model, training))))
}

function checkFolder(op: string, trainer: Trainer<EmbeddingLoss>, dir: string): void {
  trainerRecipe(trainer, op)
  if (typeof dir !== 'string') throw refusal(op, 'dir as the path of a folder', dir)
}
