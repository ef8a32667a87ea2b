// Debug descriptions: enough to find an error, without keys, phone numbers and texts of messages.

/// Builds a description such as `Contact(id: …, tags: …)`. It leaves out nil and empty fields.
struct RedactedDescription {
    private let name: String
    private var fields: [String] = []

    init(_ name: String) { self.name = name }

    /// Adds a field with its own description.
    func plain(_ name: String, _ value: Any?) -> RedactedDescription {
        guard let value, (value as? [Any])?.isEmpty != true, (value as? [String: Any])?.isEmpty != true else { return self }
        var shown = self
        shown.fields.append("\(name): \(value)")
        return shown
    }

    /// Adds a text if core's `isSafeToLog` says that it looks like an id or a date; `…` otherwise.
    func token(_ name: String, _ value: String?) -> RedactedDescription { plain(name, value.map(Self.token)) }

    func token(_ name: String, _ values: [String]?) -> RedactedDescription { plain(name, values.map { $0.map(Self.token) }) }

    /// Returns the text if it looks like an id or a date, `…` otherwise.
    static func token(_ text: String) -> String { isSafeToLog(text: text) ? text : "…" }

    /// Adds `…` for a field that is present.
    func hidden(_ name: String, _ value: Any?) -> RedactedDescription {
        switch value {
        case nil: self
        case let list as [Any] where list.isEmpty: self
        case let members as [String: JsonValue] where members.isEmpty: self
        case let members as [String: String] where members.isEmpty: self
        default: plain(name, "…")
        }
    }

    /// Adds the number of items or members.
    func count(_ name: String, _ values: (some Collection)?) -> RedactedDescription {
        guard let values else { return self }
        var shown = self
        shown.fields.append("\(values.count) \(values.count == 1 && name.hasSuffix("s") ? String(name.dropLast()) : name)")
        return shown
    }

    /// Adds the number of a page and, if it is known, that of the last page.
    func page(_ number: UInt64?, _ last: UInt64?) -> RedactedDescription {
        guard let number else { return self }
        var shown = self
        shown.fields.append("page \(number)" + (last.map { " of \($0)" } ?? ""))
        return shown
    }

    var description: String { "\(name)(\(fields.joined(separator: ", ")))" }
}
