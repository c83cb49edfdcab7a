#!/bin/bash
# Measures the release build beside its peers, in one run, and prints ratios next to their bars; `make bench`.
# Ends with 1 when a bar is missed. ROUNDS and RUNS say how often the programs are started.
set -euo pipefail

root=$(cd "$(dirname "$0")/../.." && pwd)
here=$root/Tests/Benchmarks
driver=$root/.build/release/BenchmarkDriver
rounds=${ROUNDS:-5}
runs=${RUNS:-200}

missing=()
while read -r command package; do
    command -v "$command" >/dev/null || missing+=("$package")
done <<'END'
hyperfine hyperfine
stoken stoken
oathtool oathtool
openssl openssl
script bsdutils
chronyd chrony
python3 python3
END
CC=${CC:-$(command -v gcc || command -v clang || echo gcc)}
command -v "$CC" >/dev/null || missing+=(gcc libc6-dev)
[ -e /usr/include/liboath/oath.h ] || missing+=(liboath-dev)
[ ${#missing[@]} -eq 0 ] || "$root/scripts/install" "${missing[@]}"

work=$(mktemp -d)
# As `make install` leaves them: what a linker has just written lies in the page cache in smaller pieces than a copy,
# and costs a twentieth more to start.
otptoken=$work/otptoken
install -m 755 "$root/.build/release/otptoken" "$otptoken"
pty=
chronyd=
issuer=
crowd=
trap '[ -z "$pty" ] || kill "$pty" 2>/dev/null || true
      [ -z "$chronyd" ] || kill "$chronyd" 2>/dev/null || true
      [ -z "$crowd" ] || kill "$crowd" 2>/dev/null || true
      [ -z "$issuer" ] || kill "$issuer" 2>/dev/null || true
      [ ! -x "$otptoken" ] || "$otptoken" --home "$work/locked" --quiet lock 2>/dev/null || true
      rm -rf "$work"' EXIT
export HOME=$work TERM=xterm LC_ALL=C
unset "${!OTPTOKEN_@}" "${!XDG_@}"

missed=()

# report WHAT VALUE [OPERATOR BAR]: one line; without a bar it is for information.
report() {
    local verdict=
    if [ $# -eq 4 ]; then
        if awk "BEGIN { exit !($2 $3 $4) }"; then verdict=met; else verdict=MISSED missed+=("$1"); fi
        printf '%-58s %10s   %s %-5s %s\n' "$1" "$2" "$3" "$4" "$verdict"
    else
        printf '%-58s %10s\n' "$1" "$2"
    fi
}

median() { sort -g | awk '{ a[NR] = $1 } END { print NR % 2 ? a[(NR + 1) / 2] : (a[NR / 2] + a[NR / 2 + 1]) / 2 }'; }
ratio() { awk "BEGIN { printf \"%.2f\", $1 / $2 }"; }
compile() { "$CC" -O2 -std=gnu11 "$@"; }

# Stores, and the peers. No time server out in the world is asked.
for count in 1 1000 10000; do
    mkdir -m 700 "$work/$count"
    "$driver" store "$work/$count" "$count"
    echo 'clock.check = never' >"$work/$count/config"
done
# One with an app lock, unlocked for the time of the run.
cp -r "$work/1" "$work/locked"
echo 'correct horse battery staple' >"$work/passphrase"
"$otptoken" --home "$work/locked" --quiet --passphrase-file "$work/passphrase" passphrase set
"$otptoken" --home "$work/locked" --quiet --passphrase-file "$work/passphrase" unlock --for 1h
compile -I"$root/Sources/CShims/include" -o "$work/linked" "$here/reference.c" "$root/Sources/CShims/shim_crypto.c" \
    -lcrypto -Wl,--no-as-needed -lm # linked alike: the same shared libraries
install -m 755 "$work/linked" "$work/reference"
compile -o "$work/liboath" "$here/liboath.c" -loath
stoken import --random --new-password= >/dev/null
seed=3132333435363738393031323334353637383930313233343536373839303132

# A minute may end between two programs; the code is the same before and after in all but one of many tries.
until before=$("$otptoken" --home "$work/1" show) && code=$("$work/reference" "$work/1") &&
    [ "$before" = "$("$otptoken" --home "$work/1" show)" ]; do :; done
[ "$code" = "$before" ] || { echo "bench: show prints $before, the C program $code" >&2; exit 1; }

# Whole processes, one after the other in each round, so that a busy machine is busy for all of them.
programs=(
    "$otptoken --home $work/1 show"
    "$work/reference $work/1"
    "stoken tokencode --pin=0000"
    "oathtool --totp=sha256 --digits=8 --time-step-size=60s $seed"
    "$otptoken --home $work/1000 show --all"
    "$otptoken --home $work/1000 show"
    "$otptoken --home $work/locked show"
)
for ((round = 0; round < rounds; round++)); do
    hyperfine -N --style none --warmup 10 --runs "$runs" --export-csv "$work/round" "${programs[@]}" 2>/dev/null
    for index in "${!programs[@]}"; do
        awk -F, -v row=$((index + 2)) 'NR == row { print $4 * 1000 }' "$work/round" >>"$work/times.$index"
    done
done
# The least median of the rounds: whatever else the machine does only adds to it.
for index in "${!programs[@]}"; do times[index]=$(sort -g "$work/times.$index" | head -n 1); done

printf 'whole process, median in ms: show %.2f, C %.2f, stoken %.2f, oathtool %.2f, show --all of 1,000 %.2f\n\n' \
    "${times[@]:0:5}"
report "show / stoken tokencode" "$(ratio "${times[0]}" "${times[2]}")" "<=" 0.60
report "show / the same in C" "$(ratio "${times[0]}" "${times[1]}")" "<=" 1.25
report "show / oathtool" "$(ratio "${times[0]}" "${times[3]}")"
report "show with an unlocked app lock / show" "$(ratio "${times[6]}" "${times[0]}")" "<=" 1.2
report "show --all with 1,000 tokens / show with one" "$(ratio "${times[4]}" "${times[0]}")" "<=" 2
report "show with 1,000 tokens / show with one" "$(ratio "${times[5]}" "${times[0]}")"

# Stores in the process: ten times the tokens may take ten times the CPU time, and a little more for the caches.
read -r opening sealing < <("$driver" reopen "$work/1000" 200)
read -r opening_many sealing_many < <("$driver" reopen "$work/10000" 20)
report "opening 10,000 tokens / opening 1,000" "$(ratio "$opening_many" "$opening")" "<=" 13
report "saving 10,000 tokens / saving 1,000" "$(ratio "$sealing_many" "$sealing")" "<=" 13

# A mailed code among the mails of a year.
mkdir -p "$work/Maildir/new" "$work/Maildir/cur" "$work/mailed"
chmod 700 "$work/mailed"
echo 'clock.check = never' >"$work/mailed/config"
now=$(date +%s)
awk -v now="$now" -v folder="$work/Maildir/cur" 'BEGIN {
    for (i = 0; i < 100000; i++) {
        file = folder "/" now - 315 * i ".M" i "P1.host:2,S"
        print "From: a@example.com\nSubject: " i "\n\nNothing to see here." >file
        close(file)
    }
}'
printf 'From: otp@example.com\nSubject: Your code\nDate: %s\n\nCode: 123456\n' "$(date -R)" \
    >"$work/Maildir/new/$now.M1P2.host"
"$otptoken" --home "$work/mailed" --quiet init --mailed --name Shop --from otp@example.com --subject 'Your code' \
    --maildir "$work/Maildir"
[ "$("$otptoken" --home "$work/mailed" show)" = 123456 ] || { echo "bench: no mailed code" >&2; exit 1; }
hyperfine -N --style none --warmup 5 --runs 50 --export-csv "$work/round" "$otptoken --home $work/mailed show" 2>/dev/null
report "show of a mailed code among 100,000 mails, in ms" \
    "$(awk -F, 'NR == 2 { printf "%.1f", $4 * 1000 }' "$work/round")" "<=" 50
rm -rf "$work/Maildir"

# 5,000 tokens of other programs, each time into a new store. With a password the key's own time is in it.
awk 'BEGIN { for (i = 0; i < 5000; i++) {
    secret = sprintf("%016d", i); gsub(/[0189]/, "A", secret)
    printf "otpauth://totp/Issuer%%20%d:user%d?secret=%s&algorithm=SHA256&digits=8&period=60\n", i % 50, i, secret } }' \
    >"$work/list"
