// Uses the artifacts like a user's program: a message over a transport in memory, a webhook, a template.
import dev.hudhud.MessageStatus;
import dev.hudhud.SendMessage;
import dev.hudhud.Template;
import dev.hudhud.Webhook;
import dev.hudhud.WebhookEvent;
import dev.hudhud.Zagely;
import dev.hudhud.testing.Deliveries;
import dev.hudhud.testing.FakeTransport;
import java.util.Map;

class Main {
    public static void main(String[] arguments) {
        var transport = new FakeTransport().respond(201, "{\"status\":\"queued\",\"message_id\":\"m-1\"}");
        var zagely = Zagely.builder().publicKey("pk_test").secretKey("sk_test").transport(transport).build().blocking();
        var sent = zagely.messages().send(SendMessage.text("+15551234567", "hi"));
        check(sent.getStatus() == MessageStatus.QUEUED && sent.getMessageId().equals("m-1"));
        var delivery = Deliveries.all("whsec_test").get(0);
        var event = (WebhookEvent.MessageReceived) new Webhook("whsec_test").verify(delivery.getHeaders(), delivery.getBody());
        check(event.getData().getContact().getName().equals("Jane Doe"));
        check(new Template("Hi {{ name }}!").render(Map.of("name", "Jane")).equals("Hi Jane!"));
        System.out.println("the artifacts work");
    }

    private static void check(boolean isSo) {
        if (!isSo) throw new AssertionError();
    }
}
