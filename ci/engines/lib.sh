# shellcheck shell=bash
# Sourced by ci/engines/docker and ci/engines/podman. Such a script sets `program`, the daemon, and defines
#   launch           spawns the engine, which then listens on $socket
#   drop_leftovers   removes containers, networks and volumes of the running engine
#   clean_up         ends and removes what the engine's end has left of it
# and calls run_engine.
# shellcheck source=ci/lib.sh
. "${BASH_SOURCE[0]%/*}/../lib.sh"

# A number of two or three digits that keeps the addresses of one engine from those of others.
own_number() { echo $(($(cksum <<<"$engine $directory" | cut -d" " -f1) % 100 + 100)); }

readonly engine=${0##*/}
program='' name='' directory='' socket='' lock='' user='' keep=''

# Starts a daemon, whose pid it notes, that outlives this script.
spawn() {
  local root=()
  ((EUID == 0)) || root=(sudo)
  # shellcheck disable=SC2016 # expanded by the other shell
  "${root[@]}" setsid bash -c 'echo $$ >"$1/pid" && cd / && exec "${@:2}" >>"$1/log" 2>&1' \
    spawn "$directory" "$@" >/dev/null 2>&1 </dev/null {lock}>&- &
}

# Prints the daemon's pid when it is alive, and no other process that has got its number since.
engine_pid() {
  local pid
  pid=$(cat "$directory/pid" 2>/dev/null) && [[ $pid =~ ^[0-9]+$ ]] || return 1
  [[ $(as_root readlink "/proc/$pid/exe" 2>/dev/null) == "$(realpath "$program")" ]] || return 1
  tr '\0' '\n' <"/proc/$pid/cmdline" 2>/dev/null | grep -qxF -e "$socket" && echo "$pid"
}

answers() {
  [[ $(curl -s -m 5 --unix-socket "${socket#unix://}" http://engine/_ping) == OK ]]
}

# within SECONDS COMMAND...: whether it succeeds in time.
within() {
  local end=$((SECONDS + $1))
  shift
  until "$@"; do
    ((SECONDS < end)) || return 1
    sleep 0.1
  done
}

is_over() { ! engine_pid >/dev/null; }
starts() {
  as_root chown "$(id -u)" "${socket#unix://}" 2>/dev/null || true
  answers || is_over
}

start() {
  local started=
  if ! engine_pid >/dev/null || ! within 5 answers; then
    ci/install-deps --engines "$engine" >&2
    if [[ $keep ]]; then end_daemon; else stop; fi
    mkdir -p "$directory"
    as_root rm -f "$directory/log"
    launch
    within 5 engine_pid >/dev/null || fail_start
    within 60 starts || fail_start
    answers || fail_start
    [[ $keep ]] || drop_leftovers
    started=yes
  fi
  if [[ ! $user ]]; then
    rm -rf "$directory/users"
  elif [[ $started || -d $directory/users ]]; then
    mkdir -p "$directory/users"
    touch "$directory/users/$user"
  fi
  echo "$socket"
}

# Whether it has been started by hand, or a process that it was started for is still there.
is_used() {
  local other
  [[ -d $directory/users ]] || return 0
  rm -f "$directory/users/$user"
  for other in "$directory"/users/*; do
    [[ ! -d /proc/${other##*/} ]] || return 0
  done
  return 1
}

fail_start() {
  as_root tail -n 20 "$directory/log" >&2 || true
  stop
  die 'it does not start; above is what it says last'
}

end_daemon() {
  local pid
  pid=$(engine_pid) || return 0
  as_root kill -CONT "$pid"
  [[ $keep ]] || ! answers || drop_leftovers || true
  as_root kill -TERM "$pid"
  within 20 is_over || {
    as_root kill -KILL "$pid"
    within 10 is_over || die "process $pid does not end"
  }
}

stop() {
  end_daemon
  [[ -d $directory ]] || return 0
  clean_up
  as_root rm -rf "$directory/pid" "$directory/users" "${socket#unix://}"
  [[ ! $name ]] || as_root rm -rf "$directory"
}

# Takes away what is mounted below a directory, the innermost first.
unmount_below() {
  local mounts=()
  mapfile -t mounts < <(awk -v below="$1/" 'index($5, below) == 1 { print $5 }' /proc/self/mountinfo | tac)
  ((!${#mounts[@]})) || as_root umount --lazy "${mounts[@]}"
}

run_engine() {
  local verb=${1-}
  (($# == 0)) || shift
  while (($#)); do
    case $1 in
      --name | --directory | --for) (($# > 1)) || die "$1 wants a value" ;;&
      --name) name=$2 && shift 2 ;;
      --directory) directory=$2 && shift 2 ;;
      --for) user=$2 && shift 2 ;;
      --keep) keep=yes && shift ;;
      *) die "unknown argument '$1'" ;;
    esac
  done
  [[ $name =~ ^[a-z0-9]*$ ]] || die "a name is of lower-case letters and digits, not '$name'"
  [[ ${user:-1} =~ ^[0-9]+$ ]] || die "a process is told by its number, not '$user'"
  directory=$(realpath -m "${directory:-${XDG_CACHE_HOME:-$HOME/.cache}/ctestbed/engines/$engine${name:+-$name}}")
  socket=unix://$directory/$engine.sock
  ((${#socket} < 108)) || die "$directory is too long for the path of a socket"
  case $verb in
    start | stop)
      mkdir -p "${directory%/*}"
      exec {lock}>"$directory.lock"
      flock "$lock"
      if [[ $verb == start || ! $user ]] || ! is_used; then "$verb"; fi
      ;;
    status) engine_pid >/dev/null && answers && echo "$socket" ;;
    -h | --help) usage ;;
    *) die "unknown verb '$verb': start, stop or status" ;;
  esac
}
