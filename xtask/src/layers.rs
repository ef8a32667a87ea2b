//! The check of the layers of core, and of circles of imports between the files of a crate, of the npm package or of the
//! Python package.
//!
//! A unit of core is a file or a folder at the top of `core/src`. It may import units of lower layers only, and re-export
//! them only. Tests are exempt, in their own files too.
//!
//! A re-export (`pub use`) is not an import in the search for circles. An import of a re-exported name leads to the file
//! that declares the name.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use cargo_metadata::Metadata;

use self::circles::circles;
use self::files::files;
use self::modules::Modules;
use self::scripts::Scripts;
use self::source::{Source, tests_of};
use crate::command::root;

mod circles;
mod files;
mod modules;
mod scripts;
mod source;

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

/// Exported macros, which paths name at the root of the crate, and the unit that declares each one.
const MACROS: [(&str, &str); 7] = [
    ("__with_models", "catalog"),
    ("for_each_endpoint", "catalog"),
    ("for_each_event", "zagely"),
    ("for_each_model", "catalog"),
    ("for_each_retry_limit", "exchange"),
    ("for_each_setting", "service"),
    ("for_each_type", "catalog"),
];

/// The folder of the npm package's TypeScript.
const SCRIPTS: &str = "bindings-wasm/js";

/// The folder of the Python package.
const MODULES: &str = "bindings-python/python/hudhud";

/// Fails if a unit of core imports its own layer or a higher one, or if files of a crate, of the npm package or of the
/// Python package import each other in a circle.
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
    faults.extend(circles_of_scripts()?);
    let circles = Modules::read(&root().join(MODULES))?.circles();
    faults.extend(circles.into_iter().map(|modules| format!("{MODULES}: a circle: {modules}")));
    for fault in &faults {
        println!("{fault}");
    }
    println!("{} faults: imports that point upward, and circles", faults.len());
    if faults.is_empty() { Ok(()) } else { Err("the layers are not kept".into()) }
}

/// Fails if files of the npm package import each other in a circle. The generated files are included once they are made.
pub(crate) fn check_scripts() -> Result<(), String> {
    let circles = circles_of_scripts()?;
    if circles.is_empty() { Ok(()) } else { Err(circles.join("\n")) }
}

fn circles_of_scripts() -> Result<Vec<String>, String> {
    let circles = Scripts::read(&root().join(SCRIPTS))?.circles();
    Ok(circles.into_iter().map(|files| format!("{SCRIPTS}: a circle: {files}")).collect())
}

/// The files of a crate, by their modules.
struct Sources(BTreeMap<String, Source>);

