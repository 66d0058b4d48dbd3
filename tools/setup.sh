# Shared by run.sh and test.sh: finds Python, makes .venv, installs pinned packages.
# Sourced, with the repository as working directory. POSIX sh.

die() {
  printf '%s\n' "$*" >&2
  exit 1
}

python_is_enough() {
  "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

python_makes_venvs() {
  "$1" -c 'import ensurepip, venv' 2>/dev/null
}

# apt_need WHY PACKAGE…: installs the packages, or says in one line how to.
apt_need() {
  why=$1
  shift
  if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    die "$why: sudo apt-get install -y --no-install-recommends $*"
  fi
  echo "Installing $* …"
  {
    apt-get update -qq &&
      DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends "$@"
  } >/dev/null || die "$why: apt-get install $* failed"
}

find_python() {
  for candidate in ${PYTHON:-} python3 python3.13 python3.12 python3.11 /usr/bin/python3; do
    command -v "$candidate" >/dev/null || continue
    if python_is_enough "$candidate" && python_makes_venvs "$candidate"; then
      command -v "$candidate"
      return
    fi
  done
}

# ensure_venv STAMP FILE…: .venv holds exactly the pins of the files.
ensure_venv() {
  stamp=.venv/$1.stamp
  shift
  python=$(find_python)
  if [ -z "$python" ]; then
    apt_need "StrangerSpace needs Python 3.11 or newer with venv" python3 python3-venv
    python=$(find_python)
    [ -n "$python" ] || die "StrangerSpace needs Python 3.11 or newer with venv."
  fi
  version=$("$python" -c 'import sys; print(*sys.version_info[:2], sep=".")')
  wanted=$(cat "$@" | sha256sum | cut -d' ' -f1)-$version
  [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ] && return
  if [ "$(.venv/bin/python -c 'import sys; print(*sys.version_info[:2], sep=".")' \
    2>/dev/null)" != "$version" ]; then
    rm -rf .venv
    "$python" -m venv .venv
  fi
  echo "Installing the pinned Python packages into .venv …"
  requirements=
  for file in "$@"; do requirements="$requirements -r $file"; done
  # shellcheck disable=SC2086  # a list of arguments on purpose
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input \
    $requirements || die "Installing the Python packages failed; see above."
  echo "$wanted" >"$stamp"
}
