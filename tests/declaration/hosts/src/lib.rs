//! Every declared type, with all three binding frameworks at once: a module for Python, the metadata of UniFFI, and
//! the TypeScript of tsify. The types are stamped from the catalog; none is named here.
#![cfg(feature = "hosts")]

use hudhud::bindings::pyo3::{Absent, Declared, TheAbsent};
use pyo3::prelude::*;

hudhud::uniffi_reexport_scaffolding!();

/// From the calls to the calls and the models.
macro_rules! with_models {
    ([] $( $vendor:ident { $( $group:ident { $( $verb:ident: $call:ident -> [$answer:ty]; )* } )* } )*) => {
        hudhud::for_each_model!(stamp, $( $( $( $vendor $call )* )* )*);
    };
}

macro_rules! stamp {
    (
        [ $( $vendor:ident $call:ident )* ]
        $( $module:ident { records { $( $record:ident )* } enums { $( $open:ident )* } } )*
    ) => {
        /// Every declared type as a class.
        #[pyo3::pymodule(name = "hudhud")]
        fn classes(module: &Bound<'_, PyModule>) -> PyResult<()> {
            $( module.add_class::<<::hudhud::$vendor::$call as Declared>::Class>()?; )*
            $( $( module.add_class::<<::hudhud::$module::$record as Declared>::Class>()?; )* )*
            module.add_class::<Absent>()?;
            module.add("ABSENT", TheAbsent)?;
            module.add_function(wrap_pyfunction!(declarations, module)?)?;
            module.add_function(wrap_pyfunction!(typescript, module)?)
        }

        /// Every declared type in TypeScript, by its name.
        const TYPESCRIPT: &[(&str, &str)] = &[
            $( (stringify!($call), <::hudhud::$vendor::$call as tsify::Tsify>::DECL), )*
            $( $( (stringify!($record), <::hudhud::$module::$record as tsify::Tsify>::DECL), )* )*
            $( $( (stringify!($open), <::hudhud::$module::$open as tsify::Tsify>::DECL), )* )*
        ];
    };
}

hudhud::for_each_endpoint!(with_models);

/// What was declared, as JSON.
#[pyo3::pyfunction]
fn declarations() -> String {
    hudhud_declaration::json().to_string()
}

/// The TypeScript of every type, as a JSON object.
#[pyo3::pyfunction]
fn typescript() -> String {
    let all: serde_json::Map<String, serde_json::Value> =
        TYPESCRIPT.iter().map(|(name, text)| ((*name).into(), (*text).into())).collect();
    serde_json::Value::Object(all).to_string()
}