impl Sources {
    fn read(folder: &Path) -> Result<Self, String> {
        let mut modules = BTreeMap::new();
        let mut tests = BTreeSet::new();
        for file in files(folder, "rs")? {
            let text =
                std::fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
            let parsed = syn::parse_file(&text).map_err(|error| format!("{}: {error}", file.display()))?;
            let module = module_of(folder, &file);
            tests.extend(tests_of(&parsed.items, &module));
            modules.insert(module.clone(), Source::of(&parsed.items, &module));
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
        for (module, source) in &self.0 {
            let unit = module.split("::").next().unwrap_or_default();
            let Some(own) = layer(unit) else {
                faults.push(format!("{module}: {unit} is in no layer"));
                continue;
            };
            for path in source.paths.iter().chain(source.exports.values()) {
                let first = path[0].as_str();
                let owner = MACROS.iter().find(|(name, _)| *name == first).map(|(_, unit)| *unit);
                // Other names at the root of the crate come from `lib.rs`.
                let target = owner.unwrap_or(if layer(first).is_some() { first } else { "lib" });
                if target != unit && layer(target).is_some_and(|layer| layer >= own) {
                    faults.push(format!("{module} (layer {own}) imports {}", path.join("::")));
                }
            }
        }
        faults
    }

    /// Sets of files that import each other.
    fn circles(&self) -> Vec<String> {
        circles(self.0.iter().flat_map(|(module, source)| {
            source.paths.iter().filter_map(|path| Some((module.as_str(), self.owner(path)?)))
        }))
    }

    /// Returns the file that declares what a path leads to.
    fn owner(&self, path: &[String]) -> Option<&str> {
        let mut path = path.to_vec();
        // A chain of re-exports is at most as long as there are files.
        for _ in 0..=self.0.len() {
            let (module, source, rest) = self.file(&path)?;
            match rest.split_first().and_then(|(name, rest)| Some((source.exports.get(name)?, rest))) {
                Some((target, rest)) => path = [target, rest].concat(),
                None => return Some(module),
            }
        }
        None
    }

    /// Returns the file with the longest name that a path starts with, and the rest of the path. A path that starts with
    /// a name of the crate's root leads to `lib.rs` or `main.rs`.
    fn file<'a>(&self, path: &'a [String]) -> Option<(&str, &Source, &'a [String])> {
        let named = (1..=path.len()).rev().find_map(|count| {
            let (module, source) = self.0.get_key_value(&path[..count].join("::"))?;
            Some((module.as_str(), source, &path[count..]))
        });
        named.or_else(|| {
            let mut roots = ["lib", "main"].into_iter().filter_map(|root| self.0.get_key_value(root));
            let (module, source) = roots.find(|(_, source)| source.declares(&path[0]))?;
            Some((module.as_str(), source, path))
        })
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

#[cfg(test)]
mod tests {
    use super::*;

    fn sources(files: &[(&str, &str)]) -> Sources {
        let read = |(module, code): &(&str, &str)| {
            let items = syn::parse_file(code).unwrap().items;
            ((*module).to_owned(), Source::of(&items, module))
        };
        Sources(files.iter().map(read).collect())
    }

    #[test]
    fn tests_in_their_own_file_are_exempt() {
        let declaring = syn::parse_file("#[cfg(test)] mod tests; mod child;").unwrap();
        let tests = tests_of(&declaring.items, "text::hex");
        let names = ["text::hex", "text::hex::child", "text::hex::tests"];
        let sources = Sources(names.map(|name| (name.into(), Source::default())).into());
        let names: Vec<_> = sources.without(&tests.into_iter().collect()).0.into_keys().collect();
        assert_eq!(names, ["text::hex", "text::hex::child"]);
    }

    #[test]
    fn upward_imports_and_circles_are_faults() {
        let sources = sources(&[
            ("text::hex", "use crate::{error::Error, text::date};"),
            ("text::date", "use super::hex::push;"),
            ("error", "use crate::text::hex::push;"),
            ("stray", ""),
        ]);
        let upward = sources.upward();
        assert_eq!(upward.len(), 2, "{upward:?}");
        assert!(
            upward[0].contains("stray is in no layer") && upward[1].contains("error::Error"),
            "{upward:?}"
        );
        assert_eq!(sources.circles().len(), 1);
    }

    #[test]
    fn re_exports_and_macros_of_higher_layers_are_faults() {
        let upward = sources(&[
            ("text", "pub(crate) use crate::{client::Client, redact as hide, zagely::*};"),
            ("redact", "pub use crate::text::hex; crate::for_each_endpoint!(generate);"),
            ("dynamic", "crate::for_each_endpoint!(generate);"),
            ("catalog", "crate::for_each_endpoint!(generate);"),
            ("lib", "pub use crate::client::Client; pub use text::hex;"),
        ])
        .upward();
        let expected = [
            "redact (layer 1) imports for_each_endpoint",
            "text (layer 0) imports client::Client",
            "text (layer 0) imports redact",
            "text (layer 0) imports zagely",
        ];
        assert_eq!(upward, expected);
    }

    #[test]
    fn circles_through_the_root_are_found() {
        let root = "mod a; mod b; fn helper() { a::run() } mod inner { pub fn f() {} }";
        for (code, expected) in [
            ("fn run() { crate::helper() }", 1),
            ("fn run() { crate::inner::f() }", 1),
            ("fn run() { crate::elsewhere() }", 0),
            ("#[cfg(test)] mod tests { use crate::helper; }", 0),
        ] {
            for main in ["lib", "main"] {
                assert_eq!(
                    sources(&[(main, root), ("a", code), ("b", "")]).circles().len(),
                    expected,
                    "{code}"
                );
            }
        }
    }

    #[test]
    fn imports_of_re_exported_names_lead_to_the_file_that_declares_them() {
        let root = "mod a; pub use a::One; pub use crate::a::two::{Two as Second, self as module};";
        for (code, expected) in [
            ("use crate::One;", "a"),
            ("use crate::a::Again;", "a::two"),
            ("use crate::Second;", "a::two"),
            ("use crate::module::Two;", "a::two"),
        ] {
            let sources = sources(&[
                ("lib", root),
                ("a", "pub(crate) use self::two::Two as Again; use crate::b::run;"),
                ("a::two", "use crate::b::run;"),
                ("b", code),
            ]);
            let circles = sources.circles();
            let [circle] = &circles[..] else { panic!("{code}: {circles:?}") };
            let mut files: Vec<_> = circle.split(", ").collect();
            files.sort_unstable();
            assert_eq!(files, [expected, "b"], "{code}");
        }
    }
}
