//! The declared types in Python: open enums are text, times are `datetime`, JSON is converted as by Python's own `json`,
//! and a three-valued field is `ABSENT`, `None`, or a value.
//!
//! Calls are classes whose fields are converted in the constructor: see `argument.rs` and `convert.rs`. [`field`]
//! implements outputs: objects that are created directly from JSON, with attributes as fast as those of Python's own
//! classes. `classes.rs` creates the classes from core's list of types. The crate `hudhud-python-macros` writes the parts
//! that differ between classes.

use pyo3::PyClass;

mod argument;
pub(crate) mod classes;
mod convert;
mod dunder;
pub(crate) mod field;
mod interner;
mod json_value;
mod native;
mod output;
mod page;

pub(crate) use argument::{Argument, named};
pub(crate) use convert::{Absent, TheAbsent, read};
pub(crate) use dunder::{Field, Reduced, by_keywords, equal, match_args, reduce, repr, to_dict};
pub(crate) use json_value::json;
pub(crate) use native::{FromPython, Native, ToPython, refuse_bool};
pub(crate) use output::{HasPyOutput, PyOutput, decoder, read_any};
pub(crate) use page::PageClass;

/// A declared struct that has a class in Python.
pub(crate) trait Declared {
    /// The class.
    type Class: PyClass;
}
