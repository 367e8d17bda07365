# Runs a private MariaDB and a private WordPress until the group they run in is stopped.
# Called with: SITE PORT; the environment names the folder, the address and WordPress's files (see site/wp-config.php).
set -eu
site=$1 port=$2
# Of two uploads at once that make the month's folder, WordPress refuses one.
mkdir -p "$KASNEC_TEST_HOME/database"
for zone in UTC CET-1CEST,M3.5.0,M10.5.0/3; do
    mkdir -p "$KASNEC_TEST_HOME/wp-content/uploads/$(TZ=$zone date +%Y/%m)"
done
ln -s "$KASNEC_TEST_WORDPRESS/wp-content/themes" "$KASNEC_TEST_HOME/wp-content/themes"

# No grant tables, so none have to be made: that, and no fsync, is what makes it start in a moment.
mariadbd --no-defaults --user="$(id -un)" --datadir="$KASNEC_TEST_HOME/database" --socket="$KASNEC_TEST_HOME/database.sock" \
    --pid-file="$KASNEC_TEST_HOME/database.pid" --skip-networking --skip-grant-tables --skip-log-bin --performance-schema=OFF \
    --innodb-log-file-size=8M --innodb-buffer-pool-size=64M --innodb-flush-log-at-trx-commit=0 --innodb-stats-persistent=0 &
while [ ! -S "$KASNEC_TEST_HOME/database.sock" ]; do
    kill -0 $!
    sleep 0.05
done

php "$site/install.php" >"$KASNEC_TEST_HOME/people.part"
mv "$KASNEC_TEST_HOME/people.part" "$KASNEC_TEST_HOME/people.json"
PHP_CLI_SERVER_WORKERS=4 exec php -d opcache.enable_cli=1 -d opcache.revalidate_freq=3600 -d variables_order=EGPCS \
    -d upload_max_filesize=1M -d post_max_size=2M -S "127.0.0.1:$port" "$site/router.php"
