/** What every program begins with. */
export const HEAD = `"""A training of ir-softmax, continued in PyTorch: the same net, loss, optimizer, schedule and batches.

    python3 train.py --steps 1000 --out done
    torchrun --nproc_per_node 2 train.py --steps 1000 --out done      # each process takes BATCH samples of a step
    python3 train.py --steps 1000 --dir done --out more               # goes on from what is in done

Reads, beside itself or in --dir, model.safetensors, training.safetensors (moments, counters) and data.safetensors: x [N,...]
float32, images as [N,C,H,W], and y [N] int64; the data beside itself where --dir has none. Writes the first two to --out, where
importTorch(trainer, dir) reads them.
Class centres are the same in all processes: each sees the embeddings of all. For millions of classes whose weights one device cannot
hold, see PartialFC in github.com/deepinsight/insightface (recognition/arcface_torch), which shares them out.
"""
import argparse
import math
import os

import torch
import torch.distributed as dist
from torch import nn
from torch.nn import functional as F`

/** What tools.py begins with. */
export const TOOLS = `"""What train.py works with: processes, files, random numbers, angles."""
import json
import math
import os

import torch
import torch.distributed as dist`

export const PROCESSES = `def rank():
    return dist.get_rank() if dist.is_initialized() else 0


def world():
    return dist.get_world_size() if dist.is_initialized() else 1


def gathered(x):
    """The rows of all processes, those of the first at the top."""
    if world() == 1:
        return x
    parts = [torch.empty_like(x) for _ in range(world())]
    dist.all_gather(parts, x.contiguous())
    return torch.cat(parts)


def mean_over_processes(x):
    if world() == 1:
        return x
    total = x.detach().clone()
    dist.all_reduce(total)
    return total / world()`

export const SAFETENSORS = `TYPES = {'F32': torch.float32, 'I64': torch.int64}


def load(path):
    with open(path, 'rb') as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), 'little')))
        data = bytearray(file.read())
    header.pop('__metadata__', None)

    def tensor(dtype, shape, data_offsets):
        kind, count = TYPES[dtype], math.prod(shape)
        if count == 0:  # of which torch.frombuffer makes nothing
            return torch.zeros(shape, dtype=kind)
        return torch.frombuffer(data, dtype=kind, offset=data_offsets[0], count=count).reshape(shape).clone()

    return {name: tensor(**entry) for name, entry in header.items()}


def load_data(folder):
    """x and y of the folder's data.safetensors, or of the one beside this program."""
    folders = dict.fromkeys([os.path.abspath(folder), os.path.dirname(os.path.abspath(__file__))])
    paths = [os.path.join(each, 'data.safetensors') for each in folders]
    found = [path for path in paths if os.path.isfile(path)]
    if not found:
        raise SystemExit(f"train.py: {' or '.join(paths)} expected, got no such file. A training on a source is exported without "
                         "samples: write x [N,...] float32, images as [N,C,H,W], and y [N] int64 there.")
    return load(found[0])


def save(path, tensors):
    header, data = {}, b''
    for name, t in sorted(tensors.items(), key=lambda item: item[1].dtype != torch.int64):
        raw = t.detach().cpu().contiguous().numpy().tobytes()
        code = {dtype: code for code, dtype in TYPES.items()}[t.dtype]
        header[name] = {'dtype': code, 'shape': list(t.shape), 'data_offsets': [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header).encode()
    text += b' ' * (-len(text) % 8)
    with open(f'{path}.part', 'wb') as file:
        file.write(len(text).to_bytes(8, 'little') + text + data)
    os.replace(f'{path}.part', path)`

export interface MainParts {
  /** What the program calls what an optimiser remembers of a parameter. */
  readonly moments: readonly string[]
  /** Does the optimiser count the steps of each parameter? */
  readonly counts: boolean
  /** Parameters that are not trained. */
  readonly fixed: readonly string[]
  /** Lines on the gradients. */
  readonly clip: readonly string[]
  /** Where a step sees a part of the classes: how many there are, and how many it sees. */
  readonly sampled?: string
  /** Are prototypes a queue of features? */
  readonly queued: boolean
  /** Every so many steps the class centres are those of all samples; 0 for never. */
  readonly refreshEvery: number
}

const REFRESH = `
    @torch.no_grad()
    def refresh(self, x, y, device):
        self.net.eval()
        z = torch.cat([self.net(part.to(device)) for part in x.split(BATCH)])
        self.net.train()
        self.loss.move(z, y.to(device))
`

