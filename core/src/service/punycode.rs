//! Host labels in punycode (`xn--…`): the labels that every library accepts.
//!
//! Many HTTP libraries decode such a label and check its letters against tables of Unicode: UTS 46 in browsers, Node and
//! `reqwest`, IDNA 2008 in Python. They refuse other labels only when a request is sent. Complete tables are too large
//! for this crate. The rules here use the standard library's classes of letters and refuse blocks with letters that
//! libraries would replace. A few labels in rare scripts still pass although a library refuses them. None of them can
//! become another host, because a host is sent as it is written.

use alloc::vec::Vec;

/// The result of a check of one label.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    /// A label that is written from left to right.
    LeftToRight,
    /// A label in Arabic, Hebrew or a related script.
    RightToLeft,
}

/// Checks the text after `xn--`, in lower case. Returns `None` for a label that some library refuses.
pub(super) fn check(encoded: &str) -> Option<Direction> {
    let label = decode(encoded)?;
    let (first, last) = (*label.first()?, *label.last()?);
    let is_hyphenated = first == '-' || last == '-' || label.get(2..4) == Some(&['-', '-']);
    let is_legal = |letter: &char| letter.is_ascii() || is_letter(*letter);
    if label.iter().all(char::is_ascii) || is_hyphenated || is_mark(first) || !label.iter().all(is_legal) {
        return None;
    }
    if !label.iter().any(|letter| is_right_to_left(*letter)) {
        return Some(Direction::LeftToRight);
    }
    // RFC 5893: such a label begins with a letter of its script and mixes it with no other.
    let is_mixed =
        label.iter().any(|letter| !is_right_to_left(*letter) && !letter.is_ascii_digit() && *letter != '-');
    (is_right_to_left(first) && !is_mixed).then_some(Direction::RightToLeft)
}

/// Returns `true` for a letter, digit or mark beyond ASCII that libraries accept as it is written.
fn is_letter(letter: char) -> bool {
    let is_written = letter.is_alphanumeric() || is_virama_or_tone(letter);
    is_written && !letter.is_uppercase() && !is_replaced(letter)
}

/// Returns `true` for a letter that libraries replace or refuse, although it counts as a letter or a digit.
fn is_replaced(letter: char) -> bool {
    matches!(letter,
        // Raised and lowered letters, fractions, and letters that stand for two.
        '\u{80}'..='\u{df}' | '\u{133}' | '\u{140}' | '\u{149}' | '\u{17f}' | '\u{1c4}'..='\u{1cc}'
        | '\u{1f1}'..='\u{1f3}' | '\u{2b0}'..='\u{2b8}' | '\u{2e0}'..='\u{2e4}' | '\u{587}'
        // Combining marks of Latin, and letters of Greek that are variants of another.
        | '\u{300}'..='\u{37a}' | '\u{3c2}' | '\u{3d0}'..='\u{3d6}' | '\u{3f0}'..='\u{3f5}'
        // Arabic: the stroke that stretches words, digits that must not be mixed, and letters that stand for two.
        | '\u{640}' | '\u{653}'..='\u{669}' | '\u{675}'..='\u{678}' | '\u{6f0}'..='\u{6f9}' | '\u{700}'..='\u{8ff}'
        // Indic, Thai and Lao letters that are written as two, and fractions.
        | '\u{958}'..='\u{95f}' | '\u{9dc}'..='\u{9df}' | '\u{9f4}'..='\u{9f9}' | '\u{a33}' | '\u{a36}'
        | '\u{a59}'..='\u{a5e}' | '\u{b5c}'..='\u{b5d}' | '\u{b72}'..='\u{b77}' | '\u{bf0}'..='\u{bf2}'
        | '\u{c5c}'..='\u{c5d}' | '\u{c78}'..='\u{c7e}' | '\u{cdc}'..='\u{cdd}' | '\u{cf3}' | '\u{d58}'..='\u{d5e}'
        | '\u{d70}'..='\u{d78}' | '\u{e33}' | '\u{eb3}' | '\u{edc}'..='\u{edd}'
        // Tibetan, letters of minorities in Burma, and the parts of Korean syllables.
        | '\u{f00}'..='\u{fff}' | '\u{1050}'..='\u{109f}' | '\u{10fc}'..='\u{11ff}' | '\u{1369}'..='\u{137c}'
        // Historic scripts, phonetic letters, and Greek letters with two accents.
        | '\u{13a0}'..='\u{177f}' | '\u{17a3}'..='\u{17a4}' | '\u{17b4}'..='\u{17b5}' | '\u{17f0}'..='\u{1dff}' | '\u{1e9a}'..='\u{1e9f}' | '\u{1f00}'..='\u{2fff}'
        // Signs of East Asia: numerals, repetitions, parts of syllables, letters in circles.
        | '\u{3021}'..='\u{3040}' | '\u{309f}' | '\u{30ff}' | '\u{3100}'..='\u{33ff}'
        // Minorities' scripts, compatibility forms, and everything beyond the first plane but Chinese.
        | '\u{a490}'..='\u{abff}' | '\u{d7a4}'..='\u{1ffff}' | '\u{2a6e0}'..)
}

