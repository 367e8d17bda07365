<?php
// Makes the site and its people, and prints each one's application password as JSON.
define('WP_INSTALLING', true);
$database = new mysqli('localhost', 'root', '', '', 0, getenv('KASNEC_TEST_HOME') . '/database.sock');
$database->query('CREATE DATABASE wordpress CHARACTER SET utf8mb4');
$database->close();
require __DIR__ . '/wp-config.php';
require_once ABSPATH . 'wp-admin/includes/upgrade.php';

wp_install('Komuna e Provës', 'admin', 'admin@example.org', true, '', 'not used');
update_option('permalink_structure', '/%postname%/');
update_option('timezone_string', 'Europe/Belgrade');
flush_rewrite_rules();

$passwords = [];
foreach (['editor', 'author', 'contributor', 'subscriber'] as $role) {
    $user = wp_insert_user([
        'user_login' => $role, 'user_pass' => wp_generate_password(), 'user_email' => "$role@example.org", 'role' => $role,
    ]);
    [$passwords[$role]] = WP_Application_Passwords::create_new_application_password($user, ['name' => 'Kasnec']);
}
echo json_encode($passwords);
