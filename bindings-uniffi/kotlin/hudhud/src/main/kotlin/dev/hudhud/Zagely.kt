// Zagely: many channels behind one API, with an account, contacts, campaigns and webhooks.
package dev.hudhud

/**
 * A client of Zagely, for servers.
 *
 * **Not in apps:** the vendor forbids its keys where users can reach them. Use this client on your own server, and let the
 * app call your server.
 *
 * ```kotlin
 * val zagely = Zagely(publicKey, secretKey)
 * val sent = zagely.messages.send(SendMessage(to = "+15551234567", message = "hi"))
 * zagely.contacts.list(ListContacts(tags = listOf("vip"))).collect { println(it.name) }
 * ```
 *
 * @param publicKey `pk_…`
 * @param secretKey `sk_…`
 * @param transport the transport that sends the requests. [JavaHttpTransport] needs no further dependency.
 * @param baseUrl the origin: `https`, or `http` on loopback. Default: the vendor's.
 * @param appRoutes the credentials and the path prefix of requests to the unversioned routes. The defaults are
 *   inferred: the vendor's page does not state them.
 * @param settings the settings of requests that differ from the defaults.
 * @throws HudhudException.InvalidRequest if a key or the base URL is malformed.
 */
public class Zagely @JvmOverloads constructor(
    publicKey: String,
    secretKey: String,
    transport: Transport = JavaHttpTransport(),
    baseUrl: String? = null,
    appRoutes: AppRoutes? = null,
    settings: Settings = Settings(),
) : ZagelyCalls(ZagelyAdapter(
    Halves.told(
        "public_key" to publicKey, "secret_key" to secretKey, "base_url" to baseUrl, "app_routes" to appRoutes,
        "settings" to settings,
    ) { ZagelyService(publicKey, secretKey, baseUrl, appRoutes, settings) },
), transport) {
    /** The same calls as blocking methods, for Java and other blocking callers. */
    public val blocking: BlockingZagelyCalls = BlockingZagelyCalls(this)
}
