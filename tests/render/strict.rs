//! Nothing half-said: missing values, broken templates and unescaped values are errors, named with their place.

use kasnec::render::{ActKind, RenderError, Renderer};
use serde_json::json;

use crate::common::{NOTICE, act, channel, content, renderer, say_with, templates, try_say};

fn broken(file: &str, source: &str) -> RenderError {
    match Renderer::new([(file.to_owned(), source.to_owned())]) {
        Ok(_) => panic!("{source} was taken"),
        Err(error) => error,
    }
}

#[test]
fn a_missing_value_names_template_line_and_value() {
    let error = say_with("{{title}}\n\n{{facts.vneue}}\n", "", &act(ActKind::Publish), &["sq"]).unwrap_err();
    let expected = RenderError::MissingValue {
        file: "x/text.hbs".into(),
        line: 3,
        value: "facts.vneue".into(),
    };
    assert_eq!(error, expected);
}

#[test]
fn a_missing_value_inside_a_block_a_helper_or_a_partial_is_found_too() {
    for (template, line, value) in [
        ("{{#if title}}\n{{titel}}\n{{/if}}", 2, "titel"),
        ("a\nb {{upper titel}}", 2, "titel"),
        ("{{t \"agenda-count\" count=nothing}}", 1, "nothing"),
        ("\n\n{{#each nothing}}x{{/each}}", 3, "nothing"),
    ] {
        match say_with(template, "", &act(ActKind::Publish), &["sq"]).unwrap_err() {
            RenderError::MissingValue { line: l, value: v, .. } => assert_eq!((l, v.as_str()), (line, value), "{template}"),
            other => panic!("{template}: {other}"),
        }
    }
    let with_partial = [("x/text.hbs", "a\n{{> p}}"), ("partials/p.hbs", "\n\n{{titel}}")];
    let renderer = Renderer::new(with_partial.map(|(f, s)| (f.to_owned(), s.to_owned()))).unwrap();
    let error = try_say(
        &renderer,
        &channel("template = \"text.hbs\""),
        &content(NOTICE),
        &act(ActKind::Publish),
        &["sq"],
    )
    .unwrap_err();
    assert!(error.to_string().starts_with("templates/partials/p.hbs:3: "), "{error}");
}

#[test]
fn a_fact_the_kind_declares_but_the_item_lacks_is_empty_and_no_error() {
    let post = say_with("[{{facts.until}}]{{#if facts.until}}x{{/if}}", "", &act(ActKind::Publish), &["sq"]).unwrap();
    assert_eq!(post.part("text"), "[]");
}

#[test]
fn html_parts_escape_and_text_parts_do_not_even_through_the_same_partial() {
    let pair = [
        ("partials/p.hbs", "{{title}} {{facts.venue}} {{truncate title 50}} {{{html}}}"),
        ("x/text.hbs", "{{> p}}"),
    ];
    let renderer = Renderer::new(pair.map(|(f, s)| (f.to_owned(), s.to_owned()))).unwrap();
    let hostile = content(
        &NOTICE
            .replace("[sq] Mbledhja", "[sq] <b>&\"'")
            .replace("Salla e Kuvendit të", "<script>"),
    );
    let say = |part: &str| {
        let manifest = channel(&format!("template = \"text.hbs\"\n{part}"));
        let post = try_say(&renderer, &manifest, &hostile, &act(ActKind::Publish), &["sq"]).unwrap();
        post.part("text").to_owned()
    };
    let html = say("format = \"html\"");
    assert!(
        html.starts_with("&lt;b&gt;&amp;&quot;&#39; e 11-të e Kuvendit &lt;script&gt; Komunës &lt;b&gt;&amp;"),
        "{html}"
    );
    assert!(html.contains("<strong>hapur</strong>"), "{html}");
    assert!(say("").starts_with("<b>&\"' e 11-të e Kuvendit <script> Komunës <b>&"));
}

#[test]
fn a_shipped_html_channel_carries_no_markup_out_of_facts() {
    let hostile = content(&NOTICE.replace("Raporti i Kryetarit", "<img src=x onerror=alert(1)>"));
    for (channel, part) in [
        ("site", "body"),
        ("wordpress", "content"),
        ("board", "page"),
        ("email", "html"),
        ("feed", "content"),
    ] {
        let post = try_say(
            &renderer(),
            &crate::common::manifest(channel),
            &hostile,
            &act(ActKind::Publish),
            &["sq"],
        )
        .unwrap();
        assert!(!post.part(part).contains("<img src=x"), "{channel}");
        assert!(post.part(part).contains("&lt;img src=x"), "{channel}");
    }
}

