//! Core's types for which UniFFI has no form: times are text, and a three-valued field is an optional list of at most one
//! item.

use hudhud::webhook::EventName;
use hudhud::zagely::{Channel, GroupFilters, TargetType, TriggerType};
use hudhud::{Bytes, Json, Nullable, Object, Timestamp};

uniffi::custom_type!(
    /// A date and time, as RFC 3339 text.
    Timestamp, String, {
        remote,
        lower: |time| time.as_str().to_owned(),
        try_lift: |text| Ok(Timestamp::from(text)),
    }
);
uniffi::custom_type!(
    /// The bytes of a file.
    Bytes, Vec<u8>, {
        remote,
        lower: |bytes| bytes.0,
        try_lift: |bytes| Ok(Bytes(bytes)),
    }
);

/// UniFFI has no generic types. A three-valued field crosses as `Vec<T>?`: absent, empty, or one item. Each host's
/// configuration maps it to a generic type.
macro_rules! nullable {
    ($($name:ident = $type:ty;)*) => { $(
        type $name = Nullable<$type>;
        uniffi::custom_type!($name, Option<Vec<$type>>, {
            remote,
            lower: |field| match field {
                Nullable::Absent => None,
                Nullable::Null => Some(Vec::new()),
                Nullable::Value(value) => Some(Vec::from([value])),
            },
            try_lift: |list| Ok(match list {
                None => Nullable::Absent,
                Some(mut list) => list.pop().map_or(Nullable::Null, Nullable::Value),
            }),
        });
    )* };
}
nullable! {
    NullableString = String;
    NullableInt = i64;
    NullableBool = bool;
    NullableTimestamp = Timestamp;
    NullableObject = Object;
    NullableStringList = Vec<String>;
    NullableJsonList = Vec<Json>;
    NullableChannel = Channel;
    NullableTargetType = TargetType;
    NullableTriggerType = TriggerType;
    NullableGroupFilters = GroupFilters;
    NullableEventNameList = Vec<EventName>;
}
