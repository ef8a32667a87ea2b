//! The crates whose code is in a wasm module, by the names of its functions.
//!
//! `cargo tree` does not list the crates that are compiled into Rust's standard library. The linker drops most of them. The
//! names of the functions show which remain.

use std::collections::BTreeSet;

/// Returns the names of the crates that define functions of a module.
pub(super) fn crates_in(module: &[u8]) -> Result<BTreeSet<String>, String> {
    let names = function_names(module).ok_or("not a wasm module with the names of its functions")?;
    Ok(names.iter().flat_map(|name| crates_of(name)).collect())
}

/// Returns the names in the section `name` of a module, or nothing if there is none.
fn function_names(module: &[u8]) -> Option<Vec<&str>> {
    let mut sections = Reader(module.strip_prefix(b"\0asm\x01\0\0\0")?);
    while let Some(kind) = sections.byte() {
        let mut section = Reader(sections.part()?);
        if kind == 0 && section.part()? == b"name" {
            while let Some(kind) = section.byte() {
                let mut names = Reader(section.part()?);
                if kind == 1 {
                    let count = names.number()?;
                    return (0..count)
                        .map(|_| names.number().and_then(|_| str::from_utf8(names.part()?).ok()))
                        .collect();
                }
            }
        }
    }
    None
}

/// The rest of a module, from which numbers and parts are read.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn byte(&mut self) -> Option<u8> {
        let (byte, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*byte)
    }

    /// Reads a number in LEB128.
    fn number(&mut self) -> Option<usize> {
        let (mut number, mut shift) = (0, 0);
        loop {
            let byte = self.byte()?;
            number |= usize::from(byte & 127).checked_shl(shift)?;
            shift += 7;
            if byte < 128 {
                return Some(number);
            }
        }
    }

    /// Reads bytes that follow their number.
    fn part(&mut self) -> Option<&'a [u8]> {
        let length = self.number()?;
        let (part, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(part)
    }
}

/// Returns the crates in a symbol of Rust's mangling v0. A crate is written `Cs`, a disambiguator up to `_`, and its name
/// after the length of the name.
fn crates_of(symbol: &str) -> Vec<String> {
    let Some(symbol) = symbol.strip_prefix("_R") else { return Vec::new() };
    let mut found = Vec::new();
    for (at, _) in symbol.match_indices("Cs") {
        let Some((disambiguator, rest)) = symbol[at + 2..].split_once('_') else { continue };
        let digits = rest.len() - rest.trim_start_matches(|letter: char| letter.is_ascii_digit()).len();
        let Ok(length) = rest[..digits].parse::<usize>() else { continue };
        // A name that begins with a digit or `_` is separated by `_`.
        let name = rest[digits..].strip_prefix('_').unwrap_or(&rest[digits..]);
        let Some((name, rest)) = name.split_at_checked(length) else { continue };
        // The crate at the end is not that of the function: it caused the compiler to generate the function.
        if disambiguator.chars().all(|letter| letter.is_ascii_alphanumeric()) && !rest.is_empty() {
            found.push(name.to_owned());
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const SYMBOL: &str = "_RINvMNtCsbl9znQQFZpD_4core3stre11starts_withcECsb9QIGHNJ0cE_14rustc_demangle";

    /// Returns a module with one section `name`.
    fn module(name: &str) -> Vec<u8> {
        let part = |bytes: &[u8]| [&[u8::try_from(bytes.len()).unwrap()], bytes].concat();
        let names = [&[1, 0][..], &part(name.as_bytes())].concat();
        let section = [part(b"name"), vec![1], part(&names)].concat();
        [b"\0asm\x01\0\0\0\0", &part(&section)[..]].concat()
    }

    #[test]
    fn the_crate_of_a_function_is_found_and_the_crate_that_caused_it_is_not() {
        assert_eq!(crates_in(&module(SYMBOL)).unwrap(), BTreeSet::from(["core".to_owned()]));
        let of_two = "_RNvXNtCsa_9hashbrown3mapNtCsb_3std2io";
        assert_eq!(crates_in(&module(of_two)).unwrap(), BTreeSet::from(["hashbrown".into(), "std".into()]));
        assert!(crates_in(&module("exchange_step")).unwrap().is_empty());
    }

    #[test]
    fn a_module_without_names_is_an_error() {
        for wrong in [&b""[..], b"\0asm\x01\0\0\0", &module(SYMBOL)[..20]] {
            assert!(crates_in(wrong).is_err());
        }
    }
}
