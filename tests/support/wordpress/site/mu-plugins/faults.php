<?php
// Faults of real installations, asked for by a header that the tests' proxy adds.
switch ($_SERVER['HTTP_X_TEST_FAULT'] ?? '') {
    case 'hang':
        // The caller gives up; PHP does not, and writes later.
        ignore_user_abort(true);
        add_filter('rest_pre_insert_post', function ($post) { usleep(2000000); return $post; });
        break;
    case 'crash':
        add_action('rest_after_insert_post', function () { throw new Error('out of luck'); });
        break;
    case 'passwords-off':
        add_filter('wp_is_application_passwords_available', '__return_false');
        break;
    case 'filtered':
        // Editors on a multisite may not write every kind of HTML.
        add_filter('map_meta_cap', fn ($caps, $cap) => $cap === 'unfiltered_html' ? ['do_not_allow'] : $caps, 10, 2);
        break;
}
