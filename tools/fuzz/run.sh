#!/usr/bin/env bash
# Fuzzes one target, or all of them one after the other, and says in a line each what came of it.
#   tools/fuzz/run.sh <framing|replies|zip|pem|configuration|all> [executions a target: 200000]
# FUZZ_SECONDS bounds a target's time (3600); FUZZ_OUTPUT is where the work is done (artifacts/fuzz); a second run goes on from the first.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
here="$root/tools/fuzz"
output=${FUZZ_OUTPUT:-$root/artifacts/fuzz}
seconds=${FUZZ_SECONDS:-3600}
targets=(framing replies zip pem configuration)

[ $# -ge 1 ] || { echo "usage: tools/fuzz/run.sh <${targets[*]} | all> [executions]" >&2; exit 2; }
executions=${2:-200000}
[ "$1" = all ] || targets=("$1")
[ -d "$here/seeds/${targets[0]}" ] || { echo "There is no target '$1'." >&2; exit 2; }
command -v afl-fuzz >/dev/null || { echo "afl-fuzz is missing: apt-get install afl++" >&2; exit 1; }
(cd "$root" && dotnet tool run sharpfuzz) 2>&1 | grep -qi usage || { echo "sharpfuzz is missing: dotnet tool restore" >&2; exit 1; }
instrument() { (cd "$root" && dotnet tool run sharpfuzz "$@"); }

# The copies in this folder are instrumented, and only they: what is shipped is never touched. Of BouncyCastle only the parts that read foreign bytes.
program="$output/program"
rm -rf "$program"
dotnet build "$here/PandoraSync.Fuzz.csproj" --nologo -v quiet -c Release -o "$program" >&2
instrument "$program/PandoraSync.Core.dll"
instrument "$program/BouncyCastle.Cryptography.dll" Org.BouncyCastle.Asn1 Org.BouncyCastle.OpenSsl Org.BouncyCastle.Utilities.IO.Pem Org.BouncyCastle.X509 Org.BouncyCastle.Pkcs

export AFL_NO_UI=1 AFL_SKIP_CPUFREQ=1 AFL_SKIP_BIN_CHECK=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_NO_AFFINITY=1 AFL_FAST_CAL=1
export AFL_AUTORESUME=1 AFL_FORKSRV_INIT_TMOUT=60000
# The collector's limit is the watch over memory: whoever needs more dies, and that counts as a crash. Code compiled once keeps the coverage steady.
export DOTNET_GCHeapHardLimit=0x20000000 DOTNET_gcConcurrent=0 DOTNET_gcServer=0 DOTNET_TieredPGO=0 DOTNET_EnableDiagnostics=0 DOTNET_DbgEnableMiniDump=0
scratch=$(mktemp -d -p "$([ -w /dev/shm ] && echo /dev/shm || echo /tmp)" pandorasync-fuzz.XXXXXX)
export TMPDIR=$scratch AFL_TMPDIR=$scratch

fuzzer=
watcher=
finish() {
  [ -z "$watcher" ] || kill "$watcher" 2>/dev/null || true
  [ -z "$fuzzer" ] || kill "$fuzzer" 2>/dev/null || true
  rm -rf "$scratch"
}
trap finish EXIT
trap 'exit 130' INT TERM

# The most memory, in kB, that a process under afl-fuzz ever held.
watch_memory() {
  local most=0 pid peak
  while kill -0 "$1" 2>/dev/null; do
    for pid in $(pgrep -P "$1") $(for child in $(pgrep -P "$1"); do pgrep -P "$child"; done); do
      peak=$(awk '/^VmHWM/ { print $2 }' "/proc/$pid/status" 2>/dev/null || true)
      [ "${peak:-0}" -le "$most" ] || { most=$peak; echo "$most" >"$2"; }
    done
    sleep 1
  done
}

stat_of() { sed -n "s/^$2 *: //p" "$1/default/fuzzer_stats"; }

status=0
for target in "${targets[@]}"; do
  work="$output/$target"
  mkdir -p "$work"
  dictionary=()
  [ ! -f "$here/dictionaries/$target.dict" ] || dictionary=(-x "$here/dictionaries/$target.dict")
  inputs="$scratch/inputs"
  rm -rf "$inputs"
  mkdir "$inputs"
  cp "$here/seeds/$target"/* "$inputs"
  [ ! -d "$here/found/$target" ] || cp "$here/found/$target"/* "$inputs"
  echo 0 >"$work/memory"
  # The number of executions of a run that goes on includes those before.
  before=0
  [ ! -f "$work/default/fuzzer_stats" ] || before=$(stat_of "$work" execs_done)
  afl-fuzz -i "$inputs" -o "$work" "${dictionary[@]}" -m none -t 3000 -V "$seconds" -E "$((before + executions))" -- \
    dotnet "$program/PandoraSync.Fuzz.dll" afl "$target" >"$work/log" 2>&1 &
  fuzzer=$!
  watch_memory "$fuzzer" "$work/memory" &
  watcher=$!
  if ! wait "$fuzzer"; then
    echo "$target: afl-fuzz failed: $(sed 's/\x1b\[[0-9;]*m//g' "$work/log" | grep -m1 -A1 'PROGRAM ABORT\|SYSTEM ERROR' || tail -1 "$work/log")"
    status=1
  fi
  fuzzer=
  wait "$watcher" || true
  watcher=
  [ -f "$work/default/fuzzer_stats" ] || continue
  crashes=$(stat_of "$work" saved_crashes)
  hangs=$(stat_of "$work" saved_hangs)
  echo "$target: $(stat_of "$work" execs_done) executions ($(stat_of "$work" execs_per_sec) a second), $crashes crashes, $hangs hangs, $(stat_of "$work" corpus_count) paths, stability $(stat_of "$work" stability), peak memory $(($(cat "$work/memory") / 1024)) MB"
  [ "$crashes" = 0 ] && [ "$hangs" = 0 ] || { echo "  look at $work/default/crashes and $work/default/hangs: see tools/fuzz/README.md"; status=1; }
done
exit $status
