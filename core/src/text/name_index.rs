//! An index of texts: the position of each text, found in a time that is proportional to the text's length.
//!
//! It is a trie of bytes. Unlike a sorted map its cost does not grow with the number of texts, and unlike a hash table it
//! has no worst case that an input can choose.

use alloc::vec::Vec;

/// The positions of texts.
pub(crate) struct NameIndex {
    /// The first node is the root. As no node leads to the root, its number stands for "no node".
    nodes: Vec<Node>,
}

/// One byte of one or several texts that begin alike.
#[derive(Clone, Default)]
struct Node {
    byte: u8,
    /// The first node for the next byte.
    child: usize,
    /// The next node for the same place of a text.
    sibling: usize,
    /// The position of the text that ends here.
    position: Option<usize>,
}

impl NameIndex {
    pub(crate) fn new() -> Self {
        Self { nodes: Vec::from([Node::default()]) }
    }

    /// Returns the place where the position of a text is kept. It is empty for a new text, and the caller fills it.
    pub(crate) fn position(&mut self, text: &str) -> &mut Option<usize> {
        let mut at = 0;
        for &byte in text.as_bytes() {
            let next = self.next(at, byte);
            at = if next == 0 {
                let new = self.nodes.len();
                let sibling = core::mem::replace(&mut self.nodes[at].child, new);
                self.nodes.push(Node { byte, sibling, ..Node::default() });
                new
            } else {
                next
            };
        }
        &mut self.nodes[at].position
    }

    /// Returns the position of a text, or `None` if it is unknown.
    pub(crate) fn get(&self, text: &str) -> Option<usize> {
        let mut at = 0;
        for &byte in text.as_bytes() {
            at = self.next(at, byte);
            if at == 0 {
                return None;
            }
        }
        self.nodes[at].position
    }

    /// Returns the node that follows another one with this byte, or 0.
    fn next(&self, at: usize, byte: u8) -> usize {
        let mut next = self.nodes[at].child;
        while next != 0 && self.nodes[next].byte != byte {
            next = self.nodes[next].sibling;
        }
        next
    }
}

#[cfg(test)]
mod tests {
    use super::NameIndex;

    #[test]
    fn texts_that_begin_alike_are_kept_apart() {
        let mut index = NameIndex::new();
        let texts = ["", "a", "ab", "abc", "b", "é", "è"];
        for (at, text) in texts.into_iter().enumerate() {
            assert_eq!(*index.position(text), None);
            *index.position(text) = Some(at);
        }
        for (at, text) in texts.into_iter().enumerate() {
            assert_eq!((index.get(text), *index.position(text)), (Some(at), Some(at)), "{text}");
        }
        for unknown in ["c", "ac", "abcd", "\u{c3}"] {
            assert_eq!(index.get(unknown), None, "{unknown}");
        }
    }
}
