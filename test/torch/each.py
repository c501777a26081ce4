"""Runs the train.py of each folder in one process, which loads PyTorch once: each.py STEPS FOLDER .."""
import os
import runpy
import sys
import traceback

steps, *folders = sys.argv[1:]
for folder in folders:
    print(f'folder {folder}', flush=True)
    for name in 'net', 'tools':
        sys.modules.pop(name, None)
    sys.path[0] = folder
    sys.argv = ['train.py', '--steps', steps]
    try:
        runpy.run_path(os.path.join(folder, 'train.py'), run_name='__main__')
    except (Exception, SystemExit):
        print(f'failed {traceback.format_exc()!r}', flush=True)
