# shellcheck shell=bash
# Sourced by the scripts of this folder: puts them at the root of the repository.
set -euo pipefail
script=$(realpath "$0")
cd "$(dirname "${BASH_SOURCE[0]}")/.."

say() { printf '\n== %s\n' "$*"; }
die() {
  printf '%s: %s\n' "${0##*/}" "$*" >&2
  exit 2
}

# Prints the comment at the top of the script that runs.
usage() { sed -n '/^# shellcheck/q;2,/^[^#]/s/^# \{0,1\}//p' "$script"; }

as_root() {
  if ((EUID == 0)); then "$@"; else sudo "$@"; fi
}

# Where a preset of CMakePresets.json builds.
build_dir() { if [[ $1 == dev ]]; then echo build; else echo "build-$1"; fi; }

# Configures a preset unless that is done; ninja itself notices changed CMakeLists.txt files.
configure() {
  [[ $(build_dir "$1")/build.ninja -nt CMakePresets.json ]] || cmake --preset "$1"
}