#[test]
fn a_template_that_is_not_handlebars_is_refused_with_its_line() {
    let error = broken("x/text.hbs", "a\nb\n{{#if title}}\n{{/each}}");
    assert!(
        matches!(&error, RenderError::Syntax { file, line, .. } if file == "x/text.hbs" && *line >= 3),
        "{error}"
    );
}

#[test]
fn an_unknown_partial_helper_or_text_is_refused_before_it_is_used() {
    assert!(matches!(broken("x/a.hbs", "\n{{> fatcs}}"), RenderError::UnknownPartial { line: 2, name, .. } if name == "fatcs"));
    assert!(
        matches!(broken("x/a.hbs", "{{#if a}}\n{{uper b}}\n{{/if}}"), RenderError::UnknownHelper { line: 2, name, .. } if name == "uper")
    );
    assert!(matches!(broken("x/a.hbs", "{{#title}}x{{/title}}"), RenderError::UnknownHelper { name, .. } if name == "title"));
    assert!(matches!(broken("x/a.hbs", "{{#if (eqq a 1)}}x{{/if}}"), RenderError::UnknownHelper { name, .. } if name == "eqq"));
    assert!(
        matches!(broken("partials/a.hbs", "\n\n{{t \"raed-all\"}}"), RenderError::UnknownText { line: 3, key, .. } if key == "raed-all")
    );
    assert!(matches!(
        broken("x/a.hbs", "{{#*inline \"b\"}}x{{/inline}}"),
        RenderError::Failed { .. }
    ));
}

#[test]
fn a_kinds_own_template_stands_before_the_general_one() {
    let mut all = templates();
    all.push(("facebook/message.news.hbs".to_owned(), "LAJM: {{title}}".to_owned()));
    let renderer = Renderer::new(all).unwrap();
    let news = content("+++\nkind = \"news\"\nreference = \"L-1\"\n[facts]\n+++\n# [sq] Ura\nTekst.\n");
    let say = |content| {
        try_say(
            &renderer,
            &crate::common::manifest("facebook"),
            content,
            &act(ActKind::Publish),
            &["sq"],
        )
        .unwrap()
    };
    assert_eq!(say(&news).part("message"), "LAJM: Ura");
    assert!(say(&content(NOTICE)).part("message").starts_with("MBLEDHJA E 11-TË E KUVENDIT"));
}

#[test]
fn a_language_nobody_wrote_a_kind_nobody_knows_and_no_language_are_refused() {
    let say = |content: &_, languages: &[&str]| {
        try_say(
            &renderer(),
            &crate::common::manifest("outbox"),
            content,
            &act(ActKind::Publish),
            languages,
        )
    };
    let notice = content(NOTICE);
    assert_eq!(say(&notice, &["tr"]).unwrap_err(), RenderError::NoText { lang: "tr".into() });
    assert_eq!(say(&notice, &[]).unwrap_err(), RenderError::NoLanguage);
    let mut strange = notice.clone();
    strange.kind = "circus".into();
    assert_eq!(
        say(&strange, &["sq"]).unwrap_err(),
        RenderError::UnknownKind { kind: "circus".into() }
    );
}

#[test]
fn a_part_without_a_template_is_named() {
    let empty = Renderer::new([]).unwrap();
    let error = empty.covers(&crate::common::manifest("facebook")).unwrap_err();
    assert!(
        error.to_string().contains("templates/facebook/message.hbs, which does not exist"),
        "{error}"
    );
}

#[test]
fn fill_writes_json_and_addresses_and_never_leaves_a_gap() {
    let data = json!({ "parts": { "text": "Thotë: \"po\"\n& <jo>" }, "id": "a/b ç" });
    let filled = renderer()
        .fill("{\"text\": {{json parts.text}}, \"id\": \"{{urlencode id}}\"}", &data)
        .unwrap();
    assert_eq!(filled, r#"{"text": "Thotë: \"po\"\n& <jo>", "id": "a%2Fb%20%C3%A7"}"#);
    let error = renderer().fill("https://x/{{secrets.token}}", &data).unwrap_err();
    assert!(error.to_string().contains("secrets.token"), "{error}");
    let error = renderer().fill("a\n{{#if a}", &data).unwrap_err();
    assert!(matches!(error, RenderError::Unfilled { line: 2, .. }), "{error}");
}
