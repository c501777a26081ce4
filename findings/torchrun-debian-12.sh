#!/usr/bin/env bash
# torchrun of Debian 12's python3-torch 1.13.1+dfsg-4 starts nothing under its Python 3.11.2: each start ends with
# "'NoneType' object has no attribute 'get'". It looks the kinds of output up among the members of a Flag, and iterating one no
# longer gives its zero nor its combined members since Python 3.11: so 0, the default, and 3 are not found, and 1 and 2 are.
# `--redirects 2 --tee 2`, standard error alone, is a way round.
#
# Output seen:
#   torchrun: AttributeError: 'NoneType' object has no attribute 'get'
#   torchrun --redirects 3: AttributeError: 'NoneType' object has no attribute 'get'
#   torchrun --redirects 2 --tee 2: rank 0 of 1
#
# Exits with 0 while that is so. Needs Debian 12; installs python3-torch by apt where it is not there, as root.
set -euo pipefail
version=1.13.1+dfsg-4
installed() { dpkg-query -W -f '${Version}' python3-torch 2>/dev/null || true; }
[ "$(installed)" = "$version" ] || apt-get install -y -qq --no-install-recommends "python3-torch=$version" >/dev/null
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo 'import os; print("rank", os.environ["RANK"], "of", os.environ["WORLD_SIZE"])' >hello.py
# Memory that grows in large steps: some sandboxes take long for many small ones.
export MALLOC_MMAP_THRESHOLD_=1000000000 MALLOC_TRIM_THRESHOLD_=2000000000 MALLOC_TOP_PAD_=200000000
torchrun() {
  /usr/bin/python3 -m torch.distributed.run --standalone --nproc_per_node 1 "$@" hello.py 2>&1 | tail -1 || true
}
fails="AttributeError: 'NoneType' object has no attribute 'get'"
same=0
report() { # name, expected, output
  echo "$1: $3"
  [ "$3" = "$2" ] || same=1
}
report 'torchrun' "$fails" "$(torchrun)"
report 'torchrun --redirects 3' "$fails" "$(torchrun --redirects 3)"
report 'torchrun --redirects 2 --tee 2' 'rank 0 of 1' "$(torchrun --redirects 2 --tee 2)"
exit $same
