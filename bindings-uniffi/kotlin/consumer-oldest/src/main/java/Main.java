// Uses the artifacts with the oldest supported libraries: calls over two transports to its own server, and a webhook.
import com.sun.net.httpserver.HttpServer;
import dev.hudhud.JavaHttpTransport;
import dev.hudhud.Template;
import dev.hudhud.Transport;
import dev.hudhud.Webhook;
import dev.hudhud.WebhookEvent;
import dev.hudhud.Zagely;
import dev.hudhud.okhttp.OkHttpTransport;
import dev.hudhud.testing.Deliveries;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

public class Main {
    public static void main(String[] arguments) throws Exception {
        var server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.createContext("/", exchange -> {
            var body = "{\"current_page\":1,\"last_page\":1,\"data\":[{\"id\":\"c-1\",\"name\":\"Jane\"}]}".getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().add("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        var origin = "http://127.0.0.1:" + server.getAddress().getPort();
        for (Transport transport : List.of(new JavaHttpTransport(), new OkHttpTransport())) {
            var zagely = new Zagely("pk_test", "sk_test", transport, origin).blocking();
            check(zagely.contacts().list().iterator().next().getName().equals("Jane"));
        }
        server.stop(0);

        var delivery = Deliveries.all("whsec_test").get(0);
        check(new Webhook("whsec_test").verify(delivery.getHeaders(), delivery.getBody()) instanceof WebhookEvent.MessageReceived);
        check(new Template("Hi {{ name }}!").render(Map.of("name", "Jane")).equals("Hi Jane!"));
        System.out.println("the artifacts work with Kotlin " + kotlin.KotlinVersion.CURRENT);
        // OkHttp's threads would keep the program running.
        System.exit(0);
    }

    private static void check(boolean isSo) {
        if (!isSo) throw new AssertionError();
    }
}
