#!/bin/bash
# Our own small programs (conformance/src/guest/*.asm): flat boot floppies, NAME.img.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd); out=${1:?usage: programs.sh OUT}
for source in "$here"/../src/guest/*.asm; do
  image=$out/$(basename "$source" .asm).img
  nasm -f bin -w+all -i "$(dirname "$source")/" -o "$image" "$source"
  truncate -s 1474560 "$image"
done
