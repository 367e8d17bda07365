//! A table of ways in: what is known to have come past sanitisers, and what of it may be left.

use std::collections::BTreeSet;

use kasnec::item::markup::to_html;

const PROBES: &[&str] = &[
    // Links that do something.
    "[x](javascript:alert(1))",
    "[x](JAVASCRIPT&colon;alert(1))",
    "[x](  javascript:alert(1))",
    "[x](vbscript:msgbox(1))",
    "[x](data:text/html,<script>alert(1)</script>)",
    "[x](data:image/svg+xml;base64,PHN2Zz4=)",
    "[x](blob:https://example.org/1)",
    "[x](intent://scan/#Intent;end)",
    "[x](ms-word:ofe|u|https://example.org/a.doc)",
    "<javascript:alert(1)>",
    "<a href=\"java&#x0A;script:alert(1)\">x</a>",
    "<a href=\"&#106;avascript:alert(1)\">x</a>",
    "<a href=\"\u{1}javascript:alert(1)\">x</a>",
    "<a href=javascript&#58;alert(1)>x</a>",
    "<a href=\"https://example.org\" target=\"_blank\" onclick=alert(1) style=\"position:fixed\">x</a>",
    "<a href=\"https://example.org\" ping=\"https://example.com\" download rel=\"opener\">x</a>",
    // Pictures.
    "![x](javascript:alert(1))",
    "![x](data:image/svg+xml,<svg onload=alert(1)>)",
    "<img src=x onerror=alert(1)>",
    "<img src=\"x\" srcset=\"data:image/png,x 1x\" style=\"x:expression(alert(1))\">",
    "<img src=`x` onerror=alert(1)>",
    "<img/src=x/onerror=alert(1)>",
    "<IMG SRC=x ONERROR=\"alert(1)\"",
    "<picture><source srcset=x onerror=alert(1)><img></picture>",
    // What runs or loads by itself.
    "<script>alert(1)</script>",
    "<SCRIPT SRC=https://example.org/a.js></SCRIPT>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<script\n>alert(1)</script\n>",
    "<iframe src=\"javascript:alert(1)\"></iframe>",
    "<iframe srcdoc=\"<script>alert(1)</script>\"></iframe>",
    "<object data=\"data:text/html,x\"></object><embed src=x><applet code=x>",
    "<video src=x onerror=alert(1)></video><audio autoplay src=x>",
    "<link rel=stylesheet href=https://example.org/a.css><base href=//example.org/><meta http-equiv=refresh content=0>",
    "<body onload=alert(1)><frameset onload=alert(1)>",
    "<details open ontoggle=alert(1)>x</details>",
    "<marquee onstart=alert(1)>x</marquee>",
    "<style>@import 'https://example.org/a.css';</style>",
    "<form action=javascript:alert(1)><button formaction=javascript:alert(1)>x</button><input autofocus onfocus=alert(1)></form>",
    "<template><script>alert(1)</script></template><slot></slot>",
    // Other languages within.
    "<svg><script>alert(1)</script></svg>",
    "<svg><a xlink:href=\"javascript:alert(1)\"><text y=20>x</text></a></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s></svg>",
    "<svg><foreignObject><iframe src=x></foreignObject></svg>",
    "<math><maction actiontype=statusline xlink:href=javascript:alert(1)>x</maction></math>",
    "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
    "<textarea><p title=\"</textarea><img src=x onerror=alert(1)>\">",
    "<title><p title=\"</title><img src=x onerror=alert(1)>\">",
    "<xmp><p title=\"</xmp><img src=x onerror=alert(1)>\">",
    "<!--><img src=x onerror=alert(1)>-->",
    "<![CDATA[><img src=x onerror=alert(1)>]]>",
    "<?php echo 1 ?><?xml-stylesheet href=\"javascript:alert(1)\"?>",
    // Through Markdown's own syntax.
    "[x](https://example.org \"a\" onmouseover=\"alert(1)\")",
    "[x][1]\n\n[1]: javascript:alert(1)",
    "![\"onerror=\"alert(1)](x)",
    "<https://example.org/\" onmouseover=\"alert(1)>",
    "`<script>alert(1)</script>`",
    "| <img src=x onerror=alert(1)> |\n|---|\n| <script>alert(1)</script> |",
    "Kërko <p id=\"location\" name=\"cookie\" class=\"admin\">x</p>",
];

/// What of an attribute may be left, and nothing else.
const ATTRIBUTES: [&str; 9] = ["href", "src", "alt", "title", "rel", "align", "start", "lang", "cite"];

#[test]
fn of_no_probe_anything_is_left_that_acts() {
    for probe in PROBES {
        for text in [
            (*probe).to_owned(),
            format!("Para {probe} pas"),
            format!("Para\n\n{probe}\n\npas"),
            format!("- {probe}\n> {probe}"),
        ] {
            let html = to_html(&text);
            let (tags, attributes) = tags_of(&html);
            for bad in [
                "script", "style", "svg", "math", "iframe", "object", "embed", "form", "input", "template", "link", "meta", "base",
                "title", "video",
            ] {
                assert!(!tags.contains(bad), "{probe:?} left <{bad}> in {html}");
            }
            for (name, value) in attributes {
                assert!(ATTRIBUTES.contains(&name.as_str()), "{probe:?} left {name} in {html}");
                let leads = ["href", "src", "cite"].contains(&name.as_str());
                let acts = value
                    .split_once(':')
                    .is_some_and(|(scheme, _)| !["http", "https", "mailto", "tel"].contains(&scheme));
                assert!(!leads || !acts, "{probe:?} left {name}={value} in {html}");
                assert!(name != "rel" || value == "noopener", "{probe:?} left rel={value}");
            }
        }
    }
}

#[test]
fn ordinary_links_stay() {
    for link in [
        "https://example.org/a?b=c",
        "http://example.org",
        "mailto:a@example.org",
        "tel:+38329000000",
        "/n/1",
        "#fund",
    ] {
        assert!(to_html(&format!("[x]({link})")).contains(&format!("href=\"{link}\"")), "{link}");
    }
}

/// The names of the tags, and every attribute with its value; the sanitiser quotes all of them.
fn tags_of(html: &str) -> (BTreeSet<String>, Vec<(String, String)>) {
    let (mut tags, mut attributes) = (BTreeSet::new(), Vec::new());
    for tag in html.split('<').skip(1).filter_map(|piece| piece.split('>').next()) {
        let (name, rest) = tag
            .trim_start_matches('/')
            .split_once(' ')
            .unwrap_or((tag.trim_start_matches('/'), ""));
        tags.insert(name.to_owned());
        let mut pieces = rest.split('"');
        while let (Some(name), Some(value)) = (pieces.next(), pieces.next()) {
            attributes.push((name.trim().trim_end_matches('=').to_owned(), value.to_owned()));
        }
    }
    (tags, attributes)
}