/// Returns `true` for a mark that names need and that does not count as a letter: the sign that removes a vowel, and the
/// tones of Thai and Lao.
fn is_virama_or_tone(letter: char) -> bool {
    matches!(letter,
        '\u{94d}' | '\u{9cd}' | '\u{a4d}' | '\u{acd}' | '\u{b4d}' | '\u{bcd}' | '\u{c4d}' | '\u{ccd}' | '\u{d4d}'
        | '\u{dca}' | '\u{e47}'..='\u{e4c}' | '\u{ec8}'..='\u{ecc}' | '\u{1039}'..='\u{103a}' | '\u{17d2}')
}

/// Returns `true` for a mark that belongs to the letter before it, in the scripts that have such marks.
fn is_mark(letter: char) -> bool {
    match letter {
        '\u{591}'..='\u{5c7}'
        | '\u{610}'..='\u{61a}'
        | '\u{64b}'..='\u{65f}'
        | '\u{670}'
        | '\u{6d6}'..='\u{6ed}' => true,
        // The blocks of Indic scripts have the same order.
        '\u{900}'..='\u{dff}' => {
            matches!(letter as u32 & 0x7f, 0..=4 | 0x3a..=0x3c | 0x3e..=0x4f | 0x51..=0x57 | 0x62..=0x63)
                || matches!(letter, '\u{a70}'..='\u{a75}' | '\u{afa}'..='\u{aff}' | '\u{dca}'..='\u{df3}')
        }
        '\u{e31}'
        | '\u{e34}'..='\u{e3a}'
        | '\u{e47}'..='\u{e4e}'
        | '\u{eb1}'
        | '\u{eb4}'..='\u{ebc}'
        | '\u{ec8}'..='\u{ece}'
        | '\u{102b}'..='\u{103e}'
        | '\u{17b4}'..='\u{17d3}' => true,
        _ => false,
    }
}

fn is_right_to_left(letter: char) -> bool {
    matches!(letter, '\u{590}'..='\u{8ff}')
}

