// Zagely's webhooks in a Ktor server.
package dev.hudhud.ktor

import dev.hudhud.VerifiedDelivery
import dev.hudhud.Webhook
import dev.hudhud.WebhookException
import io.ktor.http.HttpStatusCode
import io.ktor.server.application.ApplicationCall
import io.ktor.server.application.log
import io.ktor.server.request.receive
import io.ktor.server.response.respond
import io.ktor.server.routing.Route
import io.ktor.server.routing.application
import io.ktor.server.routing.post

/**
 * Receives the vendor's deliveries at [path]: what is verified is handed to [handle], and answered with 204 unless
 * [handle] answers itself; what is not is answered with its status alone, and its reason is logged.
 *
 * The vendor waits ten seconds for an answer and tries again otherwise: remember [VerifiedDelivery.replayKey], and leave
 * long work to others.
 */
public fun Route.zagelyWebhook(
    path: String,
    webhook: Webhook,
    handle: suspend (call: ApplicationCall, delivery: VerifiedDelivery) -> Unit,
): Route = post(path) {
    val delivery = try {
        webhook.receive(call)
    } catch (refused: WebhookException) {
        application.log.warn(refused.message)
        call.respond(HttpStatusCode.fromValue(refused.httpStatus))
        return@post
    }
    handle(call, delivery)
    if (call.response.status() == null) call.respond(HttpStatusCode.NoContent)
}

/**
 * The delivery in a call, whose body is read.
 *
 * @throws WebhookException if it is not to be believed.
 */
public suspend fun Webhook.receive(call: ApplicationCall): VerifiedDelivery =
    receive(call.receive<ByteArray>()) { name -> call.request.headers.getAll(name).orEmpty() }
