//! The paths that a Rust file names, its re-exports, and the names of its items.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Punct, Spacing, TokenStream, TokenTree};
use syn::punctuated::Punctuated;
use syn::{Attribute, Item, Meta, Token, UseTree, Visibility};

/// A path in the code, as its segments from the crate's root.
pub(super) type Segments = Vec<String>;

/// A file of a crate.
#[derive(Default)]
pub(super) struct Source {
    /// The paths that it names.
    pub(super) paths: BTreeSet<Segments>,
    /// The names that it re-exports, and the path of each one.
    pub(super) exports: BTreeMap<String, Segments>,
    /// The names of its items, without modules in other files.
    items: BTreeSet<String>,
}

impl Source {
    /// Reads the items of a file, tests excepted.
    pub(super) fn of(items: &[Item], module: &str) -> Self {
        let mut source = Self { paths: paths_of(items, module), ..Self::default() };
        let place = Place::of(items, module);
        for item in items.iter().filter(|item| !is_test(attributes(item))) {
            match item {
                Item::Use(item) if is_visible(&item.vis) => {
                    source.export(&item.tree, &mut Vec::new(), &place);
                }
                item => source.items.extend(name_of(item)),
            }
        }
        source
    }

    pub(super) fn declares(&self, name: &str) -> bool {
        self.items.contains(name) || self.exports.contains_key(name)
    }

    /// Adds the names of a re-export. `before` is the path before this part of it.
    fn export(&mut self, tree: &UseTree, before: &mut Vec<String>, place: &Place<'_>) {
        let name = match tree {
            UseTree::Path(tree) => {
                before.push(tree.ident.to_string());
                self.export(&tree.tree, before, place);
                before.pop();
                return;
            }
            UseTree::Group(tree) => {
                return tree.items.iter().for_each(|tree| self.export(tree, before, place));
            }
            // A name that a star exports stays a name of this file.
            UseTree::Glob(_) => None,
            UseTree::Name(tree) => Some((tree.ident.to_string(), tree.ident.to_string())),
            UseTree::Rename(tree) => Some((tree.ident.to_string(), tree.rename.to_string())),
        };
        let path = before.iter().cloned().chain(name.iter().map(|(name, _)| name.clone()));
        if let Some(path) = place.resolve(path.collect()) {
            let exported = name.map_or_else(|| format!("{}::*", path.join("::")), |(_, exported)| exported);
            self.exports.insert(exported, path);
        }
    }
}

/// The file whose paths are collected.
struct Place<'a> {
    module: &'a str,
    /// The modules that it declares in other files: their names begin paths too.
    children: BTreeSet<String>,
}

impl<'a> Place<'a> {
    fn of(items: &[Item], module: &'a str) -> Self {
        let children = items.iter().filter_map(|item| match item {
            Item::Mod(item) if item.content.is_none() => Some(item.ident.to_string()),
            _ => None,
        });
        Self { module, children: children.collect() }
    }

    /// Returns a path of a `use` from the crate's root, or nothing if it leads to another crate.
    fn resolve(&self, path: Segments) -> Option<Segments> {
        let mut resolved = match path.first()?.as_str() {
            "crate" => Vec::new(),
            "self" | "super" => self.segments(),
            name if self.children.contains(name) => self.segments(),
            _ => return None,
        };
        for name in path {
            match name.as_str() {
                "crate" | "self" => {}
                "super" => drop(resolved.pop()),
                _ => resolved.push(name),
            }
        }
        (!resolved.is_empty()).then_some(resolved)
    }

    fn segments(&self) -> Segments {
        // `main.rs` and `lib.rs` are the root of their crate.
        self.module.split("::").filter(|name| !["main", "lib"].contains(name)).map(str::to_owned).collect()
    }
}

/// Returns the paths that the items of a file name, tests excepted.
fn paths_of(items: &[Item], module: &str) -> BTreeSet<Segments> {
    let mut paths = BTreeSet::new();
    let place = Place::of(items, module);
    for item in items {
        collect_item(item, &place, &mut paths);
    }
    paths
}

/// Returns the modules in other files that a file declares for tests only.
pub(super) fn tests_of(items: &[Item], module: &str) -> Vec<String> {
    let tests = items.iter().filter_map(|item| match item {
        Item::Mod(item) if item.content.is_none() && is_test(&item.attrs) => Some(item.ident.to_string()),
        _ => None,
    });
    // The modules of the root are named without it.
    let prefix = if matches!(module, "lib" | "main") { String::new() } else { format!("{module}::") };
    tests.map(|name| format!("{prefix}{name}")).collect()
}

/// Collects the paths of an item that is not a test.
fn collect_item(item: &Item, place: &Place<'_>, paths: &mut BTreeSet<Segments>) {
    match item {
        Item::Use(item) if is_visible(&item.vis) => {}
        Item::Mod(item) if is_test(&item.attrs) => {}
        // In a nested module `super` is the file itself.
        Item::Mod(item) => {
            let module = format!("{}::{}", place.module, item.ident);
            paths.extend(item.content.iter().flat_map(|(_, items)| paths_of(items, &module)));
        }
        item => collect(quote::ToTokens::to_token_stream(item), place, None, paths),
    }
}

fn is_visible(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_) | Visibility::Restricted(_))
}

