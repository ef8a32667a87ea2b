//! Generates the declared types with their docs. tsify writes them.

/// Passes the calls and the models to `stamp`.
macro_rules! with_models {
    ([] $( $vendor:ident { $( $group:ident { $( $verb:ident: $call:ident -> [$answer:ty]; )* } )* } )*) => {
        hudhud::for_each_model!(stamp, $( $( $( $vendor $call )* )* )*);
    };
}

macro_rules! stamp {
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
