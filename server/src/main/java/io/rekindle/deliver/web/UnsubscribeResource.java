package io.rekindle.deliver.web;

import io.rekindle.deliver.links.Responses;
import java.util.Locale;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Unsubscribing: a POST does it at once (one click, RFC 8058), a GET only asks. Scanners follow every link of a mail;
 * none of them may unsubscribe its recipient.
 */
@RestController
class UnsubscribeResource {
    private final Responses responses;

    UnsubscribeResource(Responses responses) {
        this.responses = responses;
    }

    private static final HumanPage.Words ASK = new HumanPage.Words(
            "Unsubscribe",
            "退订",
            form("Do you want to stop receiving these e-mails?", "Unsubscribe"),
            form("您确定不再接收这类邮件吗？", "退订"));
    private static final HumanPage.Words DONE = new HumanPage.Words(
            "Unsubscribe",
            "退订",
            "<p>You are unsubscribed. We will not write to you again.</p>",
            "<p>您已退订，我们不会再给您发送这类邮件。</p>");

    @GetMapping("/u/{token}")
    ResponseEntity<String> ask(@PathVariable String token, Locale locale) {
        return responses.canUnsubscribe(token) ? HumanPage.of(HttpStatus.OK, ASK, locale) : HumanPage.broken(locale);
    }

    @PostMapping("/u/{token}")
    ResponseEntity<String> unsubscribe(@PathVariable String token, Locale locale) {
        return responses.unsubscribed(token) ? HumanPage.of(HttpStatus.OK, DONE, locale) : HumanPage.broken(locale);
    }

    /** A link that lost its end on the way. */
    @GetMapping({"/u", "/u/", "/u/{token}/{*more}", "/t", "/t/{*more}"})
    ResponseEntity<String> broken(Locale locale) {
        return HumanPage.broken(locale);
    }

    private static String form(String question, String button) {
        return """
                <p>%s</p>
                <form method="post"><button type="submit" name="List-Unsubscribe" value="One-Click">%s</button></form>
                """.formatted(question, button);
    }
}
