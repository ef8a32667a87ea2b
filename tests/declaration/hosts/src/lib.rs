//! Every declared type, with all three binding frameworks at once: a module for Python, the metadata of UniFFI, and
//! the TypeScript of tsify. The types are stamped from the catalog; none is named here.
#![cfg(feature = "hosts")]

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
        mod module {
            #[pymodule_export]
            const ABSENT: ::hudhud::hosts::python::TheAbsent = ::hudhud::hosts::python::TheAbsent;
            #[pymodule_export]
            use ::hudhud::hosts::python::Absent;
            $(
                #[pymodule_export]
                use ::hudhud::$vendor::$call;
            )*
            $( $(
                #[pymodule_export]
                use ::hudhud::$module::$record;
            )* )*
            #[pymodule_export]
            use super::{declarations, typescript};
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
