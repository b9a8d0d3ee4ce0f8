#!/bin/sh
# The main job, from a spec to a running network; `make run` calls it with BIN and OUT.
set -eu
mkdir -p "$OUT"
cd "$OUT"

show() {
    printf '\n$ %s\n' "$*"
    program=$1
    shift
    "$BIN/$program" "$@"
}

show archspec validate resnet50
show archspec count resnet50
show archspec draw resnet50
show archspec build resnet50 --to torch --verify -o resnet50.py
printf '\n$ cat resnet50.py\n'
cat resnet50.py
show python -c '
import torch
from resnet50 import ResNet50

torch.manual_seed(0)
network = ResNet50().eval()
picture = torch.rand(1, 3, 224, 224)
with torch.no_grad():
    scores = network(picture)
print("a random picture,", tuple(picture.shape), "in; scores,", tuple(scores.shape), "out")
print("parameters:", f"{sum(p.numel() for p in network.parameters()):,}")
'
printf '\nwhat came out, in %s:\n' "$OUT"
ls -l
printf '\nto have archspec on the path: . %s\n' "$BIN/activate"
