//! The frame of the sandbox's own pages, and safe text.

use axum::response::Html;

/// Text that can stand anywhere in HTML.
pub(super) fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}

/// Text with its web addresses and hashtags marked, as a Page shows them.
pub(super) fn rich(text: &str) -> String {
    text.split_inclusive(char::is_whitespace).map(rich_word).collect()
}

fn rich_word(word: &str) -> String {
    let bare = word.trim_end();
    let space = &word[bare.len()..];
    if bare.starts_with("https://") || bare.starts_with("http://") {
        let url = bare.trim_end_matches(['.', ',', ')', ';']);
        let rest = escape(&bare[url.len()..]);
        let url = escape(url);
        return format!("<a href=\"{url}\" rel=\"nofollow\">{url}</a>{rest}{space}");
    }
    if bare.len() > 1 && bare.starts_with('#') {
        return format!("<span class=\"tag\">{}</span>{space}", escape(bare));
    }
    format!("{}{space}", escape(bare))
}

/// A whole page.
pub(super) fn layout(title: &str, body: &str) -> Html<String> {
    Html(format!(
        "<!DOCTYPE html>\n<html lang=\"sq\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n",
        escape(title)
    ))
}

const STYLE: &str = "\
:root{--ink:#1c1e21;--soft:#5f6670;--line:#dcdfe4;--paper:#fff;--ground:#f0f2f5;--accent:#0b57c2;color-scheme:light}\
*{box-sizing:border-box}\
body{margin:0;background:var(--ground);color:var(--ink);font:16px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans',sans-serif}\
a{color:var(--accent)}\
.ribbon{background:#fff4ce;border-bottom:1px solid #e6d28a;padding:.4rem 1rem;text-align:center;font-size:.875rem}\
.ribbon.warn{background:#fde3e0;border-color:#e9aaa3}\
.head{background:var(--paper);border-bottom:1px solid var(--line)}\
.head>div,.wall{max-width:44rem;margin:0 auto;padding:0 1rem}\
.cover{height:11rem;margin:0 -1rem;border-radius:0 0 .75rem .75rem;background:\
radial-gradient(120% 90% at 12% 108%,#0d3b66 0 38%,transparent 38.4%),\
radial-gradient(90% 80% at 58% 116%,#14507f 0 44%,transparent 44.4%),\
radial-gradient(110% 90% at 100% 112%,#0f4573 0 42%,transparent 42.4%),\
linear-gradient(#f7b267,#f4845f 45%,#7c6aa6)}\
.who{display:flex;gap:1rem;align-items:flex-end;padding:0 0 1.25rem}\
.face{flex:none;display:grid;place-items:center;border-radius:50%;background:#0d3b66;color:#fff;font-weight:700}\
.who .face{width:6.5rem;height:6.5rem;margin-top:-2.5rem;font-size:2.1rem;border:4px solid var(--paper)}\
.who h1{margin:.75rem 0 0;font-size:1.55rem;line-height:1.2}\
.who p{margin:.2rem 0 0;color:var(--soft)}\
.wall{padding-top:1rem;padding-bottom:3rem}\
.post{background:var(--paper);border:1px solid var(--line);border-radius:.75rem;margin:0 0 1rem;overflow:hidden}\
.post header{display:flex;gap:.75rem;align-items:center;padding:.9rem 1rem .3rem}\
.post .face{width:2.6rem;height:2.6rem;font-size:.95rem}\
.post header strong{display:block;line-height:1.25}\
.post header a,.post header span{color:var(--soft);font-size:.85rem;text-decoration:none}\
.post header a:hover{text-decoration:underline}\
.text{padding:.35rem 1rem .9rem;white-space:pre-wrap;overflow-wrap:anywhere}\
.tag{color:var(--accent)}\
.photos{display:grid;gap:3px;grid-template-columns:repeat(2,1fr);background:var(--line)}\
.photos.one{grid-template-columns:1fr}\
.photos img,.missing{display:block;width:100%;height:100%;max-height:34rem;aspect-ratio:4/3;object-fit:cover;background:#e8eaee}\
.photos.one img{aspect-ratio:auto;object-fit:contain}\
.photos.one .missing{aspect-ratio:auto;min-height:9rem}\
.missing{display:grid;place-items:center;padding:1rem;text-align:center;color:var(--soft);font-size:.875rem;overflow-wrap:anywhere}\
.card{display:block;border-top:1px solid var(--line);background:#f7f8fa;padding:.8rem 1rem;color:inherit;text-decoration:none;overflow-wrap:anywhere}\
.card small{display:block;color:var(--soft);text-transform:uppercase;letter-spacing:.03em}\
.comments{list-style:none;margin:0;padding:.6rem 1rem .8rem;border-top:1px solid var(--line)}\
.comments li{display:flex;gap:.6rem;margin:.4rem 0}\
.comments .face{width:2rem;height:2rem;font-size:.75rem}\
.bubble{background:var(--ground);border-radius:1rem;padding:.4rem .85rem;white-space:pre-wrap;overflow-wrap:anywhere}\
.bubble strong{display:block;font-size:.85rem}\
.badge{display:inline-block;border-radius:1rem;padding:0 .55rem;background:#e7ebf3;font-size:.8rem}\
details{margin:0 0 1rem}\
summary{cursor:pointer;padding:.7rem 1rem;background:var(--paper);border:1px solid var(--line);border-radius:.75rem;font-weight:600}\
details[open] summary{margin-bottom:1rem}\
.none{padding:2.5rem 1rem;text-align:center;color:var(--soft)}\
.dialog{max-width:27rem;margin:8vh auto;background:var(--paper);border:1px solid var(--line);border-radius:.75rem;padding:1.25rem 1.5rem}\
.dialog h1{margin-top:0;font-size:1.3rem}\
.scopes{list-style:none;padding:0}\
.scopes li{padding:.3rem 0}\
.buttons{display:flex;justify-content:flex-end;gap:.75rem;margin-top:1.25rem}\
button{font:inherit;font-weight:600;border:0;border-radius:.5rem;padding:.55rem 1.2rem;background:var(--accent);color:#fff;cursor:pointer}\
button.quiet{background:#e4e6eb;color:var(--ink)}";
