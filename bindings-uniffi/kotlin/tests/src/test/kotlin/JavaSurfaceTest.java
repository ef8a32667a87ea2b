// The interface for Java: builders, constants, futures, streams, transports.
package dev.hudhud.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hudhud.AppRoutes;
import dev.hudhud.CallEnd;
import dev.hudhud.CallEvent;
import dev.hudhud.CallObserver;
import dev.hudhud.CallOptions;
import dev.hudhud.Change;
import dev.hudhud.Channel;
import dev.hudhud.CheckHealth;
import dev.hudhud.Contact;
import dev.hudhud.CreateContact;
import dev.hudhud.EventName;
import dev.hudhud.GetContact;
import dev.hudhud.Header;
import dev.hudhud.Hudhud;
import dev.hudhud.HudhudException;
import dev.hudhud.Json;
import dev.hudhud.JsonValue;
import dev.hudhud.Lane;
import dev.hudhud.ListContacts;
import dev.hudhud.MessageStatus;
import dev.hudhud.MessageType;
import dev.hudhud.Method;
import dev.hudhud.Observer;
import dev.hudhud.RateLimiter;
import dev.hudhud.Request;
import dev.hudhud.Response;
import dev.hudhud.RetryPolicy;
import dev.hudhud.SendMessage;
import dev.hudhud.SendText;
import dev.hudhud.Settings;
import dev.hudhud.Transport;
import dev.hudhud.TransportException;
import dev.hudhud.TransportFault;
import dev.hudhud.UpdateContact;
import dev.hudhud.Wazaj;
import dev.hudhud.Webhook;
import dev.hudhud.Zagely;
import dev.hudhud.testing.Deliveries;
import dev.hudhud.testing.FakeTransport;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class JavaSurfaceTest {
    private static final String QUEUED = "{\"status\":\"queued\",\"message_id\":\"m-1\"}";

    private static Zagely zagely(Transport transport) {
        return Zagely.builder().publicKey("pk_test").secretKey("sk_test").transport(transport).build();
    }

    private static Response json(int status, String body) {
        return new Response(status, List.of(new Header("Content-Type", "application/json")), body.getBytes(StandardCharsets.UTF_8));
    }

    private static String body(Request request) {
        return new String(request.getBody(), StandardCharsets.UTF_8);
    }

    @Test
    void aDeliveryShowsItsEventAndItsSize() {
        var delivery = Deliveries.all("whsec_test").get(0);
        assertEquals("Delivery(message.received, " + delivery.getBody().length + " bytes)", delivery.toString());
    }

    @Test
    void arraysAreListsAndObjectsAreRefused() {
        assertEquals("[1,2]", Json.jsonOf(new int[] {1, 2}).toJson());
        var fields = CreateContact.builder("+15551234567").customFields(Map.of("k", new String[] {"x"})).build().getCustomFields();
        assertEquals("[\"x\"]", fields.get("k").toJson());
        var refused = assertThrows(IllegalArgumentException.class, () -> CreateContact.builder("+1555").customFields(Map.of("k", new Object())));
        assertTrue(refused.getMessage().startsWith("k: java.lang.Object "), refused.getMessage());
    }

    @Test
    void aCallIsBuiltStepByStep() {
        var listed = ListContacts.builder().tags(List.of("vip")).perPage(2).build();
        assertEquals(List.of("vip"), listed.getTags());
        assertEquals(2, listed.getPerPage());
        assertEquals(3, listed.toBuilder().perPage(3).build().getPerPage());
        var contact = CreateContact.builder("+15551234567").name("Jane").customFields(Map.of("city", "Cairo", "visits", 3)).build();
        assertEquals(new JsonValue.Text("Cairo"), contact.getCustomFields().get("city"));
        assertEquals(new JsonValue.Int(3), contact.getCustomFields().get("visits"));
    }

    @Test
    void aMessageBeginsWithItsKind() {
        var text = SendMessage.text("+15551234567", "hi").sessionId("s-1").build();
        assertEquals("hi", text.getMessage());
        assertEquals("s-1", text.getSessionId());
        assertEquals(MessageType.IMAGE, SendMessage.image("+15551234567", "https://example.com/a.jpg").build().getType());
        assertEquals(MessageType.VIDEO, SendMessage.media("+15551234567", MessageType.VIDEO, "https://example.com/a").build().getType());
    }

    @Test
    void anUpdateSetsAndClears() {
        var transport = new FakeTransport().respond(200, "{\"id\":\"c-1\",\"name\":\"Zed\"}");
        var update = UpdateContact.builder("c-1").name("Zed").clearEmail();
        assertEquals("Zed", zagely(transport).blocking().contacts().update(update).getName());
        assertEquals("{\"name\":\"Zed\",\"email\":null}", body(transport.getRequests().get(0)));
        assertEquals(new Change.Set<>("Zed"), update.build().getName());
    }

    @Test
    void optionsAndSettingsAreBuilt() {
        var transport = new FakeTransport().respond(201, QUEUED).respond(503, "{}");
        var settings = Settings.builder().userAgent("shop/1").retry(RetryPolicy.builder().maxAttempts(1).base(Duration.ofMillis(1)).build());
        var zagely = Zagely.builder().publicKey("pk_test").secretKey("sk_test").transport(transport)
            .baseUrl("https://example.com").appRoutes(AppRoutes.builder().prefix("/api/v1").build()).settings(settings).build();
        var options = CallOptions.builder().idempotencyKey("k-1").extra(Map.of("note", "x")).build();
        var sent = zagely.blocking().withResponse(SendMessage.text("+15551234567", "hi"), options);
        assertEquals("m-1", sent.getOutput().getMessageId());
        assertEquals(201, sent.getMeta().getStatus());
        assertTrue(body(transport.getRequests().get(0)).contains("\"note\":\"x\""));
        assertTrue(transport.getRequests().get(0).getUrl().startsWith("https://example.com/"));
        assertThrows(HudhudException.Unavailable.class, () -> zagely.blocking().account().me());
        assertEquals(2, transport.getRequests().size());
        var wazaj = Wazaj.builder().apiKey("wzj_test").baseUrl("https://example.com/api/wazaj/business")
            .transport(new FakeTransport().respond(200, "{\"success\":true,\"message_id\":12345}")).build();
        assertEquals(12345L, wazaj.blocking().messages().sendText(new SendText("+50912345678", "Hello")).getMessageId());
        assertThrows(HudhudException.InvalidRequest.class, () -> Zagely.builder().publicKey("pk_test").build());
    }

    @Test
    void openEnumsHaveConstants() throws Exception {
        assertEquals("whatsapp", Channel.WHATSAPP.toString());
        assertEquals(MessageStatus.Queued.INSTANCE, MessageStatus.QUEUED);
        assertEquals("message.received", EventName.MESSAGE_RECEIVED.toString());
        // The constants exist in whichever order the classes are used.
        for (var first : List.of("dev.hudhud.Channel", "dev.hudhud.Channel$Whatsapp", "dev.hudhud.ChannelConstants")) {
            var jar = Channel.class.getProtectionDomain().getCodeSource().getLocation();
            try (var loader = new java.net.URLClassLoader(new java.net.URL[] {jar}, Apart.PARENT)) {
                Class.forName(first, true, loader);
                var constant = loader.loadClass("dev.hudhud.Channel").getField("WHATSAPP").get(null);
                assertEquals(loader.loadClass("dev.hudhud.Channel$Whatsapp").getField("INSTANCE").get(null), constant, first);
                assertFalse(constant instanceof Channel, "the class was loaded before");
            }
        }
    }

    /** A class loader that has everything but this library. */
    private static final class Apart extends ClassLoader {
        static final ClassLoader PARENT = new Apart();

        private Apart() {
            super(Apart.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (name.startsWith("dev.hudhud.")) throw new ClassNotFoundException(name);
            return super.loadClass(name, resolve);
        }
    }

    @Test
    void listsHaveStreamsAndPages() {
        var page = "{\"current_page\":%d,\"last_page\":2,\"total\":3,\"data\":[%s]}";
        var transport = new FakeTransport();
        for (int round = 0; round < 2; round++) {
            transport.respond(200, page.formatted(1, "{\"id\":\"c-1\"},{\"id\":\"c-2\"}")).respond(200, page.formatted(2, "{\"id\":\"c-3\"}"));
        }
        var contacts = zagely(transport).blocking();
        var ids = contacts.contacts().list(ListContacts.builder().perPage(2)).stream().map(Contact::getId).toList();
        assertEquals(List.of("c-1", "c-2", "c-3"), ids);
        assertEquals(List.of(1L, 2L), contacts.pages(new ListContacts()).stream().map(it -> it.getOutput().getCurrentPage()).toList());
        assertEquals(4, transport.getRequests().size());
        transport.respond(200, page.formatted(1, "{\"id\":\"c-1\"}"));
        assertEquals("c-1", contacts.contacts().list().stream().findFirst().orElseThrow().getId());
        assertEquals(5, transport.getRequests().size(), "only the first page is requested");
    }

    @Test
    void callsReturnFutures() {
        var transport = new FakeTransport().respond(201, QUEUED).respond(404, "{}")
            .respond(200, "{\"current_page\":1,\"last_page\":1,\"data\":[{\"id\":\"c-1\"}]}").respond(200, "{\"id\":\"c-1\"}");
        var async = zagely(transport).async();
        var id = async.messages().send(SendMessage.text("+15551234567", "hi")).thenApply(sent -> sent.getMessageId());
        assertEquals("m-1", id.join());
        var failed = assertThrows(CompletionException.class, () -> async.contacts().get("c-1").join());
        assertInstanceOf(HudhudException.NotFound.class, failed.getCause());
        assertEquals("c-1", async.contacts().list().join().get(0).getId());
        assertEquals(200, async.withResponse(new GetContact("c-1")).join().getMeta().getStatus());
    }

    @Test
    void cancellingAFutureEndsItsCall() throws Exception {
        var begun = new CompletableFuture<Void>();
        var inside = new CompletableFuture<Response>();
        var zagely = zagely(Transport.async(request -> {
            begun.complete(null);
            return inside;
        }));
        var call = zagely.async().account().me();
        begun.get(5, TimeUnit.SECONDS);
        call.cancel(true);
        assertThrows(java.util.concurrent.CancellationException.class, () -> inside.get(5, TimeUnit.SECONDS));
    }

    @Test
    void aTransportIsWrittenInJava() {
        var seen = new ArrayList<String>();
        var zagely = zagely(Transport.blocking(request -> {
            seen.add(request.getMethod());
            if (request.getMethod().equals("GET")) throw new TransportException(TransportFault.TIMEOUT);
            return json(201, QUEUED);
        }));
        assertEquals("m-1", zagely.blocking().messages().send(SendMessage.text("+15551234567", "hi")).getMessageId());
        var once = CallOptions.builder().retry(RetryPolicy.builder().maxAttempts(1).build()).build();
        var late = assertThrows(HudhudException.Transport.class, () -> zagely.blocking().contacts().get("c-1", once));
        assertEquals(TransportFault.TIMEOUT, late.getFailure().getTransportFault());
        assertEquals(List.of("POST", "GET"), seen);
        var lost = zagely(Transport.async(request -> CompletableFuture.failedFuture(new IOException("gone"))));
        var closed = assertThrows(HudhudException.Transport.class, () -> lost.blocking().contacts().get("c-1", once));
        assertEquals(TransportFault.CLOSED, closed.getFailure().getTransportFault());
        assertEquals("gone", closed.getCause().getMessage());
    }

    @Test
    void anInterruptedThreadGetsAnExceptionThatJavaCanCatch() throws Exception {
        var inside = new CompletableFuture<Void>();
        var zagely = zagely(Transport.blocking(request -> {
            inside.complete(null);
            Thread.sleep(60_000);
            throw new AssertionError("the thread was not interrupted");
        }));
        var caught = new CompletableFuture<HudhudException>();
        var flag = new CompletableFuture<Boolean>();
        var thread = new Thread(() -> {
            try {
                zagely.blocking().messages().send(SendMessage.text("+15551234567", "hi"));
            } catch (HudhudException error) {
                caught.complete(error);
                flag.complete(Thread.currentThread().isInterrupted());
            }
        });
        thread.start();
        inside.get(5, TimeUnit.SECONDS);
        thread.interrupt();
        var error = assertInstanceOf(HudhudException.Transport.class, caught.get(5, TimeUnit.SECONDS));
        assertTrue(flag.get(5, TimeUnit.SECONDS), "the interrupt flag is set");
        assertTrue(error.getFailure().getMayHaveHappened());
        assertTrue(error.getFailure().getSafeToRetry());
        assertEquals(36, error.getFailure().getIdempotencyKey().length());
        assertInstanceOf(InterruptedException.class, error.getCause());
        assertEquals(
            "messages.send: transport: The thread was interrupted. The call may have had its effect: repeat it with its idempotency key.",
            error.getMessage());
    }

    @Test
    void theTopLevelFunctionsHaveNames() {
        assertEquals("+15551234567", Hudhud.normalizePhone("+1 555 123-4567"));
        assertEquals(new JsonValue.Int(5), Json.jsonOf(5));
        var delivery = Deliveries.all("whsec_test", Instant.now()).get(0);
        var webhook = new Webhook("whsec_test");
        assertEquals(0, webhook.receive(name -> List.of(delivery.getHeaders().getOrDefault(name, "")), delivery.getBody()).getSecretIndex());
        var call = zagely(new FakeTransport()).callByName("contacts.get", "{\"contact_id\":\"c-1\"}");
        assertEquals("contacts.get", call.getCall().getName());
    }

    @Test
    void anObserverFollowsCalls() {
        var seen = new ArrayList<String>();
        Observer observer = call -> new CallObserver() {
            @Override
            public void event(CallEvent event) {
                if (event instanceof CallEvent.AttemptEnded ended) seen.add(call.getCall() + " " + ended.getAttempt().getStatus());
            }

            @Override
            public void end(CallEnd end) {
                seen.add(end.getAttempts() + " " + end.getError());
            }
        };
        var transport = new FakeTransport().respond(200, "{\"id\":\"k-1\"}").respond(404);
        var builder = Zagely.builder().publicKey("pk_test").secretKey("sk_test").transport(transport);
        var zagely = builder.observer(observer).build();
        zagely.blocking().account().me();
        assertThrows(HudhudException.NotFound.class, () -> zagely.blocking().contacts().get("c-1"));
        assertEquals(List.of("account.me 200", "1 null", "contacts.get 404", "1 not_found"), seen);
        seen.clear();
        var wazaj = Wazaj.builder().apiKey("wzj_test").baseUrl("https://wazaj.example/api/wazaj/business");
        var failing = wazaj.transport(new FakeTransport().respond(401)).observer(observer).build().blocking();
        assertThrows(HudhudException.class, () -> failing.messages().sendText(new SendText("+50912345678", "Hello")));
        assertEquals(List.of("messages.send_text 401", "1 authentication"), seen);
    }

    @Test
    void jsonIsRead() {
        var json = Json.jsonOf(Map.of("id", "m-1", "count", 2, "ok", true, "list", List.of("a\n\"b\"", 1.5)));
        assertEquals("m-1", json.text("id"));
        assertEquals(2L, json.integer("count"));
        assertEquals(2.0, json.number("count"));
        assertEquals(true, json.bool("ok"));
        assertEquals(null, json.text("count"));
        assertEquals(null, json.get("none"));
        assertEquals("[\"a\\n\\\"b\\\"\",1.5]", json.get("list").toJson());
    }

    @Test
    void aClientIsCreatedFromVariables() {
        var variables = Map.of("ZAGELY_PUBLIC_KEY", "pk_a", "ZAGELY_SECRET_KEY", "sk_b", "ZAGELY_BASE_URL", "https://a.example");
        assertEquals("https://a.example/api/v1/health", Zagely.fromEnv(variables).request(new CheckHealth()).getUrl());
        assertThrows(HudhudException.InvalidRequest.class, Wazaj::fromEnv);
        assertThrows(HudhudException.InvalidRequest.class, Webhook::fromEnv);
    }

    @Test
    void aRouteThatTheCatalogLacksIsCalled() {
        var transport = new FakeTransport().respond(200, "{\"id\":\"l-1\"}").respond(200, "[]");
        var options = CallOptions.builder().headers(Map.of("X-Trace", "t-1")).timeout(Duration.ofSeconds(2)).build();
        var fields = Map.of("label_id", "l-1", "color", "red");
        var label = zagely(transport).blocking().request(Method.PATCH, "/api/v1/labels/{label_id}", fields, options);
        assertEquals("l-1", label.text("id"));
        var sent = transport.getRequests().get(0);
        assertEquals("{\"color\":\"red\"}", body(sent));
        assertEquals(Duration.ofSeconds(2), sent.getTimeout());
        assertEquals(Json.jsonOf(List.of()), zagely(transport).async().request(Method.GET, "/api/v1/labels").join());
    }

    @Test
    void aLimiterIsSharedReplacedAndTurnedOff() {
        var limiter = new RateLimiter();
        Transport answers = Transport.blocking(request -> new Response(201, List.of(
            new Header("Content-Type", "application/json"), new Header("X-RateLimit-Limit", "60")),
            QUEUED.getBytes(StandardCharsets.UTF_8)));
        var builder = Zagely.builder().publicKey("pk_test").secretKey("sk_test").transport(answers);
        var soon = CallOptions.builder().deadline(Duration.ofMillis(10));
        var text = SendMessage.text("+15551234567", "hi").sessionId("s-1");
        var limited = builder.rateLimiter(limiter).build().blocking().messages();
        var error = assertThrows(HudhudException.WaitTooLong.class, () -> {
            for (var count = 0; count < 100; count++) limited.send(text, soon.lane(Lane.BULK).build());
        });
        assertTrue(error.getFailure().getRetryAfter().compareTo(Duration.ZERO) > 0);
        assertEquals(0, limiter.getWaiting());
        assertTrue(new RateLimiter(limiter.getState()).getState().length > 50);
        var unlimited = builder.rateLimiter(null).build().blocking().messages();
        for (var count = 0; count < 100; count++) unlimited.send(text, soon.build());
    }
}
