// The name of the base URL in errors: the native library writes `baseUrl`, and the initializers of clients `baseURL`.
import Foundation

/// Renames the base URL in errors of clients. The native library writes all other names as Swift does.
enum OptionNames {
    /// Calls `run`, which creates a client.
    static func inSwift<T>(_ run: () throws -> T) throws -> T {
        do { return try run() } catch HudhudError.invalidRequest(var failure) {
            guard failure.fieldErrors.contains(where: { $0.field == "baseUrl" }) else {
                throw HudhudError.invalidRequest(failure: failure)
            }
            failure.summary = failure.summary.replacingOccurrences(of: " baseUrl:", with: " baseURL:")
            failure.fieldErrors = failure.fieldErrors.map { error in
                error.field == "baseUrl" ? FieldErrors(field: "baseURL", messages: error.messages) : error
            }
            throw HudhudError.invalidRequest(failure: failure)
        }
    }
}
