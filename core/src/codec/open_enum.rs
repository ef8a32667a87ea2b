//! Traits that every open enum implements: reading, writing, and use as the value of a field.

/// Implements these traits for an enum that `#[model]` declared.
macro_rules! implement {
    ($name:ident) => {
        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::core::result::Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl $crate::codec::output::Decode for $name {
            fn decode<'de, D: ::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<::core::option::Option<Self>, D::Error> {
                let text: ::core::option::Option<::alloc::string::String> =
                    $crate::codec::output::Decode::decode(deserializer)?;
                Ok(text.map(Self::from))
            }
        }

        impl $crate::codec::input::Value for $name {
            fn check(
                &self,
                at: &str,
                field: &$crate::schema::Field,
                faults: &mut $crate::codec::field_errors::FieldErrors,
            ) {
                $crate::codec::input::validate::check_text(self.as_str(), at, field, faults);
            }

            fn json(&self, _: &$crate::schema::Field, out: &mut ::alloc::vec::Vec<u8>) {
                $crate::codec::input::json::json(self.as_str(), out);
            }

            fn text(&self, _: &$crate::schema::Field, put: &mut dyn FnMut(&str)) {
                put(self.as_str());
            }
        }

        impl $crate::codec::input::from_json::Read for $name {
            fn read(
                json: $crate::types::json::Json,
                at: &str,
                name: &str,
                faults: &mut $crate::codec::field_errors::FieldErrors,
            ) -> ::core::option::Option<Self> {
                <::alloc::string::String as $crate::codec::input::from_json::Read>::read(
                    json, at, name, faults,
                )
                .map(Self::from)
            }
        }

        $crate::redact::debug_is_safe!($name);
    };
}
pub(crate) use implement;
