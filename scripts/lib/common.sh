# shellcheck shell=bash
# What setup, quickstart, test and install share. Sourced, after `set -euo pipefail`.

called_from=$PWD
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$root" || exit
# shellcheck disable=SC2034  # used by the scripts that source this
cache=${XDG_CACHE_HOME:-$HOME/.cache}/gridbook

say() { printf '%s: %s\n' "$(basename "$0")" "$*" >&2; }
# Something is missing that the user has to mend: one sentence, status 3.
missing() { say "$*"; exit 3; }
have() { command -v "$1" >/dev/null 2>&1; }

# A path that the user gave is meant from where the user stands.
absolute() { case $1 in /*) printf '%s' "$1" ;; *) printf '%s' "$called_from/$1" ;; esac; }

usage() { # the comment at the top of the calling script
  sed -n '2,/^[^#]/{/^#/s/^# \{0,1\}//p}' "$0"
}

# cargo puts the programs into target/ and gives them a run path that is relative to it (.cargo/config.toml);
# another target folder, or flags in the environment, would take that away and the deep models would not start.
cargo_environment() {
  export CARGO_TARGET_DIR=$root/target
  unset CARGO_BUILD_TARGET
  if [ -n "${RUSTFLAGS:-}${CARGO_ENCODED_RUSTFLAGS:-}" ]; then
    say "RUSTFLAGS is left out of this build: it would replace the flags in .cargo/config.toml"
    unset RUSTFLAGS CARGO_ENCODED_RUSTFLAGS
  fi
}
