// The names of options in errors: core names them in snake case, and Swift in camel case.
import Foundation

/// Renames options in errors about them. Fields of a call keep the vendor's names.
enum OptionNames {
    /// Calls `run`, which takes options alone.
    static func inSwift<T>(_ run: () throws -> T) throws -> T {
        do { return try run() } catch HudhudError.invalidRequest(let failure) {
            throw HudhudError.invalidRequest(failure: renamed(failure) { _ in true })
        }
    }

    /// Calls `run`, which takes a call and its options.
    static func ofCall<T>(_ run: () throws -> T) throws -> T {
        do { return try run() } catch HudhudError.invalidRequest(let failure) {
            throw HudhudError.invalidRequest(failure: renamed(failure, ofCall.contains))
        }
    }

    private static func renamed(_ failure: ErrorDetails, _ isOption: (String) -> Bool) -> ErrorDetails {
        let names = failure.fieldErrors.map(\.field).filter { name in
            isOption(String(name.prefix { $0 != "." })) && camel(name) != name
        }
        guard !names.isEmpty else { return failure }
        func told(_ text: String) -> String {
            names.reduce(text) { told, name in
                told.replacingOccurrences(
                    of: #"(?<![\w.])"# + NSRegularExpression.escapedPattern(for: name) + #"(?!\w)"#, with: camel(name),
                    options: .regularExpression)
            }
        }
        var failure = failure
        failure.summary = told(failure.summary)
        failure.reason = told(failure.reason)
        failure.fieldErrors = failure.fieldErrors.map { error in
            FieldErrors(
                field: names.contains(error.field) ? camel(error.field) : error.field, messages: error.messages.map(told))
        }
        return failure
    }

    /// Returns `retry.maxAttempts` for `retry.max_attempts`, and `baseURL` for `base_url`, as the initializers write them.
    /// The name of a call after `methods.`, of a header after `headers.`, and of an environment variable stay.
    private static func camel(_ name: String) -> String {
        if name == "base_url" { return "baseURL" }
        if name.hasPrefix("methods.") || name.hasPrefix("headers.") || name == name.uppercased() { return name }
        let words = name.split(separator: "_", omittingEmptySubsequences: false)
        return words.dropFirst().reduce(String(words[0])) { $0 + $1.prefix(1).uppercased() + $1.dropFirst() }
    }

    /// The options of calls, in snake case.
    private static let ofCall: Set<String> = Set(CallOptions.fieldNames + RetryPolicy.fieldNames)
}
