#!/bin/bash
# fuzz.sh SECONDS [TARGET]: gives each decoder, or one, odd inputs for so many seconds, by libFuzzer with the address
# sanitizer; JOBS at once, else as many as there are processors; `make fuzz`. What it learns stays in .build/fuzz/corpus,
# what it finds in .build/fuzz/findings, with the line that replays it. Ends with an error on a finding.
set -euo pipefail

root=$(cd "$(dirname "$0")/../.." && pwd)
here=$root/Tests/Fuzz
work=$root/.build/fuzz
driver=$work/release/FuzzDriver
# Swift's own report of a crash stands in libFuzzer's way.
export SWIFT_BACKTRACE=enable=no ASAN_OPTIONS=quarantine_size_mb=64

# run SECONDS TARGET: one line when it is done; behind a finding, the end of its log.
run() {
    local target=$2 log=$work/log/$2.txt options=()
    mkdir -p "$work/corpus/$target" "$work/log" "$work/findings"
    [ ! -e "$here/Dictionaries/$target.dict" ] || options+=("-dict=$here/Dictionaries/$target.dict")
    # An input of 8 KiB may cost seconds, and 64 MiB at once, and no more.
    if FUZZ_TARGET=$target "$driver" -max_total_time="$1" -max_len=8192 -timeout=10 -malloc_limit_mb=64 \
        -rss_limit_mb=1024 -artifact_prefix="$work/findings/$target-" -print_final_stats=1 "${options[@]}" \
        "$work/corpus/$target" "$here/Corpus/$target" >"$log" 2>&1 </dev/null; then
        awk -v target="$target" '
            / cov: / { for (i = 1; i < NF; i++) if ($i == "cov:") coverage = $(i + 1) }
            /^stat::number_of_executed_units/ { count = $2 }
            /^stat::average_exec_per_sec/ { rate = $2 }
            END { printf "%-16s %10d inputs %8d a second %6d places reached\n", target, count, rate, coverage }' "$log"
    else
        tail -n 40 "$log"
        found=$(sed -n 's/^.*Test unit written to //p' "$log" | tail -n 1)
        echo "$target: FOUND ${found:-nothing that can be replayed, see $log}"
        [ -z "$found" ] || echo "replay: SWIFT_BACKTRACE=enable=no FUZZ_TARGET=$target $driver $found"
        return 1
    fi
}

if [ "$1" = run ]; then
    run "$2" "$3"
    exit
fi

# Of two --sanitize, the Swift compiler would see one.
OTPTOKEN_FUZZ=1 ${SWIFT:-swift} build --package-path "$root" --scratch-path "$work" -c release \
    --sanitize=fuzzer -Xswiftc -sanitize=fuzzer,address -Xcc -fsanitize=address --product FuzzDriver
targets=$(cd "$here/Corpus" && ls | grep -x "${2:-.*}") || {
    echo "no target $2 in Tests/Fuzz/Corpus" >&2
    exit 2
}
xargs -P "${JOBS:-$(nproc)}" -I TARGET "$0" run "$1" TARGET <<<"$targets"
