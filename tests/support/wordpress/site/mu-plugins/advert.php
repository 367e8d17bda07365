<?php
// A plug-in of many sites: an advertisement after the first paragraph of every post that a test marks for it.
add_filter('the_content', function ($html) {
    if (!str_contains(get_the_title(), 'reklamë')) {
        return $html;
    }
    return preg_replace('/<\/p>/', '</p><p>Blini sot, paguani nesër!</p>', $html, 1);
}, 99);
