// Webhooks: verification of the deliveries that Zagely sends to a user's server.
package dev.hudhud

import java.time.Clock
import java.time.Duration

/**
 * Verifies deliveries and reads their events.
 *
 * ```kotlin
 * val webhook = Webhook.fromEnv() // ZAGELY_WEBHOOK_SECRET
 * when (val event = webhook.verify(headers, body)) {
 *     is WebhookEvent.MessageReceived -> println(event.data.contact?.id)
 *     else -> {}
 * }
 * ```
 *
 * The body must be the bytes as received. Do not parse and re-encode it, and do not decode it as text. Threads can share a
 * webhook.
 *
 * @param secrets the webhook's secret, as text exactly as the vendor shows it. Give several secrets during a change of the
 *   secret.
 * @param tolerance the largest difference between a delivery's timestamp and now, rounded up to seconds. `null` accepts any age. Your program
 *   must then store every [VerifiedDelivery.replayKey], to detect an old delivery that is sent again. The vendor
 *   documents no window, and retries a delivery for up to two and a half hours. Raise the tolerance if late retries are
 *   refused as too old.
 * @throws HudhudException.InvalidRequest if there is no secret, or an empty one.
 * @throws IllegalArgumentException if the tolerance is negative.
 */
public class Webhook @JvmOverloads constructor(
    secrets: List<String>,
    private val tolerance: Duration? = Duration.ofMinutes(5),
    private val clock: Clock = Clock.systemUTC(),
) {
    /** Creates a webhook with one secret. */
    @JvmOverloads
    public constructor(
        secret: String,
        tolerance: Duration? = Duration.ofMinutes(5),
        clock: Clock = Clock.systemUTC(),
    ) : this(listOf(secret), tolerance, clock)

    init {
        require(tolerance == null || !tolerance.isNegative) { "tolerance: expected a duration >= 0, or null to accept any age" }
    }

    private val verifier = NativeBridge.default.verifier(secrets, tolerance?.let { it.plusNanos(999_999_999).seconds })

    /**
     * Verifies a delivery and returns its event. Values of [headers] are text or lists of text. Names of headers are
     * case-insensitive.
     *
     * @throws WebhookException if the delivery is refused.
     */
    public fun verify(headers: Map<String, *>, body: ByteArray): WebhookEvent = receive(headers, body).event

    /**
     * Verifies a delivery and returns it. Store its replay key, so that your program handles the delivery only once.
     *
     * @throws WebhookException if the delivery is refused.
     * @throws IllegalArgumentException if the value of a header that is read is neither text nor a list of text.
     */
    public fun receive(headers: Map<String, *>, body: ByteArray): VerifiedDelivery {
        val signed = ArrayList<Header>(2)
        for ((name, value) in headers) {
            if (SIGNED.none { it.equals(name, ignoreCase = true) }) continue
            when (value) {
                is String -> signed.add(Header(name, value))
                is Iterable<*> -> value.forEach { signed.add(Header(name, text(name, it))) }
                is Array<*> -> value.forEach { signed.add(Header(name, text(name, it))) }
                else -> text(name, value)
            }
        }
        return receive(signed, body)
    }

    /**
     * Verifies a delivery. [header] returns all values of the header with a name.
     *
     * @throws WebhookException if the delivery is refused.
     */
    public fun receive(header: HeaderValues, body: ByteArray): VerifiedDelivery =
        receive(SIGNED.flatMap { name -> header.of(name).map { Header(name, it) } }, body)

    /**
     * Checks the headers of a delivery, before its body is read.
     *
     * @throws WebhookException if a header is missing or malformed.
     */
    public fun checkHeaders(header: HeaderValues) {
        try {
            receive(header, ByteArray(0))
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

    /** Returns the tolerance, without the secrets. */
    override fun toString(): String = "Webhook(tolerance=$tolerance)"

    public companion object {
        /**
         * Creates a webhook from the environment variable `ZAGELY_WEBHOOK_SECRET`. Several secrets are separated by spaces.
         *
         * @param environment the variables, for tests and for programs that keep them elsewhere.
         * @throws HudhudException.InvalidRequest if the variable is not set.
         */
        @JvmStatic
        @JvmOverloads
        public fun fromEnv(
            environment: Map<String, String> = System.getenv(),
            tolerance: Duration? = Duration.ofMinutes(5),
            clock: Clock = Clock.systemUTC(),
        ): Webhook {
            val variables = environment.filterKeys { it.startsWith("ZAGELY_") }
            return Webhook(UnencodableFields.reporting("" to variables) { webhookSecrets(variables) }, tolerance, clock)
        }

        /** The default limit of receivers for the size of a body: 1 MiB. */
        public const val DEFAULT_MAX_BODY_BYTES: Int = 1 shl 20

        private val OF_HEADERS = setOf(WebhookErrorReason.MISSING_HEADER, WebhookErrorReason.MALFORMED_TIMESTAMP, WebhookErrorReason.MALFORMED_SIGNATURE)

        private fun text(name: String, value: kotlin.Any?): String =
            requireNotNull(value as? String) { "headers: $name: expected text or a list of text" }

        /** The names of the headers that the verifier reads. */
        private val SIGNED: List<String> by lazy { webhookHeaders() }
    }
}

/** The headers of a request, in a web framework. */
public fun interface HeaderValues {
    /** Returns all values of the header with a name, in any case. The list is empty if there is no such header. */
    public fun of(name: String): List<String>
}

/**
 * The refusal of a delivery. Log its message, and respond to the sender with [httpStatus] alone.
 */
public class WebhookException(
    /** The reason for the refusal. */
    public val reason: WebhookErrorReason,
    /** The HTTP status of the response: 400 if the request is not a delivery, 401 if its signature or time is not valid. */
    public val httpStatus: Int,
    /** A possible cause. */
    public val hint: String,
) : RuntimeException("webhook refused: ${reason.name.lowercase()}. $hint")

/** The body of a delivery is larger than the receiver's limit. The delivery was not verified. */
public class DeliveryTooLargeException(
    /** The receiver's limit, in bytes. */
    public val maxBodyBytes: Int,
) : RuntimeException("webhook refused: payload_too_large. The body is larger than $maxBodyBytes bytes; raise maxBodyBytes") {
    /** The HTTP status of the response. */
    public val httpStatus: Int get() = 413
}
