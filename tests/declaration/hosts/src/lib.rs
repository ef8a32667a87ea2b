//! A library with every declared type for two binding frameworks: a Python module, and tsify's TypeScript. Macros generate the list of types from the catalog, so no type is named here.
#![cfg(feature = "hosts")]

use hudhud::bindings::pyo3::{Absent, Declared, TheAbsent};
use pyo3::prelude::*;

macro_rules! generate {
    (
        [ $( $vendor:ident { $( $call:ident )* } )* ]
        $( $module:ident { records { $( $record:ident )* } enums { $( $open:ident )* } } )*
    ) => {
        /// The Python module with a class for every declared type.
        #[pyo3::pymodule(name = "hudhud")]
        fn classes(module: &Bound<'_, PyModule>) -> PyResult<()> {
            $( $( module.add_class::<<::hudhud::$vendor::$call as Declared>::Class>()?; )* )*
            $( $( module.add_class::<<::hudhud::$module::$record as Declared>::Class>()?; )* )*
            module.add_class::<Absent>()?;
            module.add("ABSENT", TheAbsent)?;
            module.add_function(wrap_pyfunction!(declarations, module)?)?;
            module.add_function(wrap_pyfunction!(typescript, module)?)
        }

        /// The TypeScript of every declared type, by name.
        const TYPESCRIPT: &[(&str, &str)] = &[
            $( $( (stringify!($call), <::hudhud::$vendor::$call as tsify::Tsify>::DECL), )* )*
            $( $( (stringify!($record), <::hudhud::$module::$record as tsify::Tsify>::DECL), )* )*
            $( $( (stringify!($open), <::hudhud::$module::$open as tsify::Tsify>::DECL), )* )*
        ];
    };
}

hudhud::for_each_type!(generate);

/// Returns all declarations as JSON.
#[pyo3::pyfunction]
fn declarations() -> String {
    hudhud_declaration::json().to_string()
}

/// Returns the TypeScript of every type as a JSON object.
#[pyo3::pyfunction]
fn typescript() -> String {
    let all: serde_json::Map<String, serde_json::Value> =
        TYPESCRIPT.iter().map(|(name, text)| ((*name).into(), (*text).into())).collect();
    serde_json::Value::Object(all).to_string()
}
