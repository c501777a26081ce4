"""pillow.py <folder> <processes>: decodes all images of the folder for each line that it reads, and writes the milliseconds."""
import json
import os
import sys
import time
from multiprocessing import Pipe, Process

import numpy
from PIL import Image


def work(end, files):
    while True:
        end.recv()
        begin = time.process_time()
        for file in files:
            numpy.asarray(Image.open(file).convert('RGB'))
        end.send(1000 * (time.process_time() - begin))


if __name__ == '__main__':
    files = sorted(os.path.join(root, name) for root, _, names in os.walk(sys.argv[1]) for name in names)
    count = int(sys.argv[2])
    ends = []
    for k in range(count):
        here, there = Pipe()
        Process(target=work, args=(there, files[k::count]), daemon=True).start()
        ends.append(here)
    for _ in sys.stdin:
        begin = time.perf_counter()
        for end in ends:
            end.send(None)
        processor = sum(end.recv() for end in ends)
        wall = 1000 * (time.perf_counter() - begin)
        print(json.dumps({'wall': wall, 'processor': processor}), flush=True)
