#!/bin/sh
# Installs what tests/support/wordpress starts: PHP, MariaDB's server, and WordPress's files as Debian packages them.
# Runs as root; done again, it does nothing. WordPress is unpacked, not installed: its package would bring a web server along.
set -eu

home=${KASNEC_TEST_DEPS:-/usr/local/lib/kasnec-test-deps}
programs="mariadb-server-core php-cli php-mysql php-gd php-curl php-xml php-mbstring ca-certificates"
unpacked="wordpress wordpress-theme-twentytwentythree php-getid3 libjs-underscore libjs-cropper"

missing=""
for package in $programs; do
    dpkg-query -W -f='${db:Status-Abbrev}' "$package" 2>/dev/null | grep -q '^ii' || missing="$missing $package"
done
[ -z "$missing" ] && [ -f "$home/complete" ] && exit 0

if [ "$(id -u)" -ne 0 ]; then
    echo "The tests' WordPress is not complete, and only root can install it: run this script as root." >&2
    exit 1
fi
if ! command -v apt-get >/dev/null; then
    echo "This system has no apt-get: unpack WordPress to $home/usr/share/wordpress, and install php and mariadbd." >&2
    exit 1
fi
apt-get update -qq
if [ -n "$missing" ]; then
    # shellcheck disable=SC2086  # a list of words
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing
fi

rm -rf "$home.new"
mkdir -p "$home.new/packages"
# apt's own user must be able to write here.
chmod 777 "$home.new/packages"
cd "$home.new/packages"
# shellcheck disable=SC2086  # a list of words
apt-get download -qq $unpacked
for package in *.deb; do
    dpkg -x "$package" "$home.new"
done
cd /
rm -rf "$home.new/packages" "$home"
touch "$home.new/complete"
mv "$home.new" "$home"
