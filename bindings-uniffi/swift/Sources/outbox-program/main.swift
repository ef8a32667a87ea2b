// A program that is killed: it sends the messages of an outbox that are left. It prints a line before it sends.
//
// It ends with the code 3 if the journal does not have all messages yet. The fields of a typed call have defaults that other
// hosts leave out, so it could not add the messages that another host has begun to add.
import Foundation
import Hudhud

let arguments = CommandLine.arguments

func run<S: Service>(_ outbox: Outbox<S>) async throws {
    guard outbox.report.isClosed else { exit(3) }
    FileHandle.standardOutput.write(Data("sending\n".utf8))
    try await outbox.send()
    print(outbox)
    try outbox.close()
}

if arguments[1] == "wazaj" {
    try await run(Outbox(path: arguments[2], client: Wazaj.fromEnvironment()))
} else {
    try await run(Outbox(path: arguments[2], client: Zagely.fromEnvironment()))
}
