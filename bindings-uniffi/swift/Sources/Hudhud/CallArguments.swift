// Errors about the arguments of a call: they name the call, and each field with a number that JSON lacks.
import Foundation

enum CallArguments {
    /// Calls `run`, which passes the arguments of a call to the native library. An error about them gets the name of the call.
    ///
    /// - Parameters:
    ///   - call: the name of the call.
    ///   - fields: the fields of the call, or the members of a call by route.
    static func named<T>(_ call: String, _ fields: any Sendable, _ options: CallOptions, _ run: () throws -> T) throws -> T {
        do { return try run() } catch HudhudError.invalidRequest(let failure) where failure.call == nil {
            // The native library does not know the place of a number that it cannot read.
            guard failure.fieldErrors.contains(where: { $0.field == "json" }) else {
                try refuseCall(call: call, errors: failure.fieldErrors, numbers: [])
                throw HudhudError.invalidRequest(failure: failure)
            }
            let isByRoute = fields is [String: JsonValue]
            let inFields = (fields as? any Encodable).flatMap(place)
            let numbers = [
                inFields.map { ([isByRoute ? $0[0] : camel($0[0])] + $0.dropFirst()).joined(separator: ".") },
                place(options.extra).map { (["extra"] + $0).joined(separator: ".") },
            ]
            try refuseCall(call: call, errors: numbers.allSatisfy { $0 == nil } ? failure.fieldErrors : [], numbers: numbers.compactMap { $0 })
            throw HudhudError.invalidRequest(failure: failure)
        }
    }

    /// Returns the names that lead to the first number that JSON lacks.
    private static func place(_ value: any Encodable) -> [String]? {
        do {
            _ = try JSONEncoder().encode(value)
            return nil
        } catch EncodingError.invalidValue(_, let context) {
            let names = context.codingPath.map { $0.intValue.map(String.init) ?? $0.stringValue }
            return names.isEmpty ? nil : names
        } catch { return nil }
    }

    /// Returns the name of a field in Swift.
    private static func camel(_ name: String) -> String {
        let words = name.split(separator: "_")
        return String(words.first ?? "") + words.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }
}
