// The requests for help that have arrived, as files. A program with a database uses that instead.
import Foundation

/// Stores requests for help until they are answered: one file for each, named by the key of its delivery.
struct Inbox: Sendable {
    /// A request for help that is not answered yet.
    struct Stored: Codable, Sendable {
        let key: String
        let number: String
    }

    private enum State: String { case partial, open, done }

    private let folder: URL

    /// Creates the folder if necessary.
    init(folder: URL) throws {
        self.folder = folder
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    /// Stores a request. A second delivery of the same event finds the file of the first.
    func store(_ request: Stored) throws {
        guard !exists(request.key, .open), !exists(request.key, .done) else { return }
        let partial = file(request.key, .partial)
        try JSONEncoder().encode(request).write(to: partial)
        try synchronize(partial)
        // The file gets its name when it is complete.
        try FileManager.default.moveItem(at: partial, to: file(request.key, .open))
        try synchronize(folder)
    }

    /// Returns a request that is not answered, or `nil`.
    func next() throws -> Stored? {
        guard let file = try files(.open).first else { return nil }
        return try JSONDecoder().decode(Stored.self, from: Data(contentsOf: file))
    }

    /// Returns true if all requests are answered.
    func isEmpty() throws -> Bool {
        try files(.open).isEmpty
    }

    /// Marks a request as answered. Its key stays, because the vendor may deliver the event again.
    func finish(_ request: Stored) throws {
        try Data().write(to: file(request.key, .done))
        try FileManager.default.removeItem(at: file(request.key, .open))
    }

    /// Deletes the keys of the requests that were answered before a time.
    func forget(before time: Date) throws {
        for file in try files(.done) {
            let answered = try file.resourceValues(forKeys: [.contentModificationDateKey]).contentModificationDate
            if let answered, answered < time { try FileManager.default.removeItem(at: file) }
        }
    }

    private func files(_ state: State) throws -> [URL] {
        try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: [.contentModificationDateKey])
            .filter { $0.pathExtension == state.rawValue }
    }

    private func exists(_ key: String, _ state: State) -> Bool {
        FileManager.default.fileExists(atPath: file(key, state).path)
    }

    private func file(_ key: String, _ state: State) -> URL {
        let name = key.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
        return folder.appendingPathComponent(name).appendingPathExtension(state.rawValue)
    }

    /// Waits until a file or a folder is on the disk.
    private func synchronize(_ file: URL) throws {
        let descriptor = open(file.path, O_RDONLY)
        defer { close(descriptor) }
        guard descriptor >= 0, fsync(descriptor) == 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
    }
}
