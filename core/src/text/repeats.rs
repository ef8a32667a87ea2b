//! A search for repeated texts that does not compare each text with every other.

use alloc::vec::Vec;

use crate::text::name_index::NameIndex;

/// The greatest number of texts that are compared one by one. An index is faster for more.
pub(crate) const FEW: usize = 16;

/// Returns, for each text, the position of the first equal one.
pub(crate) fn first_positions(texts: &[&str]) -> Vec<usize> {
    let mut known = NameIndex::new();
    texts.iter().enumerate().map(|(at, text)| *known.position(text).get_or_insert(at)).collect()
}

/// Drops all but the first of equal texts.
pub(crate) fn keep_first<T: AsRef<str>>(texts: &mut Vec<T>) {
    if texts.len() < 2 {
        return;
    }
    let first_positions = first_positions(&texts.iter().map(AsRef::as_ref).collect::<Vec<_>>());
    let mut at = 0;
    texts.retain(|_| {
        at += 1;
        first_positions[at - 1] == at - 1
    });
}

#[cfg(test)]
mod tests {
    use super::{first_positions, keep_first};
    use alloc::vec::Vec;

    #[test]
    fn the_first_of_equal_texts_is_found_and_kept() {
        assert_eq!(first_positions(&["a", "b", "a", "c", "b", "a"]), [0, 1, 0, 3, 1, 0]);
        let mut texts = Vec::from(["a", "b", "a", "c", "b"]);
        keep_first(&mut texts);
        assert_eq!(texts, ["a", "b", "c"]);
    }
}
