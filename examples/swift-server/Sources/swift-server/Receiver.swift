// The logic of a receiver. It also works with Vapor or Hummingbird instead of `Server.swift`.
//
// The response ends the vendor's attempts, so a request is stored before the response is sent. A task answers the stored
// requests, and marks each one after its reply was sent. If the process stops between the two, the request is answered
// again, and the idempotency key prevents a second message.
import Foundation
import Hudhud

/// Verifies deliveries, and replies to messages that ask for help.
actor Receiver {
    private let webhook: Webhook
    private let zagely: Zagely
    private let inbox: Inbox
    /// The task that answers, while there are requests.
    private var answering: Task<Void, Never>?

    init(webhook: Webhook, zagely: Zagely, inbox: Inbox) {
        self.webhook = webhook
        self.zagely = zagely
        self.inbox = inbox
    }

    /// Stores a delivery and returns the HTTP status of the response.
    func receive(headers: [String: String], body: Data) -> Int {
        do {
            let delivery = try webhook.receive(headers: headers, body: body)
            guard case .messageReceived(let message) = delivery.event, let number = message.contact?.phoneNumber,
                message.content?.contains("help") == true
            else { return 204 }
            try inbox.store(.init(key: delivery.replayKey, number: number))
            answer()
            return 204
        } catch let refused as WebhookError {
            print(refused)
            return refused.httpStatus
        } catch {
            // The vendor delivers the event again.
            return 500
        }
    }

    /// Answers the stored requests, unless a task does so already.
    func answer() {
        guard answering == nil else { return }
        answering = Task { await answerAll() }
    }

    private func answerAll() async {
        do {
            while let request = try inbox.next() {
                if await reply(to: request) { try inbox.finish(request) } else { try await Task.sleep(for: .seconds(5)) }
            }
            try inbox.forget(before: Date().addingTimeInterval(-86_400))
        } catch {
            print("the stored requests cannot be answered: \(type(of: error))")
        }
        answering = nil
    }

    /// Sends the reply. Returns false if it must be sent again.
    private func reply(to request: Inbox.Stored) async -> Bool {
        do {
            let reply = SendMessage(to: request.number, message: "We are on it.")
            try await zagely.messages.send(reply, options: CallOptions(idempotencyKey: "reply-\(request.key)"))
        } catch let error as HudhudError {
            // The text of an error contains nothing private, so it may be logged.
            print(error)
            return !error.failure.safeToRetry
        } catch {
            return false
        }
        return true
    }
}
