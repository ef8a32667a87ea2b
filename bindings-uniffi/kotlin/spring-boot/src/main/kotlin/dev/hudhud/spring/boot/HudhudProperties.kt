// The properties of Hudhud in an application's configuration.
package dev.hudhud.spring.boot

import dev.hudhud.Webhook
import java.time.Duration
import org.springframework.boot.context.properties.ConfigurationProperties

/** The properties that begin with `hudhud`. */
@ConfigurationProperties("hudhud")
public class HudhudProperties {
    /** The client of Zagely. */
    public val zagely: ZagelyProperties = ZagelyProperties()

    /** The client of Wazaj. */
    public val wazaj: WazajProperties = WazajProperties()

    /** The webhook. */
    public val webhook: WebhookProperties = WebhookProperties()

    /** The health indicator. */
    public val health: HealthProperties = HealthProperties()
}

/** The properties that begin with `hudhud.zagely`. */
public class ZagelyProperties {
    /** The public key, `pk_…`. */
    public var publicKey: String? = null

    /** The secret key, `sk_…`. */
    public var secretKey: String? = null

    /** The origin: `https`, or `http` on loopback. Default: the vendor's. */
    public var baseUrl: String? = null

    /** The session from which WhatsApp messages are sent, unless a call names one. It replaces the session of a bean `Settings`. */
    public var sessionId: String? = null

    /** A token of the dashboard for the unversioned routes. */
    public var appToken: String? = null

    /** If false, requests do not wait for the limits of the key. */
    public var rateLimiter: Boolean = true
}

/** The properties that begin with `hudhud.wazaj`. */
public class WazajProperties {
    /** The key of the deployment, `wzj_…`. */
    public var apiKey: String? = null

    /** The host of the deployment, followed by `/api/wazaj/business`. */
    public var baseUrl: String? = null

    /** If false, requests do not wait for the limits of the key. */
    public var rateLimiter: Boolean = true
}

/** The properties that begin with `hudhud.webhook`. */
public class WebhookProperties {
    /** The secret of the webhook. Give two secrets, separated by a comma, during a change of the secret. */
    public var secret: List<String> = emptyList()

    /** The largest difference between a delivery's timestamp and now. */
    public var tolerance: Duration = Duration.ofMinutes(5)

    /** The largest body that is read, in bytes. */
    public var maxBodyBytes: Int = Webhook.DEFAULT_MAX_BODY_BYTES
}

/** The properties that begin with `hudhud.health`. */
public class HealthProperties {
    /** If true, the health indicator sends a request to Zagely. By default it sends none. */
    public var request: Boolean = false

    /** The longest time of that request, with its repetitions. */
    public var deadline: Duration = Duration.ofSeconds(5)
}
