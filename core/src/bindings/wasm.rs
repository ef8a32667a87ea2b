//! tsify: TypeScript has words for all leaf types, and `#[model]` uses them; what is left is one name.

use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen(typescript_custom_section)]
const NULLABLE: &str = "/**\n * A field of an update: left out it stays as it is, with `null` it is cleared.\n */\nexport \
                        type Nullable<T> = T | null;";
