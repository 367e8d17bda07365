//! Secrets are asked for, never taken from the command line, where others could read them.

use super::exit::Failed;

/// Asks for a secret: without echo on a terminal, else a line of standard input.
pub fn ask(prompt: &str) -> Result<String, Failed> {
    use std::io::{BufRead, IsTerminal};
    let answer = if std::io::stdin().is_terminal() {
        rpassword::prompt_password(prompt)
    } else {
        let mut line = String::new();
        std::io::stdin().lock().read_line(&mut line).map(|_| line)
    };
    answer
        .map(|text| text.trim().to_owned())
        .map_err(|e| Failed::Outside(format!("nothing could be read: {e}")))
}
