#!/bin/sh
# Puts Debian's exim4 on the machine, for the tests of the e-mail channel. Quick when it is there already.
# The package must not start its own service: the tests run a private copy on a free loopback port.
set -eu

[ -x /usr/sbin/exim4 ] && exit 0

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

policy=/usr/sbin/policy-rc.d
ours=no
if [ ! -e "$policy" ]; then
    ours=yes
    printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
    as_root chmod 755 "$policy"
fi
trap '[ "$ours" = no ] || as_root rm -f "$policy"' EXIT

quiet_apt() { as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq "$@" >/dev/null; }
install() { quiet_apt install -y --no-install-recommends exim4-daemon-light; }
install || { quiet_apt update && install; }
