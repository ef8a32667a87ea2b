//! The check of the layers of core, and of circles of imports between the files of a crate.
//!
//! A unit of core is a file or a folder at the top of `core/src`. It may import units of lower layers only. Tests are
//! exempt, in their own files too, and so are re-exports (`pub use`): they say what a module offers, not what it needs.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use cargo_metadata::Metadata;
use petgraph::algo::tarjan_scc;
use petgraph::graphmap::DiGraphMap;
use proc_macro2::{Punct, Spacing, TokenStream, TokenTree};
use syn::{Attribute, Item, Visibility};

/// The package with layers.
const CORE: &str = "hudhud";

/// The layer of each unit of core. A unit imports those with a smaller number.
const LAYERS: [(&str, u8); 22] = [
    ("text", 0),
    ("plantable", 0),
    ("random", 0),
    ("redact", 1),
    ("types", 2),
    ("schema", 3),
    ("http", 3),
    ("template", 3),
    ("codec", 4),
    ("endpoint", 5),
    ("error", 6),
    ("exchange", 8),
    ("limiter", 7),
    ("inbox", 9),
    ("service", 9),
    ("outbox", 10),
    ("zagely", 10),
    ("wazaj", 10),
    ("client", 10),
    ("catalog", 11),
    ("dynamic", 12),
    ("lib", 13),
];

/// Macros that the crate's root exports, and that no unit owns.
const MACROS: [&str; 7] = [
    "__with_models",
    "for_each_endpoint",
    "for_each_event",
    "for_each_model",
    "for_each_retry_limit",
    "for_each_setting",
    "for_each_type",
];

/// Fails if a unit of core imports its own layer or a higher one, or if files of a crate import each other in a circle.
pub(crate) fn check(workspace: &Metadata) -> Result<(), String> {
    let mut faults = Vec::new();
    for package in workspace.workspace_packages() {
        let folder = package.manifest_path.with_file_name("src");
        if !folder.is_dir() {
            continue;
        }
        let sources = Sources::read(folder.as_std_path())?;
        if package.name.as_str() == CORE {
            faults.extend(sources.upward());
        }
        faults.extend(
            sources.circles().into_iter().map(|files| format!("{}: a circle: {files}", package.name)),
        );
    }
    for fault in &faults {
        println!("{fault}");
    }
    println!("{} faults: imports that point upward, and circles", faults.len());
    if faults.is_empty() { Ok(()) } else { Err("the layers are not kept".into()) }
}

/// A path in the code, as its segments from the crate's root.
type Segments = Vec<String>;

/// The files of a crate, by their modules, with the paths that each one names.
struct Sources(BTreeMap<String, BTreeSet<Segments>>);

impl Sources {
    fn read(folder: &Path) -> Result<Self, String> {
        let mut modules = BTreeMap::new();
        let mut tests = BTreeSet::new();
        for file in files(folder)? {
            let text =
                std::fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
            let parsed = syn::parse_file(&text).map_err(|error| format!("{}: {error}", file.display()))?;
            let module = module_of(folder, &file);
            let paths = paths_of(&parsed.items, &module);
            tests.extend(tests_of(&parsed.items, &module));
            modules.insert(module, paths);
        }
        Ok(Self(modules).without(&tests))
    }

    /// Removes modules that hold tests, with the modules in them.
    fn without(mut self, tests: &BTreeSet<String>) -> Self {
        let is_within = |module: &str, tests: &str| {
            module.strip_prefix(tests).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
        };
        self.0.retain(|module, _| !tests.iter().any(|tests| is_within(module, tests)));
        self
    }

    /// Imports of core that do not point to a lower layer.
    fn upward(&self) -> Vec<String> {
        let layer = |unit: &str| LAYERS.iter().find(|(name, _)| *name == unit).map(|(_, layer)| *layer);
        let mut faults = Vec::new();
        for (module, paths) in &self.0 {
            let unit = module.split("::").next().unwrap_or_default();
            let Some(own) = layer(unit) else {
                faults.push(format!("{module}: {unit} is in no layer"));
                continue;
            };
            for path in paths.iter().filter(|path| path[0] != unit && !MACROS.contains(&path[0].as_str())) {
                // Names at the root of the crate come from `lib.rs`.
                let target = if layer(&path[0]).is_some() { path[0].as_str() } else { "lib" };
                if layer(target).is_some_and(|layer| layer >= own) {
                    faults.push(format!("{module} (layer {own}) imports {}", path.join("::")));
                }
            }
        }
        faults
    }

