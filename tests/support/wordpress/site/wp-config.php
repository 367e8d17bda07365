<?php
// A WordPress whose database, files and address belong to one run of the tests: all three come from the environment.
$home = getenv('KASNEC_TEST_HOME');
define('DB_NAME', 'wordpress');
define('DB_USER', 'root');
define('DB_PASSWORD', '');
define('DB_HOST', 'localhost:' . $home . '/database.sock');
define('DB_CHARSET', 'utf8mb4');
define('DB_COLLATE', '');
foreach (['AUTH', 'SECURE_AUTH', 'LOGGED_IN', 'NONCE'] as $name) {
    define($name . '_KEY', 'test ' . $name);
    define($name . '_SALT', 'test salt ' . $name);
}
define('WP_HOME', getenv('KASNEC_TEST_URL'));
define('WP_SITEURL', getenv('KASNEC_TEST_URL'));
define('WP_CONTENT_DIR', $home . '/wp-content');
define('WP_CONTENT_URL', getenv('KASNEC_TEST_URL') . '/wp-content');
define('WPMU_PLUGIN_DIR', __DIR__ . '/mu-plugins');
// Application passwords over plain http, as on a machine at home.
define('WP_ENVIRONMENT_TYPE', 'local');
// Nothing leaves the machine, nothing happens by itself.
define('WP_HTTP_BLOCK_EXTERNAL', true);
define('AUTOMATIC_UPDATER_DISABLED', true);
define('DISABLE_WP_CRON', true);
$table_prefix = 'wp_';
defined('ABSPATH') || define('ABSPATH', getenv('KASNEC_TEST_WORDPRESS') . '/');
require_once ABSPATH . 'wp-settings.php';