/// Decodes a punycode label (RFC 3492, section 6.2). Returns `None` if it is not punycode.
fn decode(encoded: &str) -> Option<Vec<char>> {
    const BASE: usize = 36;
    const T_MIN: usize = 1;
    const T_MAX: usize = 26;
    const SKEW: usize = 38;
    const DAMP: usize = 700;
    let (basic, digits) = match encoded.rsplit_once('-') {
        // A label without ASCII letters has no hyphen before its digits.
        Some(("", _)) => return None,
        Some(parts) => parts,
        None => ("", encoded),
    };
    let mut letters: Vec<char> = basic.chars().collect();
    let (mut code, mut at, mut bias) = (128_usize, 0_usize, 72_usize);
    let mut digits = digits.bytes().peekable();
    while digits.peek().is_some() {
        let (before, mut weight) = (at, 1_usize);
        for step in (BASE..).step_by(BASE) {
            let digit = match digits.next()? {
                letter @ b'a'..=b'z' => usize::from(letter - b'a'),
                digit @ b'0'..=b'9' => usize::from(digit - b'0') + 26,
                _ => return None,
            };
            at = at.checked_add(digit.checked_mul(weight)?)?;
            let threshold = step.saturating_sub(bias).clamp(T_MIN, T_MAX);
            if digit < threshold {
                break;
            }
            weight = weight.checked_mul(BASE - threshold)?;
        }
        let length = letters.len() + 1;
        let mut delta = if before == 0 { (at - before) / DAMP } else { (at - before) / 2 };
        delta += delta / length;
        bias = 0;
        while delta > (BASE - T_MIN) * T_MAX / 2 {
            delta /= BASE - T_MIN;
            bias += BASE;
        }
        bias += (BASE - T_MIN + 1) * delta / (delta + SKEW);
        code = code.checked_add(at / length)?;
        at %= length;
        letters.insert(at, char::from_u32(u32::try_from(code).ok()?)?);
        at += 1;
    }
    Some(letters)
}

#[cfg(test)]
mod tests {
    use alloc::string::String;

    use super::{Direction, check, decode};

    #[test]
    fn punycode_is_decoded_as_in_its_standard() {
        // Samples of RFC 3492, section 7.1, and names that exist.
        for (encoded, label) in [
            ("egbpdaj6bu4bxfgehfvwxn", "ليهمابتكلموشعربي؟"),
            ("ihqwcrb4cv8a8dqg056pqjye", "他们为什么不说中文"),
            ("ihqwctvzc91f659drss3x8bo0yb", "他們爲什麽不說中文"),
            ("wgv71a119e", "日本語"),
            ("wgbh1c", "مصر"),
            ("bcher-kva", "bücher"),
            ("maana-pta", "mañana"),
            ("3B-ww4c5e180e575a65lsy2b", "3年b組金八先生"),
        ] {
            let decoded = decode(&encoded.to_ascii_lowercase()).unwrap();
            assert_eq!(String::from_iter(decoded), label, "{encoded}");
        }
        for broken in ["99999999", "0", "-", "-a", "a_b", "é"] {
            assert_eq!(decode(broken), None, "{broken}");
        }
    }

    #[test]
    fn labels_in_living_scripts_are_accepted() {
        // The word "test" in the languages of the first domains beyond ASCII, and others.
        for encoded in [
            "0zwm56d",
            "11b5bs3a9aj6g",
            "80akhbyknj4f",
            "9t4b11yi5a",
            "g6w251d",
            "hlcj6aya9esc7a",
            "jxalpdlp",
            "zckzah",
            "bcher-kva",
            "fsqu00a",
            "o3cw4h",
            "vermgensberater-ctb",
            "d1acpjx3f",
            "y9a3aq",
        ] {
            assert!(check(encoded) == Some(Direction::LeftToRight), "{encoded}");
        }
        for encoded in ["kgbechtv", "hgbk6aj7f53bba", "deba0ad", "wgbh1c", "4dbrk0ce", "mgberp4a5d4ar"] {
            assert!(check(encoded) == Some(Direction::RightToLeft), "{encoded}");
        }
    }

    #[test]
    fn labels_that_some_library_refuses_are_refused() {
        for (encoded, reason) in [
            ("", "nothing"),
            ("abc-", "ASCII alone"),
            ("ls8h", "an emoji"),
            ("strae-oqa", "ß, which old libraries write as ss"),
            ("dca", "a capital"),
            ("8-5ca", "a raised digit"),
            ("xn---epa", "the look of another encoded label"),
            ("--9fa", "a hyphen at the end"),
            ("72b", "a mark without a letter"),
            ("a-0nc", "Arabic and Latin letters"),
            ("1-0nc", "a digit before an Arabic letter"),
            ("mi7c", "a wide letter"),
            ("e-xbb", "a letter and an accent instead of one letter"),
            ("11b478i", "an invisible joiner"),
            ("jm6c", "a ligature"),
            ("a", "a control character"),
        ] {
            assert!(check(encoded).is_none(), "{encoded}: {reason}");
        }
    }
}