    /// Sets of files that import each other.
    fn circles(&self) -> Vec<String> {
        let mut graph = DiGraphMap::<&str, ()>::new();
        for (module, paths) in &self.0 {
            for path in paths {
                if let Some(target) = self.owner(path).filter(|target| target != module) {
                    graph.add_edge(module, target, ());
                }
            }
        }
        let circles = tarjan_scc(&graph).into_iter().filter(|files| files.len() > 1);
        circles.map(|files| files.join(", ")).collect()
    }

    /// The file that a path leads to: the one with the longest name that the path starts with.
    fn owner(&self, path: &[String]) -> Option<&str> {
        (1..=path.len()).rev().find_map(|count| {
            self.0.get_key_value(&path[..count].join("::")).map(|(module, _)| module.as_str())
        })
    }
}

/// The file whose paths are collected.
struct Place<'a> {
    module: &'a str,
    /// The modules that it declares in other files: their names begin paths too.
    children: BTreeSet<String>,
}

impl Place<'_> {
    fn segments(&self) -> Segments {
        // `main.rs` and `lib.rs` are the root of their crate.
        self.module.split("::").filter(|name| !["main", "lib"].contains(name)).map(str::to_owned).collect()
    }
}

/// Returns the paths that the items of a file name, tests excepted.
fn paths_of(items: &[Item], module: &str) -> BTreeSet<Segments> {
    let mut paths = BTreeSet::new();
    let children = items.iter().filter_map(|item| match item {
        Item::Mod(item) if item.content.is_none() => Some(item.ident.to_string()),
        _ => None,
    });
    let place = Place { module, children: children.collect() };
    for item in items {
        collect_item(item, &place, &mut paths);
    }
    paths
}

/// Returns the modules in other files that a file declares for tests only.
fn tests_of(items: &[Item], module: &str) -> Vec<String> {
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
        Item::Use(item) if matches!(item.vis, Visibility::Public(_) | Visibility::Restricted(_)) => {}
        Item::Mod(item) if is_test(&item.attrs) => {}
        // In a nested module `super` is the file itself.
        Item::Mod(item) => {
            let module = format!("{}::{}", place.module, item.ident);
            paths.extend(item.content.iter().flat_map(|(_, items)| paths_of(items, &module)));
        }
        item => collect(quote::ToTokens::to_token_stream(item), place, None, paths),
    }
}

fn is_test(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && attribute.parse_args::<syn::Path>().is_ok_and(|path| path.is_ident("test"))
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

/// The module of a file: `codec::input` of `codec/input/mod.rs`.
fn module_of(folder: &Path, file: &Path) -> String {
    let name = file.strip_prefix(folder).unwrap_or(file).with_extension("");
    let mut parts: Vec<_> = name.iter().map(|part| part.to_string_lossy().into_owned()).collect();
    if parts.len() > 1 && parts.last().is_some_and(|last| last == "mod") {
        parts.pop();
    }
    parts.join("::")
}

/// All Rust files of a folder.
fn files(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let mut found = Vec::new();
    let entries = std::fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    for entry in entries {
        let path = entry.map_err(|error| error.to_string())?.path();
        if path.is_dir() {
            found.extend(files(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
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
        let code =
            "pub use crate::a::B; #[cfg(test)] mod tests { use crate::c::D; fn f(self_: u8) { self.x } }";
        assert!(paths(code, "x").is_empty());
    }

    #[test]
    fn tests_in_their_own_file_are_exempt() {
        let declaring = syn::parse_file("#[cfg(test)] mod tests; mod child;").unwrap();
        let tests = tests_of(&declaring.items, "text::hex");
        let names = ["text::hex", "text::hex::child", "text::hex::tests"];
        let sources = Sources(names.map(|name| (name.into(), BTreeSet::new())).into());
        let kept: Vec<_> = sources.without(&tests.into_iter().collect()).0.into_keys().collect();
        assert_eq!(kept, ["text::hex", "text::hex::child"]);
    }

    #[test]
    fn upward_imports_and_circles_are_faults() {
        let of = |paths: &[&str]| {
            paths.iter().map(|path| path.split("::").map(str::to_owned).collect()).collect::<BTreeSet<_>>()
        };
        let sources = Sources(BTreeMap::from([
            ("text::hex".into(), of(&["error::Error", "text::date"])),
            ("text::date".into(), of(&["text::hex::push"])),
            ("error".into(), of(&["text::hex::push"])),
            ("stray".into(), of(&[])),
        ]));
        let upward = sources.upward();
        assert_eq!(upward.len(), 2, "{upward:?}");
        assert!(
            upward[0].contains("stray is in no layer") && upward[1].contains("error::Error"),
            "{upward:?}"
        );
        assert_eq!(sources.circles().len(), 1);
    }
}
