//! Conversion of Kotlin's declared types to and from maps under the vendor's names, which Jackson writes and reads.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anyhow::{Result, ensure};
use hudhud::DeclaredTypes;
use hudhud::schema::Schema;

use crate::parameter::Parameter;

/// The declared structs and enums.
pub(crate) struct Maps {
    structs: BTreeMap<&'static str, &'static Schema>,
    enums: Vec<&'static str>,
}

impl Maps {
    pub(crate) fn of_catalog() -> Self {
        let declared = DeclaredTypes::all();
        Self {
            structs: declared.structs.iter().map(|(schema, _)| (schema.name, *schema)).collect(),
            enums: declared.enums.iter().map(|open| open.name).collect(),
        }
    }

    /// True if the class is a declared struct.
    pub(crate) fn has(&self, class: &str) -> bool {
        self.structs.contains_key(class)
    }

    /// Writes the function `toMap` of a class.
    pub(crate) fn write_to_map(&self, class: &str, parameters: &[Parameter], out: &mut String) -> Result<()> {
        let Some(schema) = self.structs.get(class) else { return Ok(()) };
        ensure!(
            parameters.len() == schema.fields.len() + usize::from(schema.open),
            "{class}: Kotlin has other fields than the schema"
        );
        writeln!(out, "    override fun toMap(): Map<kotlin.String, kotlin.Any?> = JsonFields()")?;
        for (field, parameter) in schema.fields.iter().zip(parameters) {
            writeln!(out, "        .put(\"{}\", `{}`)", field.name, parameter.name)?;
        }
        if schema.open {
            writeln!(out, "        .putAll(`extra`)")?;
        }
        writeln!(out, "        .all()\n")?;
        Ok(())
    }

    /// Writes the function `fromMap` of the companion object of an input's class.
    pub(crate) fn write_from_map(
        &self,
        class: &str,
        parameters: &[Parameter],
        out: &mut String,
    ) -> Result<()> {
        let Some(schema) = self.structs.get(class).filter(|schema| !schema.open) else { return Ok(()) };
        let names: String = schema.fields.iter().map(|field| format!(", \"{}\"", field.name)).collect();
        writeln!(
            out,
            "        /**\n         * Reads the fields under the vendor's names. Jackson reads with it.\n         *\n         \
             * @throws IllegalArgumentException if a member has no field, or a value has another type.\n         */"
        )?;
        writeln!(out, "        @JvmStatic")?;
        writeln!(
            out,
            "        @com.fasterxml.jackson.annotation.JsonCreator(mode = com.fasterxml.jackson.annotation.JsonCreator.Mode.DELEGATING)"
        )?;
        writeln!(out, "        public fun fromMap(members: Map<kotlin.String, *>): {class} =")?;
        writeln!(
            out,
            "            JsonMembers(\"{class}\", members{names}).run {{\n                {class}("
        )?;
        for (field, parameter) in schema.fields.iter().zip(parameters) {
            let ty = parameter.ty.strip_suffix('?').unwrap_or(&parameter.ty);
            let (name, is_optional) = (field.name, parameter.ty.ends_with('?'));
            let value = match ty.strip_prefix("Change<").and_then(|inner| inner.strip_suffix('>')) {
                Some(inner) => format!("change(\"{name}\") {{ {} }}", self.reader(inner, "it")),
                None if is_optional => format!("optional(\"{name}\") {{ {} }}", self.reader(ty, "it")),
                None if parameter.has_default => {
                    let empty = if ty.starts_with("Map") { "emptyMap()" } else { "emptyList()" };
                    format!("optional(\"{name}\") {{ {} }} ?: {empty}", self.reader(ty, "it"))
                }
                None => format!("required(\"{name}\") {{ {} }}", self.reader(ty, "it")),
            };
            writeln!(out, "                    `{}` = {value},", parameter.name)?;
        }
        writeln!(out, "                )\n            }}\n")?;
        Ok(())
    }

    /// Returns the expression that reads a value of a type.
    fn reader(&self, ty: &str, value: &str) -> String {
        match ty {
            "kotlin.String" => format!("text({value})"),
            "kotlin.Long" | "kotlin.Int" => format!("integer({value})"),
            "kotlin.Double" => format!("number({value})"),
            "kotlin.Boolean" => format!("flag({value})"),
            "kotlin.ByteArray" => format!("bytes({value})"),
            "Timestamp" => format!("Timestamp(text({value}))"),
            "JsonValue" => format!("jsonOf({value})"),
            "Map<kotlin.String, JsonValue>" => format!("members({value})"),
            _ if self.enums.contains(&ty) => format!("{ty}.of(text({value}))"),
            _ => match ty.strip_prefix("List<").and_then(|inner| inner.strip_suffix('>')) {
                Some(inner) => format!("list({value}) {{ item -> {} }}", self.reader(inner, "item")),
                None => format!("{ty}.fromMap(map({value}))"),
            },
        }
    }
}