/// Returns the attributes of the items that other files can name.
fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Union(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

/// Returns the name of an item that other files can name. Modules in other files are files themselves.
fn name_of(item: &Item) -> Option<String> {
    let name = match item {
        Item::Const(item) => &item.ident,
        Item::Enum(item) => &item.ident,
        Item::Fn(item) => &item.sig.ident,
        Item::Macro(item) => item.ident.as_ref()?,
        Item::Mod(item) if item.content.is_some() => &item.ident,
        Item::Static(item) => &item.ident,
        Item::Struct(item) => &item.ident,
        Item::Trait(item) => &item.ident,
        Item::Type(item) => &item.ident,
        Item::Union(item) => &item.ident,
        _ => return None,
    };
    Some(name.to_string())
}

/// Returns true for `#[cfg(test)]` and `#[cfg(all(test, …))]`.
fn is_test(attributes: &[Attribute]) -> bool {
    let is_word = |meta: &Meta| meta.path().is_ident("test");
    attributes.iter().filter(|attribute| attribute.path().is_ident("cfg")).any(|attribute| {
        attribute.parse_args::<Meta>().is_ok_and(|meta| match meta {
            Meta::List(all) if all.path.is_ident("all") => all
                .parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated)
                .is_ok_and(|metas| metas.iter().any(is_word)),
            meta => is_word(&meta),
        })
    })
}

/// Collects paths that start with `crate`, `super` or `self`, those inside of macros too. `prefix` is the path before a
/// group of a `use`.
fn collect(
    tokens: TokenStream,
    place: &Place<'_>,
    prefix: Option<&Segments>,
    paths: &mut BTreeSet<Segments>,
) {
    let mut tokens = tokens.into_iter().peekable();
    let mut path: Option<Segments> = prefix.cloned();
    // True after `::`: the next name belongs to the path.
    let mut is_joined = path.is_some();
    let mut colons = 0;
    let mut is_after_dot = false;
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Punct(punct) if punct.as_char() == ':' => {
                colons += 1;
                is_joined = colons == 2;
                if is_joined {
                    colons = 0;
                }
            }
            TokenTree::Ident(name) if is_joined && path.is_some() => {
                let name = name.to_string();
                let path = path.get_or_insert_default();
                if name == "super" {
                    path.pop();
                } else if name != "self" {
                    path.push(name);
                }
                is_joined = false;
                colons = 0;
            }
            TokenTree::Group(group) => {
                let inner = if is_joined { path.take() } else { None };
                finish(&mut path, paths);
                collect(group.stream(), place, inner.as_ref(), paths);
                is_joined = false;
                colons = 0;
            }
            other => {
                finish(&mut path, paths);
                (is_joined, colons) = (false, 0);
                let is_member = std::mem::take(&mut is_after_dot);
                match &other {
                    TokenTree::Punct(punct) if punct.as_char() == '.' => is_after_dot = true,
                    TokenTree::Ident(name) if name == "crate" => path = Some(Vec::new()),
                    TokenTree::Ident(name) if name == "super" || name == "self" => {
                        let mut own = place.segments();
                        if name == "super" {
                            own.pop();
                        }
                        path = is_path(tokens.peek()).then_some(own);
                    }
                    TokenTree::Ident(name) if !is_member && place.children.contains(&name.to_string()) => {
                        let child = place.segments().into_iter().chain([name.to_string()]).collect();
                        path = is_path(tokens.peek()).then_some(child);
                    }
                    TokenTree::Punct(punct) if punct.as_char() == ',' && prefix.is_some() => {
                        path = prefix.cloned();
                        is_joined = true;
                    }
                    _ => {}
                }
            }
        }
    }
    finish(&mut path, paths);
}

/// Returns true for the first half of `::`.
fn is_path(next: Option<&TokenTree>) -> bool {
    let is_joined = |punct: &Punct| punct.as_char() == ':' && punct.spacing() == Spacing::Joint;
    matches!(next, Some(TokenTree::Punct(punct)) if is_joined(punct))
}

fn finish(path: &mut Option<Segments>, paths: &mut BTreeSet<Segments>) {
    if let Some(path) = path.take().filter(|path| !path.is_empty()) {
        paths.insert(path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(code: &str, module: &str) -> Vec<String> {
        let paths = paths_of(&syn::parse_file(code).unwrap().items, module);
        paths.into_iter().map(|path| path.join("::")).collect()
    }

    #[test]
    fn paths_are_found_in_imports_code_and_macros() {
        let code = "use crate::{a::{B, c::D}, e::F}; fn f() { crate::g::h(); super::i::j(); self::k() }
            macro_rules! m { () => { $crate::l::M::new() } } struct S(crate::n::O<crate::p::Q>);";
        let found = paths(code, "x::y");
        let expected = ["a::B", "a::c::D", "e::F", "g::h", "l::M::new", "n::O", "p::Q", "x::i::j", "x::y::k"];
        assert_eq!(found, expected);
    }

    #[test]
    fn a_file_that_declares_a_module_may_name_it_without_a_prefix() {
        let code =
            "mod child; mod inner { fn f() {} } fn f(child: u8) { child::g(); inner::f(); a.child::<u8>() }";
        assert_eq!(paths(code, "x"), ["x::child::g"]);
        assert_eq!(paths(code, "main"), ["child::g"]);
    }

    #[test]
    fn tests_and_re_exports_are_exempt() {
        for condition in ["test", "all(test, unix)"] {
            let code = format!(
                "pub use crate::a::B; #[cfg({condition})] mod tests {{ use crate::c::D; fn f(self_: u8) {{ self.x }} }}"
            );
            assert!(paths(&code, "x").is_empty(), "{condition}");
        }
        assert_eq!(paths("#[cfg(any(test, unix))] mod tests { use crate::c::D; }", "x"), ["c::D"]);
    }
}
