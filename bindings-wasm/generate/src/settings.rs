//! Generates the settings of a client in TypeScript.

use hudhud::{ClosedEnum, Method, SETTINGS, SettingKind};

use crate::calls::camel;

pub(crate) fn write() -> String {
    let mut text =
        String::from("/** Settings of all requests of a client. */\nexport interface Settings {\n");
    for setting in SETTINGS {
        let kind = match setting.kind {
            SettingKind::UpdateMethod => union(Method::UPDATES),
            SettingKind::Methods => "Readonly<Record<string, string>>".into(),
            SettingKind::Text => "string".into(),
            SettingKind::Flag(_) => "boolean".into(),
            // In JavaScript these are two options, which a call has too: see `RetryOptions`.
            SettingKind::Retry => continue,
        };
        let doc = setting.doc().replace('\n', " ");
        let name = camel(setting.name);
        text.push_str(&format!("  /** {doc} */\n  readonly {name}?: {kind} | undefined;\n"));
    }
    text + "}\n"
}

fn union(methods: &[Method]) -> String {
    let names: Vec<String> = methods.iter().map(|method| format!("\"{}\"", method.as_str())).collect();
    names.join(" | ")
}
