//! The characters of phone numbers in all scripts: digits, points, brackets and marks.

/// Returns the value of a decimal digit of any script.
pub(super) fn digit(letter: char) -> Option<u32> {
    /// The zeros of Unicode's decimal digits. The other nine digits follow each zero.
    const ZEROS: [u32; 68] = [
        0x30, 0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xde6,
        0xe50, 0xed0, 0xf20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50, 0x1bb0,
        0x1c40, 0x1c50, 0xa620, 0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0xff10, 0x104a0, 0x10d30,
        0x11066, 0x110f0, 0x11136, 0x111d0, 0x112f0, 0x11450, 0x114d0, 0x11650, 0x116c0, 0x11730, 0x118e0,
        0x11950, 0x11c50, 0x11d50, 0x11da0, 0x11f50, 0x16a60, 0x16ac0, 0x16b50, 0x1d7ce, 0x1d7d8, 0x1d7e2,
        0x1d7ec, 0x1d7f6, 0x1e140, 0x1e2f0, 0x1e4f0, 0x1e950, 0x1fbf0,
    ];
    let letter = u32::from(letter);
    let at = ZEROS.partition_point(|zero| *zero <= letter).checked_sub(1)?;
    Some(letter - ZEROS[at]).filter(|value| *value < 10)
}

/// Returns `true` for an invisible character.
pub(super) fn is_invisible(letter: char) -> bool {
    letter.is_control()
        || matches!(letter,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{20e3}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

/// Returns `true` for a decimal mark of any script.
pub(super) fn is_point(letter: char) -> bool {
    matches!(letter,
        '.' | ',' | '\u{b7}' | '\u{60c}' | '\u{66b}' | '\u{66c}' | '\u{2024}' | '\u{2396}' | '\u{3001}'..='\u{3002}'
        | '\u{fe50}'..='\u{fe52}' | '\u{ff0c}' | '\u{ff0e}' | '\u{ff61}' | '\u{ff64}')
}

/// Returns `true` for a bracket, opening or closing.
pub(super) fn is_bracket(letter: char) -> bool {
    matches!(letter,
        '(' | ')' | '[' | ']' | '{' | '}' | '<' | '>' | '\u{ab}' | '\u{bb}' | '\u{f3a}'..='\u{f3d}'
        | '\u{169b}'..='\u{169c}' | '\u{2039}'..='\u{203a}' | '\u{2045}'..='\u{2046}' | '\u{207d}'..='\u{207e}'
        | '\u{208d}'..='\u{208e}' | '\u{2308}'..='\u{230b}' | '\u{2329}'..='\u{232a}'
        | '\u{2768}'..='\u{2775}' | '\u{27c5}'..='\u{27c6}' | '\u{27e6}'..='\u{27ef}'
        | '\u{2983}'..='\u{2998}' | '\u{29d8}'..='\u{29db}' | '\u{29fc}'..='\u{29fd}'
        | '\u{2e22}'..='\u{2e29}' | '\u{2e55}'..='\u{2e5c}' | '\u{3008}'..='\u{3011}'
        | '\u{3014}'..='\u{301b}' | '\u{fd3e}'..='\u{fd3f}' | '\u{fe17}'..='\u{fe18}'
        | '\u{fe35}'..='\u{fe44}' | '\u{fe47}'..='\u{fe48}' | '\u{fe59}'..='\u{fe5e}'
        | '\u{ff08}'..='\u{ff09}' | '\u{ff1c}' | '\u{ff1e}' | '\u{ff3b}' | '\u{ff3d}' | '\u{ff5b}' | '\u{ff5d}'
        | '\u{ff5f}'..='\u{ff60}' | '\u{ff62}'..='\u{ff63}')
}

/// Returns `true` for a common closing bracket.
pub(super) fn is_closing(bracket: char) -> bool {
    matches!(bracket, ')' | ']' | '}' | '\u{ff09}' | '\u{ff3d}')
}

/// The meaning of a character in a phone number.
pub(super) enum Mark {
    Digit(char),
    Plus,
    Nothing,
    Foreign,
}

impl Mark {
    pub(super) fn of(letter: char) -> Self {
        let zero = match letter {
            '0'..='9' => return Self::Digit(letter),
            '\u{0660}'..='\u{0669}' => 0x0660,
            '\u{06f0}'..='\u{06f9}' => 0x06f0,
            '\u{ff10}'..='\u{ff19}' => 0xff10,
            '+' | '\u{ff0b}' => return Self::Plus,
            // Hyphens and dashes, the minus sign, and their small and fullwidth forms.
            '-' | '\u{ad}' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}'
            | '.' | '\u{ff0e}' | '(' | ')' | '\u{ff08}' | '\u{ff09}'
            // Zero-width marks: joiners, direction, isolates, the byte order mark.
            | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{2066}'..='\u{2069}'
            | '\u{feff}' => return Self::Nothing,
            letter if letter.is_whitespace() => return Self::Nothing,
            _ => return Self::Foreign,
        };
        match char::from_digit(u32::from(letter) - zero, 10) {
            Some(digit) => Self::Digit(digit),
            None => Self::Foreign,
        }
    }
}
