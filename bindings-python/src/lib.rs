//! The native part of the Python package `hudhud`: the module `hudhud._hudhud`.
//!
//! Everything that is decided is decided in core; what a Python user meets is in `python/hudhud`. Here values become
//! Python's and Python's become values. Classes and calls are stamped from the catalog; none is named here.
#![cfg(feature = "module")]

mod argument;
mod error;
mod exchange;
mod operation;
mod reply;
mod request;
mod service;
mod text;
mod webhook;
mod wire;

/// From the calls to the calls and the models.
macro_rules! with_models {
    ([] $( $vendor:ident { $( $group:ident { $( $verb:ident: $call:ident -> $answer:tt; )* } )* } )*) => {
        hudhud::for_each_model!(stamp, $( $vendor { $( $( $call )* )* } )*);
    };
}

macro_rules! stamp {
    (
        [ $( $vendor:ident { $( $call:ident )* } )* ]
        $( $module:ident { records { $( $record:ident )* } enums { $( $open:ident )* } } )*
    ) => {
        /// Adds every declared type, and says which of the package's modules it belongs to.
        fn add_classes(module: &Bound<'_, PyModule>) -> PyResult<()> {
            $( $( add::<hudhud::$vendor::$call>(module, stringify!($vendor))?; )* )*
            $( $( add::<hudhud::$module::$record>(module, stringify!($module))?; )* )*
            Ok(())
        }
    };
}

use hudhud::bindings::pyo3::{Absent, Declared, TheAbsent};
use pyo3::exceptions::PyImportError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;

hudhud::for_each_endpoint!(with_models);

/// A class that pickles and shows itself under the module that users import it from.
fn add<T: Declared>(module: &Bound<'_, PyModule>, of: &str) -> PyResult<()> {
    module.add_class::<T::Class>()?;
    let class = module.py().get_type::<T::Class>();
    class.setattr("__module__", ["hudhud.", of].concat())
}

/// Refuses an interpreter that is not the one in which this library was loaded first. Classes and what they hold are kept
/// once for a process: in another interpreter they would be strangers, and no exception of the package could be caught.
fn check_interpreter(py: Python<'_>) -> PyResult<()> {
    // Each interpreter has a module `sys` of its own, and the first one is kept alive by this.
    static FIRST: PyOnceLock<Py<PyModule>> = PyOnceLock::new();
    let sys = py.import("sys")?;
    if FIRST.get_or_init(py, || sys.clone().unbind()).bind(py).is(&sys) {
        return Ok(());
    }
    // In Python's own words, which `hudhud/__init__.py` explains.
    Err(PyImportError::new_err("module hudhud._hudhud does not support loading in subinterpreters"))
}

/// The native part of the package `hudhud`.
#[pymodule]
fn _hudhud(module: &Bound<'_, PyModule>) -> PyResult<()> {
    check_interpreter(module.py())?;
    add_classes(module)?;
    module.add_class::<Absent>()?;
    module.add("ABSENT", TheAbsent)?;
    module.add_class::<hudhud::bindings::pyo3::PageClass>()?;
    module.add_class::<service::Service>()?;
    module.add_class::<service::Retry>()?;
    module.add_class::<operation::Operation>()?;
    module.add_class::<request::Request>()?;
    module.add_class::<exchange::Exchange>()?;
    module.add_class::<exchange::Pages>()?;
    module.add_class::<reply::Reply>()?;
    module.add_class::<reply::Meta>()?;
    module.add_class::<reply::RateLimit>()?;
    module.add_class::<reply::Response>()?;
    module.add_class::<webhook::Verifier>()?;
    module.add_class::<webhook::Event>()?;
    module.add_class::<webhook::Delivery>()?;
    module.add_class::<text::Template>()?;
    module.add_function(wrap_pyfunction!(webhook::sign, module)?)?;
    module.add_function(wrap_pyfunction!(text::parse_phone, module)?)?;
    module.add("OPERATIONS", operation::all(module.py())?)?;
    module.add("EVENT_NAMES", webhook::names(module.py())?)?;
    module.add("__version__", env!("CARGO_PKG_VERSION"))
}
