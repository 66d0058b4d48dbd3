#!/bin/sh
# Writes deploy/.env, with fresh secrets: deploy/make_env.sh chat.example.org
set -eu
cd "$(dirname "$0")"

usage() {
  cat <<'TEXT'
Usage: deploy/make_env.sh ADDRESS

Writes deploy/.env for compose.yaml: the name under which the site is reached, and
secrets drawn now. It never overwrites: a new SECRET_KEY signs everybody out, and
without the old FRANKING_MASTER_KEY the reports of the last days cannot be checked.
TEXT
}

case ${1:-} in
  --help | -h) usage && exit ;;
  '' | -* | *[!a-zA-Z0-9.-]*) usage >&2 && exit 2 ;;
esac

# 32 bytes from the kernel, as 64 letters and digits that need no quoting.
draw() {
  head -c 32 /dev/urandom | od -An -tx1 | tr -d ' \n'
}

umask 077
set -C # no redirection overwrites a file
if [ -e .env ] || ! cat >.env <<TEXT
# Written by make_env.sh. Every other setting of .env.example may be added here.
SITE_ADDRESS=$1
SECRET_KEY=$(draw)
FRANKING_MASTER_KEY=$(draw)
POSTGRES_PASSWORD=$(draw)
DEFAULT_FROM_EMAIL=strangerspace@$1
EMAIL_BACKEND=django.core.mail.backends.smtp.EmailBackend
EMAIL_HOST=localhost
EMAIL_PORT=25
TEXT
then
  echo "deploy/.env is there already; move it away first if you really want another." >&2
  exit 1
fi
echo "Wrote deploy/.env. Set EMAIL_HOST to your mail server before you start the site."
