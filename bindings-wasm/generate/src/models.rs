//! Generates the declared types with their docs. tsify writes them.

/// Passes the calls and the models to `generate`.
macro_rules! with_models {
    ([] $( $vendor:ident { $( $group:ident { $( $verb:ident: $call:ident -> [$output:ty]; )* } )* } )*) => {
        hudhud::for_each_model!(generate, $( $( $( $vendor $call )* )* )*);
    };
}

macro_rules! generate {
    (
        [ $( $vendor:ident $call:ident )* ]
        $( $module:ident { records { $( $record:ident )* } enums { $( $open:ident )* } } )*
    ) => {
        const TYPES: &[&str] = &[
            $( <hudhud::$vendor::$call as tsify::Tsify>::DECL, )*
            $( $( <hudhud::$module::$record as tsify::Tsify>::DECL, )* )*
            $( $( <hudhud::$module::$open as tsify::Tsify>::DECL, )* )*
        ];
    };
}

hudhud::for_each_endpoint!(with_models);

pub(crate) fn write() -> String {
    TYPES.join("\n\n") + "\n"
}
