// What a value shows of itself: enough to find a fault, never a key, a phone number or the text of a message.

/// Makes `Contact(id: …, tags: …)` of the fields that say something.
struct Shown {
    private let name: String
    private var fields: [String] = []

    init(_ name: String) { self.name = name }

    /// As it shows itself.
    func plain(_ name: String, _ value: Any?) -> Shown {
        guard let value, (value as? [Any])?.isEmpty != true else { return self }
        var shown = self
        shown.fields.append("\(name): \(value)")
        return shown
    }

    /// If it looks like an id or a date, which core decides.
    func token(_ name: String, _ value: String?) -> Shown { plain(name, value.map(Self.token)) }

    func token(_ name: String, _ values: [String]?) -> Shown { plain(name, values.map { $0.map(Self.token) }) }

    /// A text that looks like an id or a date; of any other that it is there.
    static func token(_ text: String) -> String { mayBeShown(text: text) ? text : "…" }

    /// That it is there.
    func hidden(_ name: String, _ value: Any?) -> Shown {
        switch value {
        case nil: self
        case let list as [Any] where list.isEmpty: self
        case let members as [String: JsonValue] where members.isEmpty: self
        default: plain(name, "…")
        }
    }

    var description: String { "\(name)(\(fields.joined(separator: ", ")))" }
}
