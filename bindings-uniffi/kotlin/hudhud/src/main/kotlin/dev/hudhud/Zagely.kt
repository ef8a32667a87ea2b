// Zagely: many channels behind one API, with an account, contacts, campaigns and webhooks.
package dev.hudhud

/**
 * A client of Zagely, for servers.
 *
 * **Not in apps:** the vendor forbids its keys where users can reach them. Call this from your own server, and let the
 * app call that.
 *
 * ```kotlin
 * val zagely = Zagely(publicKey, secretKey)
 * val sent = zagely.messages.send(SendMessage(to = "+15551234567", message = "hi"))
 * zagely.contacts.list(ListContacts(tags = listOf("vip"))).collect { println(it.name) }
 * ```
 *
 * @param publicKey `pk_…`
 * @param secretKey `sk_…`
 * @param transport what sends; [JavaHttpTransport] adds nothing to a program.
 * @param baseUrl the vendor's origin unless given: `https`, or `http` on loopback.
 * @param appRoutes how the unversioned routes are called; inferred, the vendor's page does not say.
 * @param settings how requests are made, where the usual way does not do.
 * @throws HudhudException.InvalidRequest if a key or an address cannot be one.
 */
public class Zagely @JvmOverloads constructor(
    publicKey: String,
    secretKey: String,
    transport: Transport = JavaHttpTransport(),
    baseUrl: String? = null,
    appRoutes: AppRoutes? = null,
    settings: Settings = Settings(),
) : ZagelyCalls(ZagelyCore(
    Halves.told(
        "public_key" to publicKey, "secret_key" to secretKey, "base_url" to baseUrl, "app_routes" to appRoutes,
        "settings" to settings,
    ) { ZagelyService(publicKey, secretKey, baseUrl, appRoutes, settings) },
), transport) {
    /** The same calls, for callers that block, Java among them. */
    public val blocking: BlockingZagelyCalls = BlockingZagelyCalls(this)
}

internal class ZagelyCore(private val service: ZagelyService) : Core {
    override val vendor = "zagely"

    override fun named(name: String, input: String) = service.named(name, input).run { Pair<kotlin.Any, _>(call, extra) }

    override fun request(call: kotlin.Any, options: CallOptions) = service.request(call as ZagelyCall, options)

    override fun exchange(call: kotlin.Any, options: CallOptions, entropy: ByteArray) =
        service.exchange(call as ZagelyCall, options, entropy)

    override fun pages(call: kotlin.Any, options: CallOptions) = object : Pager {
        private val pages = service.pages(call as ZagelyCall, options)

        override fun next(entropy: ByteArray) = pages.next(entropy)

        override fun close() = pages.close()
    }
}
