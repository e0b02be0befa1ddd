#!/bin/bash
# The benchmark guest (bench/vmlinuz, initrd.gz, bench.iso, bench.img): built by the benchmark's own script, which stands
# beside the checkout (../shared/bench) or where TROUPE_BENCH says.  Without it there is nothing to build, and that is said.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd); out=${1:?usage: bench.sh OUT}
sources=${TROUPE_BENCH:-$here/../../../shared/bench}
if [ ! -x "$sources/guest/make-guest.sh" ]; then
  echo "bench.sh: no benchmark sources at $sources (set TROUPE_BENCH): skipped" >&2; exit 0
fi
"$sources/guest/make-guest.sh" "$out/bench" >"$out/bench.log" 2>&1 || { cat "$out/bench.log" >&2; exit 1; }
truncate -s 64M "$out/bench/scratch.img"
