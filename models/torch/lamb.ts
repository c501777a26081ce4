/** The optimiser LAMB, which torch.optim has not; as `models/optim/lamb.ts`. */
export const LAMB = `class Lamb(torch.optim.Optimizer):
    """LAMB, arXiv:1904.00962: p <- p - lr |p| / |u| u for each parameter, u Adam's direction with weight decay."""

    def __init__(self, params, betas, eps):
        super().__init__(params, {'betas': betas, 'eps': eps})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            (b1, b2), eps = group['betas'], group['eps']
            for p in (p for p in group['params'] if p.grad is not None):
                state = self.state[p]
                if not state:
                    state.update(step=torch.tensor(0.0), exp_avg=torch.zeros_like(p), exp_avg_sq=torch.zeros_like(p))
                state['step'] += 1
                t, m, v = state['step'].item(), state['exp_avg'], state['exp_avg_sq']
                m.mul_(b1).add_(p.grad, alpha=1 - b1)
                v.mul_(b2).addcmul_(p.grad, p.grad, value=1 - b2)
                u = m / (1 - b1 ** t) / (v.sqrt() / math.sqrt(1 - b2 ** t) + eps) + group['weight_decay'] * p
                lengths = p.norm().item(), u.norm().item()
                ratio = lengths[0] / lengths[1] if min(lengths) > 0 else 1
                p.sub_(u, alpha=group['lr'] * ratio)`
