//! The catalog in the form that both languages need: vendors, groups, and calls with the types of their answers.

use anyhow::{Result, bail};
use hudhud::ENDPOINTS;
use hudhud::endpoint::EndpointSpec;
use hudhud::schema::Type;

/// Returns the vendors with their groups, in the order of the catalog.
pub(crate) fn vendors() -> Result<Vec<Vendor>> {
    let mut vendors: Vec<Vendor> = Vec::new();
    for spec in ENDPOINTS {
        if vendors.last().is_none_or(|vendor| vendor.name != spec.vendor.name) {
            vendors.push(Vendor { name: spec.vendor.name, groups: Vec::new() });
        }
        let Some(vendor) = vendors.last_mut() else { continue };
        if vendor.groups.last().is_none_or(|group| group.name != spec.group) {
            vendor.groups.push(Group { name: spec.group, calls: Vec::new() });
        }
        if let Some(group) = vendor.groups.last_mut() {
            group.calls.push(Call { spec, output: Output::of(&spec.output)? });
        }
    }
    Ok(vendors)
}

pub(crate) struct Vendor {
    pub(crate) name: &'static str,
    pub(crate) groups: Vec<Group>,
}

pub(crate) struct Group {
    pub(crate) name: &'static str,
    pub(crate) calls: Vec<Call>,
}

impl Group {
    /// Returns the documentation of the group: its calls in one line.
    pub(crate) fn summary(&self) -> String {
        let verbs: Vec<String> =
            self.calls.iter().map(|call| format!("`{}`", lower(&camel(call.spec.verb)))).collect();
        format!("{}: {}.", camel(self.name), verbs.join(", "))
    }
}

pub(crate) struct Call {
    pub(crate) spec: &'static EndpointSpec,
    pub(crate) output: Output,
}

impl Call {
    /// Returns the name of the call's struct.
    pub(crate) fn input(&self) -> &str {
        self.spec.input.name
    }

    /// Returns the name of the call's case in the enum of the vendor's calls.
    pub(crate) fn variant(&self) -> String {
        camel(self.spec.group) + &camel(self.spec.verb)
    }

    /// True if a call without any field can be sent: no field is required, under any condition.
    pub(crate) fn is_optional(&self) -> bool {
        self.spec.input.fields.iter().all(|field| !field.required && field.condition.is_none())
    }

    /// Returns the name of the field if an id in the path is the call's only field.
    pub(crate) fn lone_id(&self) -> Option<String> {
        match self.spec.input.fields {
            [field] if field.path => Some(lower(&camel(field.name))),
            _ => None,
        }
    }
}

/// The output of a call.
pub(crate) struct Output {
    /// The name of its case in the enum of all answers.
    pub(crate) variant: String,
    pub(crate) shape: Shape,
}

/// Returns the cases of the enum of all answers, each with its documentation in one line.
pub(crate) fn answers() -> Result<Vec<(String, String)>> {
    let mut answers: Vec<(String, Vec<String>)> = Vec::new();
    for call in vendors()?.iter().flat_map(|vendor| &vendor.groups).flat_map(|group| &group.calls) {
        let (variant, name) = (&call.output.variant, format!("`{}`", call.spec.name));
        match answers.iter_mut().find(|(known, _)| known == variant) {
            Some((_, names)) => names.push(name),
            None => answers.push((variant.clone(), vec![name])),
        }
    }
    let documented =
        |(variant, names): (String, Vec<String>)| (variant, format!("The answer to {}.", names.join(", ")));
    Ok(answers.into_iter().map(documented).collect())
}

pub(crate) enum Shape {
    /// One value of this type.
    One(&'static str),
    /// A list of values of this type.
    List(&'static str),
    /// Pages of values of this type.
    Pages(&'static str),
}

impl Output {
    /// Returns the type of the output. `list` is the language's form of a list type, such as `[{}]`.
    pub(crate) fn ty(&self, list: &str) -> String {
        match self.shape {
            Shape::One(one) => one.into(),
            Shape::List(item) => list.replace("{}", item),
            Shape::Pages(_) => self.variant.clone(),
        }
    }

    fn of(kind: &'static Type) -> Result<Self> {
        let model = |kind: &'static Type| match kind {
            Type::Model(schema) => Ok(schema.name),
            other => bail!("{other:?} has no type name and cannot be an answer"),
        };
        Ok(match kind {
            Type::Page(item) => {
                let item = model(item)?;
                Self { variant: format!("{item}Page"), shape: Shape::Pages(item) }
            }
            Type::List(item) => {
                let item = model(item)?;
                Self { variant: format!("{item}List"), shape: Shape::List(item) }
            }
            kind => {
                let one = model(kind)?;
                Self { variant: one.into(), shape: Shape::One(one) }
            }
        })
    }
}

/// Converts `contact_groups` to `ContactGroups`.
pub(crate) fn camel(text: &str) -> String {
    let capital = |word: &str| {
        let mut letters = word.chars();
        letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
    };
    text.split('_').map(capital).collect()
}

/// Converts `ContactGroups` to `contact_groups`.
pub(crate) fn snake(text: &str) -> String {
    let mut out = String::new();
    for letter in text.chars() {
        if letter.is_uppercase() && !out.is_empty() {
            out.push('_');
        }
        out.extend(letter.to_lowercase());
    }
    out
}

/// Converts `ContactGroups` to `contactGroups`.
pub(crate) fn lower(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| first.to_lowercase().chain(letters).collect())
}
