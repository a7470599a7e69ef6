#!/usr/bin/env bash
# The last part of `make demo`: trains, evaluates and shows the run runs/demo. A finished run is shown again, not trained
# again; an interrupted one goes on where it stopped.
set -euo pipefail
cd "$(dirname "$0")/.."

run=runs/demo
summary=$run/summary.txt
unfinished=runs/.demo-summary
# The program takes data/mnist, whose files were checked.
unset MNIST_DIR

train() {
  trap 'rm -f "$unfinished"' EXIT
  mkdir -p runs
  "$@" | tee "$unfinished"
  mv "$unfinished" "$summary"
}

if [ -f "$summary" ]; then
  echo "$run is complete, so nothing is trained again. To start again: rm -r $run, then make demo."
  cat "$summary"
elif [ -d "$run" ]; then
  echo "Continuing the interrupted training in $run."
  train bin/refract resume "$run"
else
  train bin/refract train --config experiments/demo.toml --out "$run"
fi
[ -d data/mnist ] || echo "MNIST could not be downloaded. The run used embedded digits instead."
