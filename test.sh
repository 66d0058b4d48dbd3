#!/bin/sh
# Every check and test, or parts: ./test.sh [unit|edge|…|check [PIECE…]|long]
set -u
cd "$(dirname "$0")" || exit 1
. tools/setup.sh

PIECES="ruff format mypy imports tsc biome djlint contract migrations openapi coverage"
PIECES="$PIECES faults"

usage() {
  cat <<TEXT
Usage: ./test.sh [PART…]

Installs what the tests need, then runs the parts; without one: all but long.

  unit     rules of domain/ and common, without Django, each module fully covered
  edge     Django, sockets, REST, pages, commands
  postgres what of edge uses the database, on PostgreSQL instead of SQLite
  e2e      real browsers and independent clients against a running server
  realtime what of e2e needs no browser, on uvicorn instead of daphne
  js       the browser's modules under Node
  check    linters, types, contracts; single pieces: ./test.sh check PIECE…
           ($PIECES)
  long     the big counts: fuzzing, sweeps, soak

As root on Debian or Ubuntu missing programs are installed; else it says how.
TEXT
}

# --- what is needed ------------------------------------------------------------

need_chromium() {
  [ -x "${CHROMIUM:-/usr/bin/chromium}" ] && return
  apt_need "The end-to-end tests need Chromium" chromium fonts-noto-color-emoji
}

# Debian's Node may be older than the tests need; then Playwright's own runs them,
# and asks for a library that a bare system has not got.
need_node() {
  command -v npm >/dev/null && command -v node >/dev/null &&
    { node_is_modern || [ -n "$(find /usr/lib -name 'libatomic.so.1' -print -quit)" ]; } &&
    return
  apt_need "The JavaScript checks need Node and npm" nodejs npm libatomic1
}

node_is_modern() {
  node -e 'process.exit(Number(process.versions.node.split(".")[0]) < 20)' 2>/dev/null
}

# Debian starts services that it installs; the tests run their own, on free ports.
need_services() {
  command -v redis-server >/dev/null || apt_need "The tests need Redis" redis-server
  command -v initdb >/dev/null ||
    [ -n "$(find /usr/lib/postgresql -name initdb -print -quit 2>/dev/null)" ] ||
    apt_need "The tests need PostgreSQL" postgresql
}

ensure_node_modules() {
  need_node
  wanted=$(sha256sum <package-lock.json)
  [ "$(cat node_modules/.stamp 2>/dev/null)" = "$wanted" ] && return
  echo "Installing the pinned Node packages into node_modules …"
  # Not `npm ci`: it refuses a lock that was written where a registry mirror carries
  # no builds for other systems. Versions are exact, and the lock's hashes still hold.
  npm install --no-save --silent --no-audit --no-fund ||
    die "Installing the Node packages failed."
  echo "$wanted" >node_modules/.stamp
}

modern_node() {
  if node_is_modern; then
    command -v node
  else
    .venv/bin/python -c 'import pathlib, playwright
print(pathlib.Path(playwright.__file__).parent / "driver" / "node")'
  fi
}

# --- the parts -----------------------------------------------------------------

pytest() {
  .venv/bin/python -m pytest -q "$@"
}

part_unit() {
  COVERAGE_FILE=.coverage.unit pytest -p no:django tests/unit \
    --cov --cov-context=test --cov-report= &&
    COVERAGE_FILE=.coverage.unit .venv/bin/python tools/module_coverage.py tests/unit
}

part_edge() {
  COVERAGE_FILE=.coverage.edge pytest tests/edge \
    --cov --cov-context=test --cov-report= &&
    COVERAGE_FILE=.coverage.edge .venv/bin/python tools/module_coverage.py tests/edge
}

part_postgres() {
  EDGE_DATABASE=postgres pytest tests/edge
}

part_realtime() {
  SERVER=uvicorn pytest -p no:django tests/e2e -m "wire and not long"
}

# What the end-to-end tests stand on first: some of it has an event loop of its own,
# and beside Playwright's there can be none in one process.
part_e2e() {
  pytest -p no:django tests/wire_client tests/support tests/bench &&
    pytest -p no:django tests/e2e
}

