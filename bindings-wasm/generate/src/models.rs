//! Generates the declared types with their docs. tsify writes them.

macro_rules! generate {
    (
        [ $( $vendor:ident { $( $call:ident )* } )* ]
        $( $module:ident { records { $( $record:ident )* } enums { $( $open:ident )* } } )*
    ) => {
        const TYPES: &[&str] = &[
            $( $( <hudhud::$vendor::$call as tsify::Tsify>::DECL, )* )*
            $( $( <hudhud::$module::$record as tsify::Tsify>::DECL, )* )*
            $( $( <hudhud::$module::$open as tsify::Tsify>::DECL, )* )*
        ];
    };
}

hudhud::for_each_type!(generate);

pub(crate) fn write() -> String {
    TYPES.join("\n\n") + "\n"
}
