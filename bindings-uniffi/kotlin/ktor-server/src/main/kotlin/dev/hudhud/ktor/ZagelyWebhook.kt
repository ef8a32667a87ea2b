// Zagely's webhooks as a plugin of a Ktor server.
package dev.hudhud.ktor

import dev.hudhud.VerifiedDelivery
import dev.hudhud.Webhook
import io.ktor.server.application.ApplicationCall
import io.ktor.server.application.ApplicationPlugin
import io.ktor.server.application.createApplicationPlugin
import io.ktor.server.config.ApplicationConfig
import io.ktor.server.routing.routing
import java.time.Duration

/**
 * The configuration of [ZagelyWebhook]. Its defaults come from `hudhud.webhook` in the application's configuration: `secret`
 * (text or a list), `path` and `maxBodyBytes`.
 */
public class ZagelyWebhookConfig internal constructor(config: ApplicationConfig) {
    /** The path of the route. */
    public var path: String = config.propertyOrNull("path")?.getString() ?: "/webhooks/zagely"

    /** The secret of the webhook; several during a change of the secret. */
    public var secrets: List<String> = config.propertyOrNull("secret").let { secret ->
        secret?.runCatching { getList() }?.getOrNull() ?: listOfNotNull(secret?.getString())
    }

    /** The largest difference between a delivery's timestamp and now. `null` accepts any age. */
    public var tolerance: Duration? = Duration.ofMinutes(5)

    /** The largest body that is read, in bytes. */
    public var maxBodyBytes: Int = config.propertyOrNull("maxBodyBytes")?.getString()?.toInt() ?: Webhook.DEFAULT_MAX_BODY_BYTES

    internal var handle: (suspend ApplicationCall.(VerifiedDelivery) -> Unit)? = null

    /** Sets the code that gets verified deliveries. The response is 204 unless it responds. */
    public fun handle(handle: suspend ApplicationCall.(delivery: VerifiedDelivery) -> Unit) {
        this.handle = handle
    }
}

/**
 * Receives the vendor's deliveries, as [zagelyWebhook] does.
 *
 * ```kotlin
 * install(ZagelyWebhook) {
 *     secrets = listOf(System.getenv("ZAGELY_WEBHOOK_SECRET"))
 *     handle { delivery -> store(delivery) }
 * }
 * ```
 */
public val ZagelyWebhook: ApplicationPlugin<ZagelyWebhookConfig> =
    createApplicationPlugin("ZagelyWebhook", "hudhud.webhook", ::ZagelyWebhookConfig) {
        val config = pluginConfig
        val handle = requireNotNull(config.handle) { "ZagelyWebhook: no handler is set: call `handle { … }` in the configuration" }
        application.routing {
            zagelyWebhook(config.path, Webhook(config.secrets, config.tolerance), config.maxBodyBytes) { call, delivery ->
                call.handle(delivery)
            }
        }
    }
