"""A contestant written in Python: speaks the protocol of harness/protocol.ts on standard input and output."""

import json
import math
import os
import resource
import sys
import time

import numpy as np

now = time.process_time if os.environ.get("BENCH_CLOCK") == "processor" else time.perf_counter


def mixed(n, seed):
    """As in cases/case.ts: 24 well-mixed bits of each place and a seed."""
    h = np.arange(n, dtype=np.uint32) + np.uint32((seed + 1) * 0x9E3779B9 % 2**32)
    for _ in range(2):
        h = (h ^ (h >> np.uint32(16))) * np.uint32(0x45D9F3B)
    return (h ^ (h >> np.uint32(16))) >> np.uint32(8)


def values(given, seed):
    fill, scale = given.get("fill", "signed"), given.get("scale", 1)
    bits = mixed(math.prod(given["shape"]), seed)
    if isinstance(fill, dict):
        return (bits % np.uint32(fill["below"])).astype(np.int32).reshape(given["shape"])
    shift, unit = (1, 2**-24) if fill == "positive" else (-(2**23), 2**-23)
    return ((bits.astype(np.float64) + shift) * unit * scale).astype(np.float32).reshape(given["shape"])


def most_memory():
    """As harness/memory.ts."""
    status = "/proc/self/status"
    if not os.path.exists(status):
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return most if sys.platform == "darwin" else most * 1024
    line = next(line for line in open(status) if line.startswith("VmHWM:"))
    return int(line.split()[1]) * 1024


def timed(prepared):
    start = now()
    prepared.call()
    return (now() - start) * 1000


def run(prepared, untimed, ms, inner):
    for _ in range(untimed):
        prepared.call()
    samples = []
    begin = start = now()
    while not samples or (start - begin) * 1000 < ms:
        for _ in range(inner):
            prepared.call()
        end = now()
        samples.append((end - start) * 1000 / inner)
        start = end
    return samples


def begin(prepared, case):
    ms = timed(prepared)
    outputs, spent = prepared.outputs(), 0
    for _ in range(case.get("warmUp", 0)):
        if spent >= case["budget"]:
            break
        ms = timed(prepared)
        spent += ms
    return {"ms": ms, "outputs": outputs}


def serve(version, note, prepare):
    """Answers requests; `prepare` makes of a case what has `call` and `outputs`."""
    print(json.dumps({"version": version, "note": note}), flush=True)
    prepared = None
    for line in sys.stdin:
        request = json.loads(line)
        answer = {}
        try:
            if request["ask"] == "begin":
                prepared = prepare(request["case"])
                answer = begin(prepared, request["case"])
            elif request["ask"] == "run":
                answer = {"samples": run(prepared, request["untimed"], request["ms"], request["inner"])}
            elif request["ask"] == "memory":
                answer = {"bytes": most_memory()}
            else:
                prepared = None
        except Exception as error:
            answer = {"reason": str(error).split("\n")[0]}
        print(json.dumps(answer), flush=True)


def blas():
    """What products run on: with Debian's reference BLAS they are some 15 times slower than they could be."""
    np.ones((2, 2), np.float32) @ np.ones((2, 2), np.float32)
    libraries = {line.split("/")[-1].strip() for line in open("/proc/self/maps") if "blas" in line}
    fast = any(name.startswith(("libopenblas", "libmkl", "libblis")) for name in libraries)
    return None if fast or not libraries else "on the reference BLAS: matmul is slow until libopenblas0 is installed"
