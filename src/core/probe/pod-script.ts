/**
 * What runs in the pod: `sh -c SCRIPT probe HOLD SEND LENGTH TARGET…`, each target `SPEECH HOST PORT`. It takes a shell and either bash
 * or a busybox; TLS takes openssl. Eight targets at a time; each prints a line of JSON that holds nothing but words of this script,
 * numbers, and hexadecimal digits of what was answered.
 */
export const podScript = `hold=$1; send=$2; length=$3; shift 3
bash=$(command -v bash)
busybox=$(command -v busybox)
say() { printf '{"i":%s,"result":"%s","ms":%s,"hex":"%s","detail":"%s"}\\n' "$1" "$2" "\${3:-0}" "$4" "$5"; }
hex() { od -v -An -tx1 | tr -d ' \\n'; }
inner='h=$1; p=$2; hold=$3; send=$4; length=$5
ms() { t=\${EPOCHREALTIME/[.,]/}; echo $((t / 1000)); }
exec 3<>"/dev/tcp/$h/$p" || exit 1
echo "=C $(ms)"
[ -n "$send" ] && printf %b "$send" >&3
IFS= read -r -t "$hold" -n "$length" -u 3 x; r=$?
if [ $r -eq 0 ] || [ -n "$x" ]; then printf "=D %s" "$(printf %s "$x" | od -v -An -tx1 | tr -d " \\n")"; [ -z "$x" ] && printf 0a
elif [ $r -gt 128 ]; then echo "=S"; else echo "=E $(ms)"; fi'
busyinner='echo =C >&2; [ -n "$2" ] && printf %b "$2"; from=$(date +%s)
IFS= read -r -t "$1" -n "$3" x; r=$?; now=$(date +%s)
if [ $r -eq 0 ] || [ -n "$x" ]; then echo "=D $(printf %s "$x" | od -v -An -tx1 | tr -d " \\n")" >&2
elif [ $((now - from)) -ge "$1" ]; then echo =S >&2; else echo "=E $(((now - from) * 1000))" >&2; fi'
udpinner='exec 3<>"/dev/udp/$1/$2" || exit 1
printf %b "\${4:-\\0000}" >&3
IFS= read -r -t "$3" -n "$5" -u 3 x; r=$?
if [ $r -eq 0 ] || [ -n "$x" ]; then printf "=D %s" "$(printf %s "$x" | od -v -An -tx1 | tr -d " \\n")"; [ -z "$x" ] && printf 0a; fi'
tcp() {
  i=$1; host=$2; port=$3; words=$4; count=$5
  if [ -n "$bash" ]; then out=$(timeout $((hold + 4)) "$bash" -c "$inner" probe "$host" "$port" "$hold" "$words" "$count" 2>&1)
  elif [ -n "$busybox" ]; then out=$(busybox nc -w 3 "$host" "$port" -e busybox sh -c "$busyinner" probe "$hold" "$words" "$count" 2>&1)
  else say "$i" skipped 0 "" "the image has neither bash nor busybox"; return; fi
  case "$out" in
    *"=D "*) say "$i" proven 0 "\${out##*=D }" "" ;;
    *"=E "*) c=\${out#*=C }; c=\${c%%[!0-9]*}; e=\${out##*=E }; [ -n "$bash" ] && e=$((e - c)); say "$i" closed-early "$e" "" "" ;;
    *"=C"*) say "$i" connected 0 "" "" ;;
    *[Rr]efused*) say "$i" refused 0 "" "" ;;
    *"o route"*|*nreachable*) say "$i" unreachable 0 "" "" ;;
    *"not known"*|*"esolve"*|*"bad address"*) say "$i" unresolved 0 "" "" ;;
    *) say "$i" filtered 3000 "" "no answer" ;;
  esac
}
tls() {
  if [ -z "$(command -v openssl)" ]; then tcp "$1" "$2" "$3" "$send" "$length"; return; fi
  case "$2" in *:*) at="[$2]:$3" ;; *) at="$2:$3" ;; esac
  out=$(echo | timeout $((hold + 4)) openssl s_client -connect "$at" 2>&1)
  case "$out" in
    *"BEGIN CERTIFICATE"*|*"Cipher is "[!\\(]*) say "$1" proven 0 "" "TLS answered" ;;
    *[Rr]efused*) say "$1" refused 0 "" "" ;;
    *"wrong version"*|*"packet length too long"*|*"http request"*) say "$1" proven 0 "" "answered, but not in TLS" ;;
    *"SSL alert number"*) say "$1" proven 0 "" "answered, and refused TLS" ;;
    *CONNECTED*) say "$1" closed-early 0 "" "" ;;
    *) tcp "$1" "$2" "$3" "" 1 ;;
  esac
}
udp() {
  if [ -z "$bash" ]; then say "$1" skipped 0 "" "UDP takes an image with bash"; return; fi
  out=$(timeout $((hold + 4)) "$bash" -c "$udpinner" probe "$2" "$3" "$hold" "$send" "$length" 2>&1)
  case "$out" in
    *"=D "*) say "$1" proven 0 "\${out##*=D }" "" ;;
    *[Rr]efused*) say "$1" refused 0 "" "" ;;
    *nreachable*) say "$1" unreachable 0 "" "" ;;
    *) say "$1" unanswered 0 "" "" ;;
  esac
}
name() {
  if command -v getent >/dev/null; then out=$(getent hosts "$2"); at=\${out%% *}
  else out=$(nslookup "$2" 2>/dev/null | tail -n +3 | grep Address); at=\${out##* }; fi
  case "$at" in *[!0-9a-fA-F.:]*) at= ;; esac
  if [ -n "$out" ]; then say "$1" proven 0 "" "$at"; else say "$1" unresolved 0 "" "no such name"; fi
}
for own in $(hostname -i 2>/dev/null); do
  case "$own" in *[!0-9a-fA-F.:]*) ;; *) printf '{"source":"%s"}\\n' "$own" ;; esac
done
i=0
for target; do
  set -- $target
  case "$1" in
    resolve) name "$i" "$2" & ;;
    tls|https) tls "$i" "$2" "$3" & ;;
    http) tcp "$i" "$2" "$3" "HEAD / HTTP/1.0\\\\r\\\\n\\\\r\\\\n" 256 & ;;
    tcp) tcp "$i" "$2" "$3" "$send" "$length" & ;;
    udp) udp "$i" "$2" "$3" & ;;
    skip) ;;
    *) say "$i" skipped 0 "" "not tried from a pod" & ;;
  esac
  i=$((i + 1))
  [ $((i % 8)) -eq 0 ] && wait
done
wait
`;
