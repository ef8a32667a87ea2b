// Calls from Java, which has no coroutines, default arguments or unsigned numbers.
package dev.hudhud.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.hudhud.CallOptions;
import dev.hudhud.Contact;
import dev.hudhud.CreateContact;
import dev.hudhud.GetContact;
import dev.hudhud.Header;
import dev.hudhud.HudhudException;
import dev.hudhud.JavaHttpTransport;
import dev.hudhud.ListContacts;
import dev.hudhud.MessageStatus;
import dev.hudhud.Response;
import dev.hudhud.SendMessage;
import dev.hudhud.Settings;
import dev.hudhud.Template;
import dev.hudhud.Webhook;
import dev.hudhud.WebhookEvent;
import dev.hudhud.WebhookException;
import dev.hudhud.Zagely;
import dev.hudhud.testing.Deliveries;
import dev.hudhud.testing.FakeTransport;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class BlockingTest {
    private final Zagely zagely = Sandbox.INSTANCE.zagely(new JavaHttpTransport(), new Settings());

    @Test
    void aMessageIsQueued() {
        var call = new SendMessage(null, "+15551234567", "hi", null, Sandbox.INSTANCE.readyText("session_id"));
        var sent = zagely.blocking().messages().send(call);
        assertEquals(MessageStatus.Queued.INSTANCE, sent.getStatus());
        assertNotNull(sent.getMessageId());
    }

    @Test
    void contactsAreCreatedListedAndDeleted() {
        var contacts = zagely.blocking().contacts();
        var tag = "java-" + UUID.randomUUID();
        var made = new ArrayList<String>();
        for (int index = 0; index < 3; index++) {
            var number = "+1555" + (1_000_000 + Math.abs(UUID.randomUUID().hashCode() % 9_000_000));
            made.add(contacts.create(new CreateContact(number, "Jane " + index, null, List.of(tag))).getId());
        }
        var listed = new ArrayList<String>();
        for (Contact contact : contacts.list(new ListContacts(null, List.of(tag)))) listed.add(contact.getId());
        assertEquals(made.stream().sorted().toList(), listed.stream().sorted().toList());
        made.forEach(contacts::delete);
        try {
            contacts.get(made.get(0));
            fail("expected NotFound");
        } catch (HudhudException.NotFound gone) {
            assertEquals("contacts.get", gone.getFailure().getCall());
            assertEquals(404, gone.getFailure().getMeta().getStatus());
        }
    }

    @Test
    void aDeliveryIsVerified() {
        var webhook = new Webhook("whsec_test");
        var delivery = Deliveries.all("whsec_test", Instant.now()).get(0);
        var event = webhook.verify(delivery.getHeaders(), delivery.getBody());
        assertTrue(event instanceof WebhookEvent.MessageReceived);
        var forged = "{}".getBytes(StandardCharsets.UTF_8);
        try {
            webhook.verify(delivery.getHeaders(), forged);
            fail("expected WebhookException for a forged body");
        } catch (WebhookException refused) {
            assertEquals(401, refused.getHttpStatus());
        }
        assertEquals(0, webhook.receive(delivery.getHeaders(), delivery.getBody()).getSecretIndex());
    }

    @Test
    void aTemplateIsRenderedAndAFakeTransportAnswers() {
        assertEquals("Hi Jane, 5", new Template("Hi {{ name }}, {{n}}").render(Map.of("name", "Jane", "n", 5)));
        var transport = new FakeTransport().respond(201, "{\"status\":\"queued\",\"message_id\":\"m-1\"}")
            .respond(200, new byte[] {'{', '"', (byte) 0xff, '"', '}'});
        var zagely = new Zagely("pk_test", "sk_test", transport).blocking();
        assertEquals("m-1", zagely.messages().send(new SendMessage(null, "+15551234567", "hi")).getMessageId());
        try {
            zagely.contacts().get("c-1");
            fail("expected UnexpectedResponse");
        } catch (HudhudException.UnexpectedResponse unreadable) {
            assertEquals((byte) 0xff, unreadable.getFailure().getResponse().getBody()[2]);
        }
    }

    @Test
    void aRequestIsEncodedAndAResponseDecodedWithoutIO() {
        var zagely = new Zagely("pk_test", "sk_test", new FakeTransport());
        var call = new GetContact("c-1");
        assertEquals("GET", zagely.request(call, new CallOptions("a-key")).getMethod());
        var headers = List.of(new Header("Content-Type", "application/json"));
        var reply = zagely.decode(call, new Response(200, headers, "{\"id\":\"c-1\"}".getBytes(StandardCharsets.UTF_8)));
        assertEquals("c-1", reply.getOutput().getId());
        assertEquals(200, reply.getMeta().getStatus());
    }
}
