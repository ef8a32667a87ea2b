//! The parameters of the constructors that UniFFI writes in Kotlin.

/// A parameter of a class's constructor.
pub(crate) struct Parameter {
    pub(crate) name: String,
    pub(crate) ty: String,
    pub(crate) doc: Vec<String>,
    pub(crate) has_default: bool,
}

impl Parameter {
    /// Reads the parameter from UniFFI's line for it, such as ``val `to`: kotlin.String? = null``.
    pub(crate) fn read(line: &str, doc: Vec<String>) -> Option<Self> {
        let (name, rest) = line.trim_start().strip_prefix("val `")?.split_once("`: ")?;
        let (ty, default) = rest.split_once(" = ").map_or((rest, None), |(ty, default)| (ty, Some(default)));
        Some(Self { name: name.into(), ty: ty.trim().into(), doc, has_default: default.is_some() })
    }
}
