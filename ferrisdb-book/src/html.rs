//! Small pieces of HTML that the directives share.

/// Escapes a text for HTML and keeps mdBook from reading directives in it.
pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace("{{#", "&#123;&#123;#")
}

/// A JSON text that may stand inside `<script>`: no `</script`, no `<!--`, no directive, and no
/// empty line, which would end the HTML block in Markdown.
pub(crate) fn script_json(json: &str) -> String {
    let lines: Vec<&str> = json
        .lines()
        .filter(|line| !line.trim().is_empty())
        .collect();
    lines
        .join("\n")
        .replace('<', "\\u003c")
        .replace("{{#", "\\u007b{#")
        .trim()
        .to_owned()
}

/// A fence longer than any run of backticks in the text.
pub(crate) fn fence(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    "`".repeat((longest + 1).max(3))
}

/// Rust lines that begin with `#` and would be hidden or changed by mdBook get a second `#`.
pub(crate) fn keep_hash_lines(text: &str) -> String {
    let lines: Vec<String> = text
        .lines()
        .map(|line| {
            let trimmed = line.trim_start();
            let indent = &line[..line.len() - trimmed.len()];
            if trimmed == "#" || trimmed.starts_with("# ") || trimmed.starts_with("##") {
                format!("{indent}#{trimmed}")
            } else {
                line.to_owned()
            }
        })
        .collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_escaped() {
        assert_eq!(
            escape("a < b && \"c\""),
            "a &lt; b &amp;&amp; &quot;c&quot;"
        );
        assert!(!escape("{{#include x}}").contains("{{#"));
    }

    #[test]
    fn json_cannot_end_its_script() {
        let json = script_json("{\n\n \"a\": \"</script>\"\n}\n");
        assert_eq!(json, "{\n \"a\": \"\\u003c/script>\"\n}");
    }

    #[test]
    fn a_fence_is_longer_than_what_it_holds() {
        assert_eq!(fence("plain"), "```");
        assert_eq!(fence("a ```` b"), "`````");
    }

    #[test]
    fn lines_that_mdbook_would_hide_are_kept() {
        assert_eq!(
            keep_hash_lines("#[derive(Debug)]\n  # x\n##\n#"),
            "#[derive(Debug)]\n  ## x\n###\n##"
        );
    }
}
