//! tsify: `#[model]` uses TypeScript's own types for all leaf types. This file declares the one type that is missing.

use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen(typescript_custom_section)]
const NULLABLE: &str = "/**\n * The value of a field of an update. If it is left out, the field is unchanged. `null` clears \
                        the field.\n */\nexport type Nullable<T> = T | null;";
