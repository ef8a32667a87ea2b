//! The rows of the catalog as objects. An object creates its call from keywords, and returns the request, the exchange
//! or the pages of the call.

use hudhud::endpoint::{Endpoint, EndpointSpec, Idempotency, Surface};
use hudhud::schema::Type;
use hudhud::{AnyCall, AnyList, AnyPages, IdempotencyKey, Paged, ResponseDecoder};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple, PyType};

use crate::api_response::ApiResponse;
use crate::declared::{Declared, FromPython, HasPyOutput, PyOutput, decoder};
use crate::documentation::{described, example, spelled};
use crate::error::api_error;
use crate::exception::{about_argument, is_pythons};
use crate::exchange::{Exchange, Pages};
use crate::request::{Request, response};
use crate::service::{Service, options};

/// A function that copies a call out of its Python object.
type Convert<T> = fn(&Bound<'_, PyAny>) -> PyResult<Box<T>>;

/// A row of the catalog.
#[pyclass(frozen, module = "hudhud._hudhud")]
pub(crate) struct Operation {
    spec: &'static EndpointSpec,
    class: Py<PyType>,
    decoder: ResponseDecoder<PyOutput>,
    call: Convert<dyn AnyCall>,
    /// The conversion of a call that has pages.
    list: Option<Convert<dyn AnyList + Send + Sync>>,
}

impl Operation {
    /// Returns the row of the catalog.
    pub(crate) fn spec(&self) -> &'static EndpointSpec {
        self.spec
    }

    fn single<E>(py: Python<'_>) -> Self
    where
        E: Endpoint<Output: HasPyOutput> + Declared + FromPython + 'static,
    {
        Self {
            spec: E::SPEC,
            class: py.get_type::<E::Class>().unbind(),
            decoder: const { decoder::<E>() },
            call: |call| Ok(Box::new(E::from_python(call.as_borrowed())?)),
            list: None,
        }
    }

    fn list<E>(py: Python<'_>) -> Self
    where
        E: Endpoint<Output: HasPyOutput> + Paged + Declared + FromPython + Send + Sync + 'static,
    {
        Self { list: Some(|call| Ok(Box::new(E::from_python(call.as_borrowed())?))), ..Self::single::<E>(py) }
    }

    /// Creates the call with these fields. An error for a field of a wrong type names the field.
    fn call<'py>(&self, fields: &Bound<'py, PyDict>) -> PyResult<Bound<'py, PyAny>> {
        let py = fields.py();
        self.class.bind(py).call((), Some(fields)).map_err(|error| self.explained(py, error))
    }

    /// Turns an error of a call's constructor into an error of the call. Its message already names the argument.
    fn explained(&self, py: Python<'_>, error: PyErr) -> PyErr {
        let message = error.value(py).to_string();
        let names_argument = message.starts_with("argument '");
        if !names_argument && !is_pythons(py, &error) {
            // An exception of the package for a fault of the call. It gets the name of this call.
            let _ = error.value(py).setattr("call", self.spec.name);
            return error;
        }
        // `import` is a keyword of Python.
        let call = format!("{}{}", self.spec.name, if self.spec.verb == "import" { "_" } else { "" });
        about_argument::<()>(py, error, |message| {
            if names_argument {
                format!("{call}() {message}")
            } else {
                message.replace(&format!("{}.__new__()", self.spec.input.name), &format!("{call}()"))
            }
        })
    }
}

