//! A mail as Python's own library reads it.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

const SCRIPT: &str = r#"
import email, email.policy, json, sys
mail = email.message_from_bytes(sys.stdin.buffer.read(), policy=email.policy.default)
parts = [[part.get_content_type(), part.get_content()] for part in mail.iter_parts()]
print(json.dumps({"headers": dict(mail.items()), "type": mail.get_content_type(), "parts": parts}))
"#;

/// Its `headers`, its `type` and its `parts`, decoded.
pub fn read(mail: &str) -> Value {
    let mut python = Command::new(python())
        .args(["-c", SCRIPT])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    python.stdin.take().unwrap().write_all(mail.as_bytes()).unwrap();
    let output = python.wait_with_output().unwrap();
    assert!(output.status.success(), "Python cannot read:\n{mail}");
    serde_json::from_slice(&output.stdout).unwrap()
}

fn python() -> PathBuf {
    let installed = || Path::new(env!("CARGO_MANIFEST_DIR")).join("target/venv/bin/python");
    let python = std::env::var_os("KASNEC_PYTHON").map_or_else(installed, PathBuf::from);
    assert!(
        python.exists(),
        "no Python at {}: run `make test-deps`, or set KASNEC_PYTHON",
        python.display()
    );
    python
}