part_js() {
  log=$(mktemp)
  # shellcheck disable=SC2046  # a list of files on purpose
  "$(modern_node)" --test \
    --test-reporter=spec --test-reporter-destination="$log" \
    $(find tests/js -name '*.test.js' | sort)
  outcome=$?
  # The counts; before them, what failed and why.
  sed -n '/^✖ failing tests:/,$p' "$log"
  grep -E '^ℹ (tests|pass|fail) ' "$log"
  rm -f "$log"
  return "$outcome"
}

# Properties with a hundred times the examples, then whatever is marked long.
part_long() {
  LONG=1 pytest -p no:django tests/unit -m "" || return
  for folder in tests/edge tests/e2e; do
    grep -rql "mark.long" "$folder" || continue
    case $folder in
      tests/e2e) LONG=1 pytest -p no:django "$folder" -m long || return ;;
      *) LONG=1 pytest "$folder" -m long || return ;;
    esac
  done
}

piece_ruff() { .venv/bin/ruff check --quiet .; }
piece_format() { .venv/bin/ruff format --quiet --check .; }
piece_mypy() { .venv/bin/mypy --no-error-summary; }
piece_imports() { .venv/bin/lint-imports; }
piece_tsc() { node_modules/.bin/tsc -p .; }
piece_biome() { node_modules/.bin/biome ci --colors=off --error-on-warnings; }
piece_djlint() { .venv/bin/djlint --quiet --lint templates; }
piece_coverage() { part_unit; }
piece_contract() { pytest -s -p no:django tests/contract -m "not faults"; }
piece_faults() { pytest -p no:django tests/contract -m faults; }

piece_migrations() {
  with_data_dir .venv/bin/python manage.py makemigrations --check --dry-run
}

piece_openapi() {
  with_data_dir .venv/bin/python tools/openapi.py --check
}

with_data_dir() {
  scratch=$(mktemp -d)
  DATA_DIR=$scratch "$@"
  outcome=$?
  rm -rf "$scratch"
  return "$outcome"
}

# --- running them, timed -----------------------------------------------------------

summary= failed=

timed() {
  name=$1
  shift
  printf '\n=== %s\n' "$name"
  began=$(date +%s)
  if "$@"; then outcome=ok; else outcome=FAILED failed=yes; fi
  summary="$summary$name $outcome $(($(date +%s) - began)) s · "
}

# `check` alone measures coverage too; beside `unit` that has already been done.
run_part() {
  case $1 in
    check)
      for piece in $PIECES; do
        case "$piece $parts" in "coverage "*unit*) continue ;; esac
        timed "$piece" "piece_$piece"
      done
      ;;
    *) timed "$1" "part_$1" ;;
  esac
}

prepare() {
  case " $* " in *" e2e "* | *" long "*) need_chromium ;; esac
  case " $* " in
    *" edge "* | *" postgres "* | *" e2e "* | *" realtime "* | *" long "*) need_services ;;
  esac
  case " $* " in *" js "* | *" check "*) ensure_node_modules ;; esac
  ensure_venv tests requirements.txt requirements-dev.txt
}

began_all=$(date +%s)
if [ "${1:-}" = check ] && [ $# -gt 1 ]; then
  shift
  for piece in "$@"; do
    case " $PIECES " in *" $piece "*) ;; *) usage >&2 && exit 2 ;; esac
  done
  prepare check
  for piece in "$@"; do timed "$piece" "piece_$piece"; done
else
  [ $# -gt 0 ] || set -- check unit js edge postgres e2e realtime
  parts=$*
  for part in "$@"; do
    case $part in
      unit | edge | postgres | e2e | realtime | js | check | long) ;;
      --help | -h) usage && exit ;;
      *) usage >&2 && exit 2 ;;
    esac
  done
  prepare "$@"
  for part in "$@"; do run_part "$part"; done
fi

total=$(($(date +%s) - began_all))
if [ -n "$failed" ]; then
  printf '\n%stotal %s s: FAILED\n' "$summary" "$total"
  exit 1
fi
printf '\n%stotal %s s: all passed\n' "$summary" "$total"
