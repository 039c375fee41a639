//! Item paths as text: their segments, and how far one is from another.

/// Splits a path at the `::` outside of angle brackets, each segment without needless spaces.
pub(super) fn segments(path: &str) -> Vec<String> {
    let mut segments = Vec::new();
    let mut depth = 0_usize;
    let mut current = String::new();
    let mut rest = path.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '<' => depth += 1,
            '>' => depth = depth.saturating_sub(1),
            ':' if depth == 0 && rest.peek() == Some(&':') => {
                rest.next();
                segments.push(tidy(&current));
                current.clear();
                continue;
            }
            _ => {}
        }
        current.push(c);
    }
    segments.push(tidy(&current));
    segments
}

/// The text with single spaces between words and none elsewhere.
pub(super) fn tidy(text: &str) -> String {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut out = String::new();
    let mut space = false;
    for c in text.trim().chars() {
        if c.is_whitespace() {
            space = true;
            continue;
        }
        let between_words = out.ends_with(|last| is_word(last) || last == '>') && is_word(c);
        if space && between_words {
            out.push(' ');
        }
        out.push(c);
        space = false;
    }
    out
}

/// How many letters the last segments differ in, if that is few enough to be a slip of the hand;
/// segments before the last only break ties.
pub(super) fn distance(asked: &str, path: &str) -> Option<(usize, usize)> {
    let (asked_segments, path_segments) = (segments(asked), segments(path));
    let (asked_last, path_last) = (asked_segments.last()?, path_segments.last()?);
    let last = edits(asked_last, path_last);
    let slip = last <= 1 + asked_last.len() / 4 || path_last.contains(asked_last.as_str());
    slip.then(|| (last, edits(asked, path)))
}

/// The Levenshtein distance.
fn edits(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, to) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(from != *to);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_keep_what_is_in_angle_brackets_together() {
        assert_eq!(
            segments("record::<Record as  fmt::Display>::fmt"),
            ["record", "<Record as fmt::Display>", "fmt"]
        );
        assert_eq!(
            segments("impl Drop  for Writer<'a>"),
            ["impl Drop for Writer<'a>"]
        );
    }

    #[test]
    fn distance_is_small_for_slips_only() {
        assert_eq!(
            distance("apend", "writer::Writer::append").map(|d| d.0),
            Some(1)
        );
        assert_eq!(distance("append", "Writer::recover"), None);
    }
}
