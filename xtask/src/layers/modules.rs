//! The circles of imports between Python modules. An import within a function, or for types alone, counts like any other.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use super::circles::circles;
use super::files::files;

/// The name of the native module, which has no file.
const NATIVE: &str = "_hudhud";

/// The modules of a package, by their names in it, such as `inbox.sqlite`. Its root is the empty name. Each module has the
/// names that it imports from the package.
pub(super) struct Modules(BTreeMap<String, BTreeSet<String>>);

impl Modules {
    pub(super) fn read(folder: &Path) -> Result<Self, String> {
        let read = |path: &Path| {
            let code = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
            let file = path.strip_prefix(folder).unwrap_or(path).with_extension("");
            let parts: Vec<_> = file.iter().map(|part| part.to_string_lossy().into_owned()).collect();
            Ok::<_, String>(module(&parts, &code))
        };
        files(folder, "py")?.iter().map(|path| read(path)).collect::<Result<_, _>>().map(Self)
    }

    /// Returns the sets of modules that import each other.
    pub(super) fn circles(&self) -> Vec<String> {
        circles(self.0.iter().flat_map(|(module, imports)| {
            imports.iter().filter_map(|name| Some((module.as_str(), self.owner(name)?)))
        }))
    }

    /// Returns the module that declares an imported name: the name itself, or the module before its last dot.
    fn owner(&self, name: &str) -> Option<&str> {
        let before = name.rsplit_once('.').map_or("", |(before, _)| before);
        let found = self.0.get_key_value(name).or_else(|| self.0.get_key_value(before));
        found.map(|(module, _)| module.as_str())
    }
}

/// Returns the name of a module and the names that it imports. `parts` are the parts of its path.
fn module(parts: &[String], code: &str) -> (String, BTreeSet<String>) {
    let (last, package) = parts.split_last().expect("a path has a last part");
    let name = if last == "__init__" { package.join(".") } else { parts.join(".") };
    (name, imports(package, code))
}

/// Returns the names that a module of this package imports from the whole package, without those of the native module.
fn imports(package: &[String], code: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (at, _) in code.match_indices("from .") {
        let before = code[..at].rsplit('\n').next().unwrap_or_default();
        let Some((source, rest)) = code[at + "from ".len()..].split_once(" import ") else { continue };
        if !before.trim().is_empty() || source.contains(char::is_whitespace) {
            continue;
        }
        let names = match rest.strip_prefix('(') {
            Some(many) => many.split(')').next(),
            None => rest.lines().next(),
        };
        let path = source.trim_start_matches('.');
        // One dot is the package of the module, and each further one leads to the package around it.
        let up = source.len() - path.len() - 1;
        let mut base: Vec<&str> =
            package[..package.len().saturating_sub(up)].iter().map(String::as_str).collect();
        base.extend(path.split('.').filter(|part| !part.is_empty()));
        for name in names.unwrap_or_default().split(',') {
            let name = name.split_whitespace().next().unwrap_or_default();
            if !name.is_empty() && name != NATIVE && base.first() != Some(&NATIVE) {
                found.insert([base.as_slice(), &[name]].concat().join("."));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn circles(files: &[(&str, &str)]) -> Vec<String> {
        let read = |(path, code): &(&str, &str)| {
            module(&path.split('/').map(str::to_owned).collect::<Vec<_>>(), code)
        };
        Modules(files.iter().map(read).collect()).circles()
    }

    #[test]
    fn circles_through_all_kinds_of_imports_are_found() {
        for code in [
            "from .a import A",
            "from . import a",
            "from .a import (\n    A,\n    B,\n)",
            "if TYPE_CHECKING:\n    from .a import A",
            "def late():\n    from .a import A as B",
        ] {
            assert_eq!(circles(&[("a", "from .b import b"), ("b", code)]), ["a, b"], "{code}");
        }
    }

    #[test]
    fn circles_through_packages_are_found() {
        let files = [
            ("__init__", "from .inbox import Inbox"),
            ("inbox/__init__", "from .sqlite import Store"),
            ("inbox/sqlite", "from .._sqlite import connect"),
            ("_sqlite", "from .inbox.sqlite import Store"),
        ];
        assert_eq!(circles(&files), ["_sqlite, inbox.sqlite"]);
    }

    #[test]
    fn the_native_module_and_examples_are_exempt() {
        let example =
            "\"\"\"Use it: from .a import A.\"\"\"\nfrom . import _hudhud\nfrom ._hudhud import Exchange";
        assert!(
            circles(&[("__init__", "from .a import A"), ("a", "from .b import b"), ("b", example)])
                .is_empty()
        );
    }
}
