#!/usr/bin/env bash
# Builds Refract with a LibTorch for CUDA, runs the tests that need a GPU, trains the demo on the GPU and evaluates it, and times
# every method's step, beside PyTorch's where there is one. One part may fail, the next is tried all the same; the status is 1 if
# any did.
#   tools/gpu_check.sh [FOLDER]    logs, tables and the run go to FOLDER, by default build/gpu-check
# Where things are, as environment variables:
#   PYTHON          a Python with PyTorch for CUDA, whose LibTorch is taken (python3)
#   LIBTORCH        another LibTorch, a folder below which its CMake package lies
#   DEPENDENCIES    a folder with what else Refract needs, as /usr has it, where tools/setup.sh's packages are not installed
#   CMAKE_OPTIONS   more options for CMake, such as -DTORCH_CUDA_ARCH_LIST=9.0 (by default that of the first GPU)
#   BUILD           where to build (build/cuda)
#   DEVICE          cpu: a rehearsal where there is no GPU (cuda)
#   STEPS           of the demo's training (as experiments/demo.toml says)
set -uo pipefail
cd "$(dirname "$0")/.." || exit

device="${DEVICE:-cuda}"
python="${PYTHON:-python3}"
build="${BUILD:-build/cuda}"
folder="${1:-build/gpu-check}"
mkdir -p "$folder"
folder="$(cd "$folder" && pwd)"
methods=vae,rbvae,srbvae,partedvae,betavae,betatcvae,factorvae,dipvae1,dipvae2,hfvae,guidedvae,guidedbetatcvae,svae,mathieu,mathieupairs,lrlivae,cvae,cvaegan,cgan
failed=()

# part NAME COMMAND...: what the command prints goes to FOLDER/NAME.log, its last lines are shown.
part() {
  local name="$1" start=$SECONDS word=passed
  shift
  "$@" >"$folder/$name.log" 2>&1 || {
    word="FAILED, status $?"
    failed+=("$name")
  }
  echo "== $name: $word, $((SECONDS - start)) s ($folder/$name.log)"
  grep --invert-match ': round ' "$folder/$name.log" | tail -n "${lines:-3}"
}

facts() {
  date --utc
  git describe --always --dirty 2>/dev/null
  nproc
  grep --max-count=1 'model name' /proc/cpuinfo
  c++ --version | head -n 1
  cmake --version | head -n 1
  if [ "$device" = cuda ]; then
    nvcc --version | tail -n 2
    nvidia-smi
    "$python" -c 'import torch; print("PyTorch", torch.__version__, torch.cuda.get_device_name())'
  fi
}

configure() {
  local options=()
  read -r -a options <<<"${CMAKE_OPTIONS:-}"
  if [ "$device" = cuda ]; then
    local nvcc capability
    if [ -z "${CUDA_HOME:-}" ] && nvcc="$(command -v nvcc)"; then
      CUDA_HOME="$(dirname "$(dirname "$(readlink --canonicalize "$nvcc")")")"
      export CUDA_HOME
    fi
    capability="$(nvidia-smi --query-gpu=compute_cap --format=csv,noheader | head -n 1)"
    options=("-DTORCH_CUDA_ARCH_LIST=${capability:-9.0}" "${options[@]}")
  fi
  local torch="${LIBTORCH:-$("$python" -c 'import torch; print(torch.utils.cmake_prefix_path)')}"
  cmake -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_UNITY_BUILD=ON -DCMAKE_UNITY_BUILD_BATCH_SIZE=6 \
    "-DCMAKE_PREFIX_PATH=${DEPENDENCIES:+$DEPENDENCIES;}$torch" "${options[@]}"
}

compile() { cmake --build "$build" --target "$@" -- -k 0; }

compare() {
  local steps=100 rounds=5
  if [ "$device" = cpu ]; then steps=1 rounds=1; fi
  "$python" benchmarks/run.py "$build/refract_bench" --device "$device" --methods "$methods" --steps "$steps" --rounds "$rounds" \
    --history "$folder/history.csv"
}

train_demo() {
  rm -rf "$folder/run"
  "$build/bin/refract" train --config experiments/demo.toml --device "$device" ${STEPS:+--steps "$STEPS"} --no-evaluation --out "$folder/run"
}

lines=4 part facts facts
lines=1 part configure configure
part build compile refract_app refract_tests refract_bench
part tests "$build/refract_tests" --gtest_filter='Stepper.*:Stepper/*'
part train train_demo
lines=12 part evaluate "$build/bin/refract" evaluate "$folder/run"
lines=20 part bench compare

if [ ${#failed[@]} -gt 0 ]; then
  echo "Of the GPU check, these parts failed: ${failed[*]}."
  exit 1
fi