"$otptoken" --home "$work/import" --quiet import "$work/list"
export="$otptoken --home $work/import --quiet export"
$export --format aegis --plain >"$work/aegis"
$export --format pskc --plain >"$work/pskc"
$export --format aegis --password-file "$work/passphrase" >"$work/encrypted"
take_in() {
    rm -rf "$work/taken"
    local start=$EPOCHREALTIME
    "$otptoken" --home "$work/taken" --quiet import --password-file "$work/passphrase" "$1"
    awk "BEGIN { printf \"%.3f\", $EPOCHREALTIME - $start }"
    [ "$("$otptoken" --home "$work/taken" list --names | wc -l)" = 5000 ] || { echo "bench: not all came in" >&2; exit 1; }
}
for file in list aegis pskc encrypted; do
    taken=$(take_in "$work/$file")
    report "import of 5,000 tokens, in seconds: $file" "$taken" "<=" 2
done

# Codes in the process.
iterations=200000
for ((round = 0; round < rounds; round++)); do
    read -r ours rate < <("$driver" totp $iterations) && echo "$rate" >>"$work/ours"
    read -r theirs rate < <("$work/liboath" $iterations) && echo "$rate" >>"$work/theirs"
    [ "$ours" = "$theirs" ] || { echo "bench: codes differ from liboath's" >&2; exit 1; }
