<?php
// What a web server's rewrite rules do: files as they are, everything else to WordPress.
$path = rawurldecode(parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH));
$file = strpos($path, '/wp-content/') === 0 ? getenv('KASNEC_TEST_HOME') . $path : getenv('KASNEC_TEST_WORDPRESS') . $path;
if (strpos($path, '..') === false && is_file($file) && !str_ends_with($path, '.php')) {
    header('Content-Type: ' . mime_content_type($file));
    readfile($file);
    return true;
}
$_SERVER['SCRIPT_NAME'] = $_SERVER['PHP_SELF'] = '/index.php';
define('WP_USE_THEMES', true);
require __DIR__ . '/wp-config.php';
wp();
require ABSPATH . WPINC . '/template-loader.php';