#[pymethods]
impl Operation {
    /// The vendor: `zagely` or `wazaj`.
    #[getter]
    fn vendor(&self) -> &'static str {
        self.spec.vendor.name
    }

    /// The group: the part of the call's name before the dot.
    #[getter]
    fn group(&self) -> &'static str {
        self.spec.group
    }

    /// The verb: the part of the call's name after the dot.
    #[getter]
    fn verb(&self) -> &'static str {
        self.spec.verb
    }

    /// The documentation of the call, in one paragraph.
    #[getter]
    fn doc(&self) -> String {
        spelled(&self.spec.input.summary())
    }

    /// An example of the call.
    #[getter]
    fn example(&self) -> String {
        example(self.spec)
    }

    /// The fields: name, documentation, and true if the field is required. The fields in the path are first, then the
    /// others in the vendor's order.
    #[getter]
    fn fields(&self) -> Vec<(&'static str, String, bool)> {
        self.spec.input.fields.iter().map(|field| (field.name, described(field), field.required)).collect()
    }

    /// The types of the fields, for programs that read the values from text: for each field the name of its type, true
    /// if `None` clears it, and the values that the vendor documents. The type of a list is `list of ` and the type of
    /// its items.
    #[getter]
    fn field_types(&self) -> Vec<(&'static str, String, bool, Vec<&'static str>)> {
        let fields = self.spec.input.fields.iter();
        fields
            .map(|field| {
                let (kind, is_nullable) = match &field.kind {
                    Type::Nullable(kind) => (*kind, true),
                    kind => (kind, false),
                };
                (field.name, type_name(kind), is_nullable, known_values(kind))
            })
            .collect()
    }

    /// The fields in the path, such as `contact_id`. They can be passed by position.
    #[getter]
    fn ids(&self) -> Vec<&'static str> {
        self.spec.input.fields.iter().filter(|field| field.path).map(|field| field.name).collect()
    }

    /// The fields of the output, or of an item of its pages: name, and the kind of the value, such as `id`.
    #[getter]
    fn output_fields(&self) -> Vec<(&'static str, &'static str)> {
        let (Type::Model(schema) | Type::Page(Type::Model(schema)) | Type::List(Type::Model(schema))) =
            &self.spec.output
        else {
            return Vec::new();
        };
        let kind = |kind: &Type| match kind {
            Type::Id => "id",
            Type::Timestamp => "time",
            Type::List(_) => "list",
            _ => "other",
        };
        schema.fields.iter().map(|field| (field.name, kind(&field.kind))).collect()
    }

    /// The class of the call's fields.
    #[getter]
    fn call_class<'py>(&self, py: Python<'py>) -> Bound<'py, PyType> {
        self.class.bind(py).clone()
    }

    /// True if the output of the call is a page of a list.
    #[getter]
    fn paged(&self) -> bool {
        self.list.is_some()
    }

    /// True if the request of the call has an idempotency key.
    #[getter]
    fn keyed(&self) -> bool {
        self.spec.idempotency == Idempotency::Key
    }

    fn __repr__(&self) -> String {
        format!("Operation({}.{})", self.spec.vendor.name, self.spec.name)
    }

    /// Builds the request of the call with these fields.
    #[pyo3(signature = (service, fields, given = None, entropy = None))]
    fn request(
        slf: &Bound<'_, Self>,
        service: &Service,
        fields: &Bound<'_, PyDict>,
        given: Option<&Bound<'_, PyDict>>,
        entropy: Option<[u8; 16]>,
    ) -> PyResult<Request> {
        let py = slf.py();
        let Self { spec, decoder, call, .. } = *slf.get();
        let call = call(&slf.get().call(fields)?)?;
        let mut options = options(given, Some(spec))?;
        // Wazaj refuses a key.
        if options.idempotency_key.is_none() && spec.surface != Surface::Business {
            options.idempotency_key = entropy.map(IdempotencyKey::from_entropy);
        }
        let request = service.request(spec, &*call, &options)?.map_err(|error| api_error(py, &error))?;
        // The HTTP method decides if a key is sent, and an option may have changed the method.
        let key = options.idempotency_key.filter(|_| request.header("Idempotency-Key").is_some());
        Ok(Request::of(request, decoder, key))
    }

    /// Starts the call as an exchange.
    #[pyo3(signature = (service, fields, given, entropy))]
    fn exchange(
        &self,
        py: Python<'_>,
        service: &Service,
        fields: &Bound<'_, PyDict>,
        given: Option<&Bound<'_, PyDict>>,
        entropy: [u8; 16],
    ) -> PyResult<Exchange> {
        let call = (self.call)(&self.call(fields)?)?;
        let exchange = service.exchange(self.decoder, &*call, options(given, Some(self.spec))?, entropy)?;
        Ok(Exchange::of(exchange.map_err(|error| api_error(py, &error))?))
    }

    /// Decodes a recorded response without the fields of its call.
    fn decode(
        &self,
        py: Python<'_>,
        service: &Service,
        #[pyo3(from_py_with = crate::argument::status)] status: u16,
        headers: &Bound<'_, PyAny>,
        body: &Bound<'_, PyAny>,
    ) -> PyResult<ApiResponse> {
        service.has(self.spec)?;
        let decoded = self.decoder.decode(response(status, headers, body)?, None);
        ApiResponse::of(py, decoded.map_err(|error| api_error(py, &error))?)
    }

    /// Returns the pages of a list. Raises a `TypeError` if the call is not a list.
    #[pyo3(signature = (service, fields, given = None))]
    fn pages(
        &self,
        service: Py<Service>,
        fields: &Bound<'_, PyDict>,
        given: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Pages> {
        let call = self.call(fields)?;
        let list = self.list.ok_or_else(|| {
            PyTypeError::new_err("this call is not a list, so it has no pages: make it without pages()")
        })?;
        Ok(Pages::of(AnyPages::new(list(&call)?, self.decoder), service, options(given, Some(self.spec))?))
    }
}

/// Returns the name of a type.
fn type_name(kind: &Type) -> String {
    let name = match kind {
        Type::Text | Type::Id | Type::Enum(_) => "text",
        Type::Timestamp => "timestamp",
        Type::Date => "date",
        Type::Integer => "integer",
        Type::Number => "number",
        Type::Boolean => "boolean",
        Type::Bytes => "bytes",
        Type::Object | Type::Model(_) => "object",
        Type::List(item) | Type::Page(item) => return format!("list of {}", type_name(item)),
        Type::Nullable(kind) => return type_name(kind),
        // A type that is added later: its values can be any JSON.
        Type::Json | _ => "json",
    };
    name.into()
}

/// Returns the values of an open enum, or of the items of a list.
fn known_values(kind: &Type) -> Vec<&'static str> {
    match kind {
        Type::Enum(names) => names.values.iter().map(|(value, _)| *value).collect(),
        Type::List(item) => known_values(item),
        _ => Vec::new(),
    }
}

/// Creates the operation of a row, by its output.
macro_rules! operation {
    ([Page<$item:ident>] $call:ty, $py:ident) => {
        Operation::list::<$call>($py)
    };
    ($output:tt $call:ty, $py:ident) => {
        Operation::single::<$call>($py)
    };
}

macro_rules! generate {
    ([] $( $vendor:ident { $( $group:ident { $( $verb:ident: $call:ident -> $output:tt; )* } )* } )*) => {
        /// Returns the operations of all calls.
        pub(crate) fn all(py: Python<'_>) -> PyResult<Bound<'_, PyTuple>> {
            PyTuple::new(py, [ $( $( $(
                Py::new(py, operation!($output hudhud::$vendor::$call, py))?,
            )* )* )* ])
        }
    };
}
hudhud::for_each_endpoint!(generate);
