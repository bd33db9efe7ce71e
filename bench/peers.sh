#!/usr/bin/env bash
# Scoring and training steps beside TorchSharp, ONNX Runtime and PyTorch, in turns; writes docs/benchmarks/kernels.md.
# peers.sh [ROUNDS] [MACHINE]   PyTorch: Debian's python3-torch with OpenBLAS as libblas.so.3 (update-alternatives); left out if absent.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
rounds=${1:-7} machine=${2:-"$(nproc) processors, $(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -1), $(uname -sr)"}
python=""
for candidate in /usr/bin/python3 "$(command -v python3)"; do
  if "$candidate" -c "import torch" 2>/dev/null; then python=$candidate; break; fi
done
if [ -z "$python" ]; then
  echo "PyTorch is absent and left out: install python3-torch and libopenblas0-pthread" >&2
elif ! grep -q "^Value:.*openblas" <<<"$(update-alternatives --query libblas.so.3-x86_64-linux-gnu 2>/dev/null)"; then
  echo "PyTorch would run on the reference BLAS and is left out: install libopenblas0-pthread" >&2
  python=""
fi

dotnet build bench/Peers -c Release -v q || exit 1
exec taskset -c 0 bench/Peers/bin/Release/net10.0/linux-x64/DagmmStream.Bench.Peers docs/benchmarks/kernels.md "$rounds" "$machine" "$python"