done
report "TOTP codes a second / liboath" "$(ratio "$(median <"$work/ours")" "$(median <"$work/theirs")")" ">=" 1

# watch on a terminal, after its start.
cpu() {
    if [ -r "/proc/$1/schedstat" ]; then
        awk '{ print $1 / 1e6 }' "/proc/$1/schedstat"
    else
        awk -v tick="$(getconf CLK_TCK)" '{ print ($14 + $15) * 1000 / tick }' "/proc/$1/stat"
    fi
}
memory() { awk -v key="$2:" '$1 == key { printf "%.1f", $2 / 1024 }' "/proc/$1/status"; }
sleep 25 | script -qefc "echo \$\$ >$work/pid; stty cols 80 rows 24; exec $otptoken --home $work/1 watch" /dev/null \
    >/dev/null &
pty=$!
sleep 2
watch=$(<"$work/pid")
before=$(cpu "$watch")
sleep 20
report "watch, CPU in ms a minute" "$(awk "BEGIN { printf \"%.1f\", 3 * ($(cpu "$watch") - $before) }")" "<=" 10
report "watch, resident now in MB" "$(memory "$watch" VmRSS)" "<=" 12
report "watch, resident at most in MB" "$(memory "$watch" VmHWM)" "<=" 12
kill "$watch"

# The clock, beside chrony's own client. That a single server is not believed, status 10, is all the same here.
port=$((20000 + $$ % 20000))
printf '%s\n' "port $port" 'bindaddress 127.0.0.1' 'bindaddress ::1' 'allow 127.0.0.1' 'local stratum 3' \
    'cmdport 0' 'bindcmdaddress /' "pidfile $work/chronyd.pid" >"$work/chrony.conf"
PATH=$PATH:/usr/sbin chronyd -d -x -U -u "$(id -un)" -F 0 -f "$work/chrony.conf" >"$work/chronyd.log" 2>&1 &
chronyd=$!
mkdir -m 700 "$work/clock"
client="$otptoken --home $work/clock --quiet clock --server ntp://127.0.0.1:$port"
peer="$(PATH=$PATH:/usr/sbin command -v chronyd) -Q -t 5 -U -u $(id -un) 'server 127.0.0.1 port $port iburst maxsamples 1'"
answer() { { $client --json || true; } 2>/dev/null | sed -n 's/.*"stratum":3,"offset":\([^,]*\),.*/\1/p'; }
until [ -n "$(answer)" ]; do kill -0 $chronyd; sleep 0.1; done
ours=$(answer)
theirs=$(eval "$peer" 2>&1 | sed -n 's/.*clock wrong by \([-.0-9]*\) seconds.*/\1/p')
report "clock, in ms from chronyd -Q" "$(awk "BEGIN { d = ($ours - $theirs) * 1000; printf \"%.3f\", d < 0 ? -d : d }")" "<=" 1
hyperfine -N -i --style none --warmup 3 --runs 30 --export-csv "$work/round" "$client" "$peer" 2>/dev/null
report "clock / chronyd -Q" \
    "$(awk -F, 'NR == 2 { ours = $4 } NR == 3 { printf "%.2f", ours / $4 }' "$work/round")" "<=" 1.5