/** The model, one step after another, and what is left. */
export const MAIN = ({
  moments,
  counts,
  fixed,
  clip,
  sampled,
  queued,
  refreshEvery,
}: MainParts): string => `class Model(nn.Module):
    def __init__(self, constants):
        super().__init__()
        self.net, self.loss = build_net(), Loss(constants)

    def forward(self, x, y):
        return self.loss(self.net(x), y)
${refreshEvery > 0 ? REFRESH : ''}

MOMENTS = [${moments.map(name => `'${name}'`).join(', ')}]  # what the optimizer remembers of each parameter


def train(folder, out, steps, every):
    cuda = torch.cuda.is_available()
    device = torch.device('cuda', rank() % torch.cuda.device_count()) if cuda else torch.device('cpu')
    data = load_data(folder)
    state, known = (load(os.path.join(folder, f'{name}.safetensors')) for name in ('model', 'training'))
    numbers = {name: t.tolist() for name, t in known.items() if t.dtype == torch.int64}
    constants = {name: t for name, t in known.items() if name.startswith('constant.')}
    model = Model(constants)
    model.load_state_dict(state)
${fixed.map(name => `    model.get_parameter('${name}').requires_grad_(False)\n`).join('')}    if world() > 1 and cuda:  # on other devices each process has the statistics of its own part
        model = nn.SyncBatchNorm.convert_sync_batchnorm(model)
    model = model.to(device).train()
    model.loss.t = numbers['loss.t'][0]
${sampled ? `    model.loss.draws = Draws(${sampled}, numbers['loss.sampledClasses'])\n` : ''}${queued ? "    model.loss.labels = numbers['loss.labels']\n" : ''}    optimizer = build_optimizer(model)
    first, taken = numbers['steps'][0], numbers['optimizer.t'][0]
    trained = {name: p for name, p in model.named_parameters() if p.requires_grad}
    if taken > 0:
        for name, p in trained.items():
            optimizer.state[p] = {m: known[f'optimizer.{name}.{m}'].to(device) for m in MOMENTS}
${counts ? "            optimizer.state[p]['step'] = torch.tensor(float(taken))\n" : ''}    sampler = {name[len('sampler.'):]: t for name, t in numbers.items() if name.startswith('sampler.')}
    batches = Batches(data['y'], BATCH * world(), sampler)
    ddp = nn.parallel.DistributedDataParallel(model) if world() > 1 else model

    def write(step):
        os.makedirs(out, exist_ok=True)
        save(os.path.join(out, 'model.safetensors'), model.state_dict())
        left = {'steps': [step], 'optimizer.t': [taken + step - first], 'loss.t': [model.loss.t]}
${sampled ? "        left['loss.sampledClasses'] = model.loss.draws.state()\n" : ''}${queued ? "        left['loss.labels'] = model.loss.labels\n" : ''}        left.update({f'sampler.{name}': value for name, value in batches.state().items()})
        moments = {f'optimizer.{name}.{m}': optimizer.state[p][m] if p in optimizer.state else torch.zeros_like(p)
                   for name, p in trained.items() for m in MOMENTS}
        save(os.path.join(out, 'training.safetensors'),
             {**{name: torch.tensor(value, dtype=torch.int64) for name, value in left.items()}, **constants, **moments})

    for t in range(first, first + steps):
        for group in optimizer.param_groups:
            group['lr'] = group['initial_lr'] * factor(t)
${refreshEvery > 0 ? `        if t % ${refreshEvery} == 0:\n            model.refresh(data['x'], data['y'], device)\n` : ''}        mine = batches.next()[rank() * BATCH:][:BATCH]  # the part of this process
        value = ddp(data['x'][mine].to(device), data['y'][mine].to(device))
        optimizer.zero_grad()
        value.backward()
${clip.map(line => `        ${line}\n`).join('')}        optimizer.step()
        value = mean_over_processes(value.detach()).item()
        if rank() == 0:
            print(f'step {t + 1} loss {value:.9g}', flush=True)
            if every and (t + 1) % every == 0:
                write(t + 1)
    if rank() == 0:
        write(first + steps)


if __name__ == '__main__':
    here = os.path.dirname(os.path.abspath(__file__))
    parser = argparse.ArgumentParser()
    parser.add_argument('--dir', default=here, help='where the files are')
    parser.add_argument('--out', default=os.path.join(here, 'done'), help='where to write them')
    parser.add_argument('--steps', type=int, default=100)
    parser.add_argument('--every', type=int, default=0, help='write them every so many steps too')
    options = parser.parse_args()
    if 'RANK' in os.environ:
        dist.init_process_group('nccl' if torch.cuda.is_available() else 'gloo')
    train(options.dir, options.out, options.steps, options.every)
    if dist.is_initialized():
        dist.destroy_process_group()`
