#!/bin/sh
# Runs the whole site on this machine: ./run.sh, then open http://localhost:8000
set -eu
caller=$PWD
cd "$(dirname "$0")"
. tools/setup.sh

usage() {
  cat <<'TEXT'
Usage: ./run.sh [options]

Sets up what is missing, then runs the whole site in one process.

  --port PORT      port to listen on (8000)
  --data-dir DIR   where database, keys and collected files lie (./var)
  --reset          delete the data in that folder first
  --lan            serve https on the local network, for phones, with a
                   certificate made here (each device asks once about it)
  --help           this text

Every other setting is an environment variable or a line in .env: see .env.example.
Python 3.11 or newer is needed; as root on Debian or Ubuntu it is installed.
TEXT
}

port=8000 data_dir= reset= lan=
while [ $# -gt 0 ]; do
  case $1 in
    --port) port=${2:?--port needs a number} && shift ;;
    --data-dir) data_dir=${2:?--data-dir needs a folder} && shift ;;
    --reset) reset=yes ;;
    --lan) lan=--lan ;;
    --help | -h) usage && exit ;;
    *) usage >&2 && exit 2 ;;
  esac
  shift
done

case $port in
  '' | *[!0-9]*) die "--port needs a number, not '$port'." ;;
esac
case $data_dir in
  '' | /*) ;;
  *) data_dir=$caller/$data_dir ;;
esac
[ -z "$data_dir" ] || export DATA_DIR="$data_dir"
export DEMO="${DEMO:-true}"

ensure_venv runtime requirements.txt
[ -z "$reset" ] || .venv/bin/python manage.py reset_data --yes
# shellcheck disable=SC2086  # empty or one word
exec .venv/bin/python manage.py up --port "$port" $lan
