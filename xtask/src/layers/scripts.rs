//! The circles of imports between TypeScript files. An import of a type counts like any other.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use super::circles::circles;
use super::files::files;

/// The words before the quoted name of a file that is imported.
const IMPORTS: [&str; 3] = ["from \"", "import \"", "import(\""];

/// The files of a folder, by their paths in it, such as `host/fetch-web.ts`. Each has the names that it imports.
pub(super) struct Scripts(BTreeMap<String, BTreeSet<String>>);

impl Scripts {
    pub(super) fn read(folder: &Path) -> Result<Self, String> {
        let read = |path: &Path| {
            let code = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
            let name = path.strip_prefix(folder).unwrap_or(path).to_string_lossy().into_owned();
            Ok::<_, String>((name, imports(&code)))
        };
        files(folder, "ts")?.iter().map(|path| read(path)).collect::<Result<_, _>>().map(Self)
    }

    /// Returns the sets of files that import each other.
    pub(super) fn circles(&self) -> Vec<String> {
        circles(self.0.iter().flat_map(|(file, imports)| {
            let targets = imports.iter().flat_map(|import| self.targets(file, import));
            targets.map(|target| (file.as_str(), target))
        }))
    }

    /// Returns the files that an import leads to: none for a package, and all variants of a part that differs between
    /// runtimes, such as `#fetch`.
    fn targets<'a>(&'a self, file: &str, import: &str) -> Vec<&'a str> {
        let is_target: Box<dyn Fn(&str) -> bool> = if let Some(part) = import.strip_prefix('#') {
            let start = format!("host/{part}-");
            Box::new(move |name| name.starts_with(&start))
        } else if let Some(target) = resolved(file, import) {
            Box::new(move |name| name == target)
        } else {
            return Vec::new();
        };
        self.0.keys().map(String::as_str).filter(|name| is_target(name)).collect()
    }
}

/// Returns the names that the code imports or re-exports. Lines of comments are left out, because examples import too.
fn imports(code: &str) -> BTreeSet<String> {
    let is_comment = |line: &&str| ["//", "/*", "*"].iter().any(|start| line.trim_start().starts_with(start));
    let lines = code.lines().filter(|line| !is_comment(line));
    let found = lines.flat_map(|line| {
        IMPORTS.iter().flat_map(|word| line.split(word).skip(1).filter_map(|rest| rest.split('"').next()))
    });
    found.map(str::to_owned).collect()
}

/// Returns the path of the file that a relative import names, or nothing for another import.
fn resolved(file: &str, import: &str) -> Option<String> {
    let import = import.strip_suffix(".js").filter(|import| import.starts_with('.'))?;
    let mut parts: Vec<&str> = file.split('/').collect();
    parts.pop();
    for part in import.split('/') {
        match part {
            "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    Some(format!("{}.ts", parts.join("/")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn circles(files: &[(&str, &str)]) -> Vec<String> {
        Scripts(files.iter().map(|(name, code)| ((*name).into(), imports(code))).collect()).circles()
    }

    #[test]
    fn circles_through_imports_of_types_are_found() {
        for code in [
            "import type { A } from \"./a.js\";",
            "import {\n  type A,\n  B,\n} from \"./a.js\";",
            "export type * from \"./a.js\";",
            "import \"./a.js\";",
            "type A = import(\"./a.js\").A;",
        ] {
            let files = [("a.ts", "import { b } from \"./b.js\";"), ("b.ts", code)];
            assert_eq!(circles(&files), ["a.ts, b.ts"], "{code}");
        }
    }

    #[test]
    fn circles_through_folders_and_parts_of_runtimes_are_found() {
        let files = [
            ("send.ts", "import { sending } from \"#fetch\";"),
            ("host/fetch-node.ts", "import { made } from \"../generated/made.js\";"),
            ("host/fetch-web.ts", "import * as fs from \"node:fs\";"),
            ("generated/made.ts", "import type { Send } from \"../send.js\";"),
        ];
        assert_eq!(circles(&files), ["generated/made.ts, host/fetch-node.ts, send.ts"]);
    }

    #[test]
    fn imports_in_examples_are_exempt() {
        let example = "/**\n * import { a } from \"./a.js\";\n */\n// import \"./a.js\";";
        assert!(circles(&[("a.ts", "import \"./b.js\";"), ("b.ts", example)]).is_empty());
    }
}
