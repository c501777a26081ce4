"""torch.optim.lr_scheduler: the rates of the steps, those of step 0 first."""

import torch
from torch.optim import lr_scheduler

RATE = 0.3

RUNS = [  # ours, our options, steps, PyTorch's
    ("stepDecay", {"every": 3}, 11, lambda o: lr_scheduler.StepLR(o, 3)),
    ("stepDecay", {"every": 1, "gamma": 0.7}, 11, lambda o: lr_scheduler.StepLR(o, 1, 0.7)),
    ("multiStepDecay", {"milestones": [2, 5, 9]}, 14, lambda o: lr_scheduler.MultiStepLR(o, [2, 5, 9])),
    ("multiStepDecay", {"milestones": [4, 4, 6], "gamma": 0.5}, 14, lambda o: lr_scheduler.MultiStepLR(o, [4, 4, 6], 0.5)),
    ("exponentialDecay", {"gamma": 0.85}, 25, lambda o: lr_scheduler.ExponentialLR(o, 0.85)),
    ("polynomialDecay", {"steps": 12}, 16, lambda o: lr_scheduler.PolynomialLR(o, 12)),
    ("polynomialDecay", {"steps": 20, "power": 2.5}, 25, lambda o: lr_scheduler.PolynomialLR(o, 20, 2.5)),
    ("cosineAnnealing", {"steps": 15}, 16, lambda o: lr_scheduler.CosineAnnealingLR(o, 15)),
    ("cosineAnnealing", {"steps": 24, "min": 0.1}, 25, lambda o: lr_scheduler.CosineAnnealingLR(o, 24, 0.1 * RATE)),
]


def one_cycle(steps, **options):
    return lambda o: lr_scheduler.OneCycleLR(o, RATE, steps, cycle_momentum=False, **options)


for anneal in ("cos", "linear"):
    for three in (False, True):
        options = {"annealStrategy": anneal, "threePhase": three}
        theirs = {"anneal_strategy": anneal, "three_phase": three}
        RUNS += [
            ("oneCycle", {"steps": 20, **options}, 20, one_cycle(20, **theirs)),
            (
                "oneCycle",
                {"steps": 33, "pctStart": 0.4, "divFactor": 10.0, "finalDivFactor": 100.0, **options},
                33,
                one_cycle(33, pct_start=0.4, div_factor=10.0, final_div_factor=100.0, **theirs),
            ),
        ]

for pct, three in ((0.0, False), (0.95, False), (0.0, True), (0.6, True)):  # phases of no length, or beyond the end
    options = {"pctStart": pct, "divFactor": 4.0, "threePhase": three}
    RUNS.append(("oneCycle", {"steps": 10, **options}, 10, one_cycle(10, pct_start=pct, div_factor=4.0, three_phase=three)))


def cases(family):
    for ours, options, steps, theirs in RUNS:
        family.rows.append({"op": ours, "options": options, "rate": RATE, "rates": rates(theirs, steps)})
    for steps, start in ((4, 1 / 3), (7, 0.01)):
        linear = lambda o: lr_scheduler.LinearLR(o, start, 1.0, steps)
        after = lambda o: lr_scheduler.CosineAnnealingLR(o, 12)
        both = rates(linear, steps) + rates(after, 13)
        family.rows.append({"op": "warmup", "options": {"steps": steps, "start": start}, "rate": RATE, "rates": both})


def rates(schedule, steps):
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=RATE)
    scheduler = schedule(optimizer)
    found = []
    for _ in range(steps):
        found.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return found
