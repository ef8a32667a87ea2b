//! Tests of PyO3: Python checks the native module of the package.

use std::process::Command;

#[test]
fn every_type_is_a_python_class() {
    let declared = crate::scratch("python").join("declared.json");
    std::fs::write(&declared, hudhud_declaration::json().to_string()).expect("the file can be written");
    let mut python = Command::new("python3");
    python.arg("-B").arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/hosts/check.py"));
    if let Some(text) = crate::run(python.arg(crate::PYTHON.path()).arg(declared)) {
        print!("{text}");
    }
}
