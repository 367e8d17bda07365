#!/bin/sh
# Installs Debian's PostgreSQL server for the tests, which start servers of their own: no cluster is made, no service is started.
# Does nothing, quickly, when it is there already.
set -eu

for server in /usr/lib/postgresql/*/bin/postgres; do
    [ -x "$server" ] && exit 0
done

if [ "$(id -u)" -ne 0 ]; then
    echo "PostgreSQL is not installed, and only root can install it: run this script as root, or install the package 'postgresql'." >&2
    exit 1
fi
if ! command -v apt-get >/dev/null; then
    echo "This system has no apt-get: install a PostgreSQL server so that its programs are in /usr/lib/postgresql/VERSION/bin." >&2
    exit 1
fi

clusters=/etc/postgresql-common/createcluster.conf
if [ ! -e "$clusters" ]; then
    mkdir -p "${clusters%/*}"
    echo "create_main_cluster = false" >"$clusters"
fi

# Forbids the packages to start services; a policy that the machine has already stays as it is.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
    trap 'rm -f "$policy"' EXIT
    trap 'exit 1' HUP INT TERM
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
fi

export DEBIAN_FRONTEND=noninteractive
apt-get -q update
apt-get -q -y --no-install-recommends -o Dpkg::Options::=--force-confold install postgresql
