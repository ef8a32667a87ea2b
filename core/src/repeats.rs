//! Texts that come again, found without comparing each with every other.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

/// Up to so many texts are compared one by one; for more, an index is made first.
pub(crate) const FEW: usize = 16;

/// For each text the place of the first one that is equal to it: its own, if none before it is. Texts are entered one
/// by one: a map that is collected would bring a sort along, which a small program need not have.
pub(crate) fn first_places(texts: &[&str]) -> Vec<usize> {
    let mut known = BTreeMap::new();
    texts.iter().enumerate().map(|(at, text)| *known.entry(*text).or_insert(at)).collect()
}

/// Keeps the first of equal texts.
pub(crate) fn keep_first<T: AsRef<str>>(texts: &mut Vec<T>) {
    if texts.len() < 2 {
        return;
    }
    let firsts = first_places(&texts.iter().map(AsRef::as_ref).collect::<Vec<_>>());
    let mut at = 0;
    texts.retain(|_| {
        at += 1;
        firsts[at - 1] == at - 1
    });
}

#[cfg(test)]
mod tests {
    use super::{first_places, keep_first};
    use alloc::vec::Vec;

    #[test]
    fn the_first_of_equal_texts_is_found_and_kept() {
        assert_eq!(first_places(&["a", "b", "a", "c", "b", "a"]), [0, 1, 0, 3, 1, 0]);
        let mut texts = Vec::from(["a", "b", "a", "c", "b"]);
        keep_first(&mut texts);
        assert_eq!(texts, ["a", "b", "c"]);
    }
}
