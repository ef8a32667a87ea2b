//! Characters that show nothing.

/// Returns `true` for a character that shows nothing: blanks, controls, and what Unicode calls default ignorable, such
/// as the zero-width space, the byte order mark and the marks of direction. Some letters whose glyph is blank count
/// too.
pub(crate) fn is_invisible(letter: char) -> bool {
    let code = letter as u32;
    letter.is_whitespace()
        || letter.is_control()
        // The last two code points of each plane, and a block in Arabic, are not characters.
        || code & 0xfffe == 0xfffe
        || matches!(letter,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fdd0}'..='\u{fdef}' | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}'
            // The empty pattern of Braille, and a musical note without a head.
            | '\u{2800}' | '\u{1d159}')
}

#[cfg(test)]
mod tests {
    use super::is_invisible;

    #[test]
    fn blanks_of_every_kind_are_invisible() {
        for blank in " \t\r\n\0\u{1b}\u{7f}\u{85}\u{a0}\u{ad}\u{1680}\u{180e}\u{2000}\u{200a}\u{200b}\u{200d}\u{200e}\u{2028}\u{202f}\u{205f}\u{2060}\u{2063}\u{2066}\u{2800}\u{3000}\u{3164}\u{fe0f}\u{feff}\u{ffa0}\u{fffe}\u{e0020}".chars() {
            assert!(is_invisible(blank), "{blank:?}");
        }
    }

    #[test]
    fn letters_digits_and_signs_are_visible() {
        for letter in "aZ0_-.!é\u{301}٠عس\u{64b}हि्ก่漢ー😀\u{fffd}".chars() {
            assert!(!is_invisible(letter), "{letter:?}");
        }
    }
}