kill "$chronyd"

# The issuer, in the process and with 16 clients at a time, who are enough to keep all processors at work. openssl speed
# counts multiplications of a point; an enrolment needs 5. One after the other in each round, and the median of the
# rounds' ratios: a machine's speed changes from minute to minute, and others use it, too.
for ((round = 0; round < rounds; round++)); do
    mkdir -m 700 "$work/issuer"
    "$driver" enrol "$work/issuer" 16 4000 >>"$work/enrolments"
    rm -r "$work/issuer"
    openssl speed -seconds 1 -multi "$(nproc)" ecdhp256 2>/dev/null | awk '/ecdh/ { print $NF / 5 }' >>"$work/allowed"
done
allowed=$(median <"$work/allowed")
report "enrolments a second / openssl's multiplications" \
    "$(paste -d ' ' "$work/enrolments" "$work/allowed" | awk '{ printf "%.3f\n", $1 / $3 }' | median)" ">=" 0.5
report "verifications a second in the process" "$(cut -d ' ' -f 2 "$work/enrolments" | median)"

# The program itself, with many accounts on the disk and clients that share the machine with it.
accounts=${ACCOUNTS:-100000}
mkdir -m 700 "$work/served"
key=$("$driver" issuer "$work/served" "$accounts")
"$root/.build/release/otptoken-issuer" --home "$work/served" serve --listen 127.0.0.1:0 2>"$work/serve.log" &
issuer=$!
until url=$(grep -o 'http://.*' "$work/serve.log"); do kill -0 $issuer; sleep 0.1; done
before=$(memory $issuer VmRSS)
first=0
for load in '1 1000' '8 2000' '64 4000'; do
    read -r clients users <<<"$load"
    read -r enrolments verifications < <("$driver" load "$url" "$key" "$clients" "$first" "$users")
    report "enrolments a second over HTTP, $clients at a time" "$enrolments"
    report "the same / openssl's multiplications" "$(ratio "$enrolments" "$allowed")"
    report "verifications a second over HTTP, $clients at a time" "$verifications"
    first=$((first + users))
done
report "issuer with $accounts accounts, resident at the start in MB" "$before"
report "and now" "$(memory $issuer VmRSS)"
report "and at most" "$(memory $issuer VmHWM)"
kill $issuer
wait $issuer || true
issuer=

# The issuer, while 10,000 clients are connected and silent.
serve="$root/.build/release/otptoken-issuer --home $work/idle"
$serve init --service-id 10121234 --name Acme --url https://otp.example >/dev/null
$serve serve --listen 127.0.0.1:0 2>"$work/idle.log" &
issuer=$!
until port=$(sed -n 's/.*listening on .*:\([0-9]*\)$/\1/p' "$work/idle.log") && [ -n "$port" ]; do
    kill -0 $issuer; sleep 0.1
done
python3 "$root/Tests/TestSupport/crowd.py" "$port" 10000 idle >"$work/crowd" &
crowd=$!
until [ -s "$work/crowd" ]; do kill -0 $crowd; sleep 0.1; done
start=$EPOCHREALTIME
exec 3<>"/dev/tcp/127.0.0.1/$port"
printf 'GET /nowhere HTTP/1.1\r\n\r\n' >&3
read -r _ status _ <&3 || status=none
taken=$(awk "BEGIN { printf \"%.4f\", $EPOCHREALTIME - $start }")
exec 3>&-
[ "$(<"$work/crowd")$status" = ready404 ] || { echo "bench: the issuer and its crowd: $status, $(<"$work/crowd")" >&2; exit 1; }
report "10,000 idle connections, seconds until one more is answered" "$taken" "<=" 1
report "10,000 idle connections, issuer's resident memory in MB" "$(memory "$issuer" VmRSS)" "<=" 24
kill "$crowd" "$issuer"

if [ ${#missed[@]} -gt 0 ]; then
    printf '\nmissed: %s\n' "$(printf '%s; ' "${missed[@]}" | sed 's/; $//')"
    exit 1
fi
