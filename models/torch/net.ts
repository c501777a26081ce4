import type { Shape } from '../../engine/index.ts'
import { descriptionOf, under } from '../interchange/net.ts'
import type { Kind, Kinds, Layer } from '../layers/index.ts'
import { moduleOf } from './layers.ts'
import { indented, literal } from './python.ts'

interface Built {
  /** The module, as a Python expression over several lines. */
  readonly text: string
  readonly rank: number
  /** Are its features in another order than ours, as of a flattened image? */
  readonly turned: boolean
}

const NET_HEAD = `"""The net of train.py."""
from collections import OrderedDict

import torch
from torch import nn
from torch.nn import functional as F`

/**
 * net.py: the net as nested modules of PyTorch, whose parameters have the names that `saveSafetensors` writes. `input` is the shape of one
 * sample. Throws on a layer that has no form there, naming it, and on a net that ends with a flattened image: its features
 * stand in another order in PyTorch. `groups` are names of parameters that the optimiser is told apart by.
 */
export function netProgram(net: Layer, input: Shape, groups: readonly (readonly string[])[]): string {
  const { text, turned } = build(net, '', { rank: input.length, turned: false })
  if (turned) {
    throw new Error(
      'exportTorch: a net that ends with vectors expected, got one that ends with a flattened image',
    )
  }
  const parts = [
    NET_HEAD,
    ...Object.keys(MODULES)
      .filter(name => text.includes(`${name}(`))
      .map(name => MODULES[name]),
    `def build_net():\n${indented(`return ${text}`, 1)}`,
  ]
  if (groups.length > 0) {
    const lists = groups.map(names => `    [${names.map(literal).join(',\n     ')}],`)
    parts.push(`# Parameters by their rates.\nGROUPS = [\n${lists.join('\n')}\n]`)
  }
  return `${parts.join('\n\n\n')}\n`
}

function build(layer: Layer, path: string, x: Omit<Built, 'text'>): Built {
  const own = descriptionOf('exportTorch', path, layer)
  const indent = (text: string): string => text.replaceAll('\n', '\n    ')
  if (own.kind === 'sequential') {
    let z = x
    const lines = Object.entries(own.layers).map(([name, step]) => {
      const built = build(step, under(path, name), z)
      z = built
      return `    (${literal(name)}, ${indent(built.text)}),`
    })
    return { ...z, text: `nn.Sequential(OrderedDict([\n${lines.join('\n')}\n]))` }
  }
  if (own.kind === 'residual') {
    const branch = build(own.branch, under(path, 'branch'), x)
    const shortcut = own.shortcut && build(own.shortcut, under(path, 'shortcut'), x)
    const parts = [
      `    branch=${indent(branch.text)},`,
      ...(shortcut ? [`    shortcut=${indent(shortcut.text)},`] : []),
    ]
    return { ...branch, text: `Residual(\n${parts.join('\n')}\n)` }
  }
  const { tensors } = layer.state()
  const shapes = Object.fromEntries(Object.entries(tensors).map(([name, t]) => [name, t.shape]))
  const kind = own.kind as Exclude<Kind, 'sequential' | 'residual'>
  const text = moduleOf(path, kind, own as Kinds[typeof kind], { rank: x.rank, shapes })
  if (kind === 'flatten') return { text, rank: 1, turned: x.turned || x.rank > 1 }
  if (kind === 'globalAvgPool' || kind === 'globalMaxPool' || kind === 'gem')
    return { text, rank: 1, turned: false }
  return { text, rank: x.rank, turned: x.turned && kind !== 'linear' }
}

/** Modules that PyTorch lacks, by their names. */
const MODULES: Readonly<Record<string, string>> = {
  Residual: `class Residual(nn.Module):
    def __init__(self, branch, shortcut=None):
        super().__init__()
        self.branch = branch
        if shortcut is not None:
            self.shortcut = shortcut

    def forward(self, x):
        return (self.shortcut(x) if hasattr(self, 'shortcut') else x) + self.branch(x)`,
  MaxFeatureMap: `class MaxFeatureMap(nn.Module):
    def forward(self, x):
        return torch.maximum(*x.chunk(2, dim=1))`,
  RMSNorm: `class RMSNorm(nn.Module):
    def __init__(self, channels, eps):
        super().__init__()
        self.weight, self.eps = nn.Parameter(torch.ones(channels)), eps

    def forward(self, x):
        scale = torch.rsqrt(x.square().mean(1, keepdim=True) + self.eps)
        return x * scale * self.weight.view(-1, *[1] * (x.dim() - 2))`,
  GeM: `class GeM(nn.Module):
    def __init__(self, eps):
        super().__init__()
        self.p, self.eps = nn.Parameter(torch.ones(1)), eps

    def forward(self, x):
        return x.clamp(min=self.eps).pow(self.p).mean((2, 3)).pow(1 / self.p)`,
  SelfAttention: `class SelfAttention(nn.MultiheadAttention):
    def __init__(self, dim, heads, bias, causal):
        super().__init__(dim, heads, bias=bias, batch_first=True)
        self.causal = causal

    def forward(self, x):
        length = x.shape[1]
        later = torch.ones(length, length, dtype=torch.bool, device=x.device).triu(1) if self.causal else None
        return super().forward(x, x, x, need_weights=False, attn_mask=later)[0]`,
  SqueezeExcite: `class SqueezeExcite(nn.Module):
    def __init__(self, channels, within, bias):
        super().__init__()
        self.fc1 = nn.Conv2d(channels, within, 1, bias=bias)
        self.fc2 = nn.Conv2d(within, channels, 1, bias=bias)

    def forward(self, x):
        return x * torch.sigmoid(self.fc2(F.relu(self.fc1(x.mean((2, 3), keepdim=True)))))`,
}
