// Webhooks: what Zagely delivers to a user's own server, verified before it is believed.
package dev.hudhud

import java.time.Clock
import java.time.Duration

/**
 * Verifies deliveries and reads their events.
 *
 * ```kotlin
 * val webhook = Webhook(System.getenv("WEBHOOK_SECRET"))
 * when (val event = webhook.verify(headers, body)) {
 *     is WebhookEvent.MessageReceived -> println(event.data.contact?.id)
 *     else -> {}
 * }
 * ```
 *
 * The body is the bytes as they were received: not parsed and written again, not decoded as text. It is safe to share
 * between threads.
 *
 * @param secrets the webhook's secret, as text exactly as the vendor shows it; or several while they are being changed.
 * @param tolerance how far a delivery's timestamp may be from now; with `null` any age is taken, and then only remembering
 *   [VerifiedDelivery.replayKey] keeps an old delivery from being sent here again. The vendor names no window, and tries
 *   a delivery again for up to two and a half hours: if late tries are refused as too old, widen it.
 * @throws HudhudException.InvalidRequest if there is no secret, or an empty one.
 * @throws IllegalArgumentException if the tolerance is negative.
 */
public class Webhook @JvmOverloads constructor(
    secrets: List<String>,
    tolerance: Duration? = Duration.ofMinutes(5),
    private val clock: Clock = Clock.systemUTC(),
) {
    /** With one secret. */
    @JvmOverloads
    public constructor(
        secret: String,
        tolerance: Duration? = Duration.ofMinutes(5),
        clock: Clock = Clock.systemUTC(),
    ) : this(listOf(secret), tolerance, clock)

    init {
        require(tolerance == null || !tolerance.isNegative) { "A tolerance is not negative; null takes any age." }
    }

    private val verifier = Door.usual.verifier(secrets, tolerance?.seconds)

    /**
     * The event of a delivery. Values of [headers] are text, or lists of it; names are found in any case.
     *
     * @throws WebhookException if it is not to be believed.
     */
    public fun verify(headers: Map<String, *>, body: ByteArray): WebhookEvent = receive(headers, body).event

    /**
     * The delivery whole: with what to remember so that it is not handled twice.
     *
     * @throws WebhookException if it is not to be believed.
     */
    public fun receive(headers: Map<String, *>, body: ByteArray): VerifiedDelivery {
        val signed = ArrayList<Header>(2)
        for ((name, value) in headers) {
            if (SIGNED.none { it.equals(name, ignoreCase = true) }) continue
            if (value is Iterable<*>) value.forEach { signed.add(Header(name, it.toString())) }
            else signed.add(Header(name, value.toString()))
        }
        return receive(signed, body)
    }

    /**
     * [receive], with a lookup of all values of a header by its name.
     *
     * @throws WebhookException if it is not to be believed.
     */
    public fun receive(body: ByteArray, header: (String) -> List<String>): VerifiedDelivery =
        receive(SIGNED.flatMap { name -> header(name).map { Header(name, it) } }, body)

    /**
     * Refuses a delivery before its body is read, if its headers are missing or malformed.
     *
     * @throws WebhookException if they are.
     */
    public fun checkHeaders(header: (String) -> List<String>) {
        try {
            receive(ByteArray(0), header)
        } catch (refused: WebhookException) {
            // Every other reason depends on the body.
            if (refused.reason in OF_HEADERS) throw refused
        }
    }

    private fun receive(headers: List<Header>, body: ByteArray): VerifiedDelivery =
        when (val verification = verifier.verify(headers, body, clock.instant().epochSecond)) {
            is Verification.Verified -> verification.delivery
            is Verification.Refused -> verification.run {
                throw WebhookException(reason, httpStatus, hint)
            }
        }

    public companion object {
        /** The longest body that receivers read unless another limit is given: 1 MiB. */
        public const val DEFAULT_MAX_BODY_BYTES: Int = 1 shl 20

        private val OF_HEADERS = setOf(Reason.MISSING_HEADER, Reason.MALFORMED_TIMESTAMP, Reason.MALFORMED_SIGNATURE)

        /** The headers that are looked at. */
        private val SIGNED: List<String> by lazy { webhookHeaders() }
    }
}

/**
 * A delivery that is not to be believed. Its message is for one's own log: to whoever sent the delivery answer with
 * [httpStatus] alone.
 */
public class WebhookException(
    /** Why. */
    public val reason: Reason,
    /** The HTTP status to answer with: 400 for what cannot be a delivery, 401 for what cannot be believed. */
    public val httpStatus: Int,
    /** What may lie behind it. */
    public val hint: String,
) : RuntimeException("webhook refused: ${reason.name.lowercase()}. $hint")

/** A delivery whose body is larger than a receiver takes. Nothing of it was verified. */
public class DeliveryTooLargeException(
    /** The limit. */
    public val maxBodyBytes: Int,
) : RuntimeException("webhook refused: payload_too_large. The body is larger than $maxBodyBytes bytes; raise maxBodyBytes") {
    /** The HTTP status to answer with. */
    public val httpStatus: Int get() = 413
}
