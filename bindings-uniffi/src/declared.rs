//! Core's declared types as UniFFI's records and enums, from the descriptions that core exports.

use hudhud::wazaj::*;
use hudhud::webhook::*;
use hudhud::zagely::*;
use hudhud::{
    ApiKeyScheme, AppAuth, Bytes, Date, ErrorOrigin, Id, Json, Lane, Method, MissingPolicy, Nullable, Object,
    Timestamp, TransportFault,
};

macro_rules! generate {
    (
        [ $( $vendor:ident { $( $call:ident )* } )* ]
        $( $module:ident { records { $( $record:ident )* } enums { $( $open:ident )* } } )*
    ) => {
        $( $( hudhud::$vendor::$call!(hudhud_uniffi_macros::remote); )* )*
        $( $( hudhud::$module::$record!(hudhud_uniffi_macros::remote); )* )*
        $( $( hudhud::$module::$open!(hudhud_uniffi_macros::remote); )* )*
    };
}
hudhud::for_each_type!(generate);

// The names that the library defines and that are types in Kotlin and Swift. The other names are text there.
hudhud::__ApiKeyScheme!(hudhud_uniffi_macros::remote);
hudhud::__AppAuth!(hudhud_uniffi_macros::remote);
hudhud::__ErrorOrigin!(hudhud_uniffi_macros::remote);
hudhud::__Lane!(hudhud_uniffi_macros::remote);
hudhud::__Method!(hudhud_uniffi_macros::remote);
hudhud::__MissingPolicy!(hudhud_uniffi_macros::remote);
hudhud::__TransportFault!(hudhud_uniffi_macros::remote);
hudhud::__WebhookErrorReason!(hudhud_uniffi_macros::remote);
