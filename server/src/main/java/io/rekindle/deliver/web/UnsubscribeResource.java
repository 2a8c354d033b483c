package io.rekindle.deliver.web;

import io.rekindle.deliver.links.Responses;
import java.util.Locale;
import java.util.Optional;
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

    private static final HumanPage.Words ERASED = new HumanPage.Words(
            "Unsubscribe",
            "退订",
            "<p>We keep nothing about the recipient of this mail any more, and write nothing to them. Should another mail"
                    + " come to this address, its own link stops it.</p>",
            "<p>我们已不再保存此邮件收件人的任何信息，也不会再向其发送邮件。如果该邮箱仍收到其他邮件，请使用那封邮件中的退订链接。</p>");

    @GetMapping("/u/{token}")
    ResponseEntity<String> ask(@PathVariable String token, Locale locale) {
        return page(responses.recipient(token), ASK, locale);
    }

    @PostMapping("/u/{token}")
    ResponseEntity<String> unsubscribe(@PathVariable String token, Locale locale) {
        return page(responses.unsubscribed(token), DONE, locale);
    }

    private static ResponseEntity<String> page(
            Optional<Responses.Recipient> recipient, HumanPage.Words known, Locale locale) {
        return recipient
                .map(who -> switch (who) {
                    case KNOWN -> known;
                    case ERASED -> ERASED;
                })
                .map(words -> HumanPage.of(HttpStatus.OK, words, locale))
                .orElseGet(() -> HumanPage.broken(locale));
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
