// The protocols of an inbox's stores. A store keeps an entry of a few bytes for each event, and decides nothing.
import Foundation

/// A store of an inbox. Tasks share it.
///
/// The product `HudhudSQLite` has a store in SQLite. For another database, write the five methods that have no default:
/// `docs/inbox.md` shows the statements. A store must limit the time of its requests.
public protocol InboxStore: Sendable {
    /// Stores `change.entry` if the key has no entry. Returns the stored entry.
    func putOrGet(key: String, change: InboxChange) async throws -> Data

    /// Stores `change.entry` if the stored entry is `change.expected`, which is `nil` for a key without an entry, in one
    /// atomic step. Returns true if the entry was stored.
    func replace(key: String, change: InboxChange) async throws -> Bool

    /// Does what `replace` does, in a task that was cancelled too. The default starts a separate task for `replace`. An inbox
    /// stores the end of an attempt with it. After `InboxBusy`, it tries again up to three times.
    func replaceDespiteCancellation(key: String, change: InboxChange) async throws -> Bool

    /// Deletes entries whose `forgetAt` has passed, at most 1,000. Returns their number.
    func cleanUp(now: Date) async throws -> Int

    /// Returns the keys of all entries with the status `poisoned`.
    func poisoned() async throws -> [String]

    /// Deletes an entry. Returns true if it existed.
    func forget(key: String) async throws -> Bool
}

extension InboxStore {
    /// Does what `replace` does, in a separate task that is not cancelled.
    public func replaceDespiteCancellation(key: String, change: InboxChange) async throws -> Bool {
        try await Task { try await replace(key: key, change: change) }.value
    }
}

/// A store that also keeps the rows of the program.
public protocol TransactionalInboxStore: InboxStore {
    /// The type of the connection that the handler receives.
    associatedtype Connection: Sendable

    /// Runs `use` in a transaction, and returns its result. The transaction is committed at the end, and rolled back after an
    /// error.
    ///
    /// - Throws: `InboxBusy` if another process was faster.
    @discardableResult
    func transaction<Result: Sendable>(
        _ use: @escaping @Sendable (any InboxTransaction<Connection>) async throws -> Result
    ) async throws -> Result
}

/// A transaction of a store.
public protocol InboxTransaction<Connection>: Sendable {
    /// The type of the connection that the handler receives.
    associatedtype Connection: Sendable

    /// The connection, which the handler receives.
    var connection: Connection { get }

    /// Does what `InboxStore.putOrGet` does. If another transaction changes the entry before this one ends, the commit of this
    /// one fails. A store that locks the entry prevents such a change.
    func putOrGet(key: String, change: InboxChange) async throws -> Data

    /// Does what `InboxStore.replace` does.
    func replace(key: String, change: InboxChange) async throws -> Bool
}

/// A change of a store.
public struct InboxChange: Sendable {
    /// The entry that must be stored, or `nil` if the key must have no entry.
    public let expected: Data?
    /// The new entry.
    public let entry: Data
    /// The new status: `leased`, `failed`, `done` or `poisoned`. A store keeps it for `InboxStore.poisoned`.
    public let status: String
    /// The time from which the entry may be deleted, or `nil` if it must be kept.
    public let forgetAt: Date?
}

/// Another process changed or locked the entry at the same moment. The response is 503, so the vendor delivers again.
public struct InboxBusy: Error, Sendable, LocalizedError, CustomStringConvertible {
    /// Creates an error, for stores.
    public init() {}

    public var description: String { "another process has the entry or the database: the vendor delivers again" }
    public var errorDescription: String? { description }
}
