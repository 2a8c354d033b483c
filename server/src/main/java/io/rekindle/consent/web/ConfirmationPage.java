package io.rekindle.consent.web;

import io.rekindle.consent.Confirmations;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Double opt-in: a GET asks, a POST confirms. Scanners follow the links of a mail; none of them may confirm for a person. */
@RestController
class ConfirmationPage {
    private final Confirmations confirmations;

    ConfirmationPage(Confirmations confirmations) {
        this.confirmations = confirmations;
    }

    @GetMapping("/c/{token}")
    ResponseEntity<String> ask(@PathVariable String token, Locale locale) {
        var found = confirmations.find(token);
        if (found.isEmpty()) return PublicPage.broken(PublicPage.language("", locale));
        var language = found.get().language();
        return switch (confirmations.stand(found.get())) {
            case OPEN -> question(found.get());
            case CONFIRMED -> confirmed(language);
            case EXPIRED -> expired(language);
            case ELSEWHERE -> elsewhere(language);
        };
    }

    @PostMapping("/c/{token}")
    ResponseEntity<String> confirm(
            @PathVariable String token, @RequestParam(required = false) @Nullable Long shown, Locale locale) {
        var found = confirmations.find(token);
        var stand = confirmations.confirm(token, shown);
        if (found.isEmpty() || stand.isEmpty()) return PublicPage.broken(PublicPage.language("", locale));
        var language = found.get().language();
        return switch (stand.get()) {
            // Something was asked while the page was read.
            case OPEN -> question(found.get());
            case CONFIRMED -> confirmed(language);
            case EXPIRED -> expired(language);
            case ELSEWHERE -> elsewhere(language);
        };
    }

    private ResponseEntity<String> question(Confirmations.Confirmation confirmation) {
        var language = confirmation.language();
        var about = confirmations.about(confirmation).stream()
                .map(name -> "<li>%s</li>\n".formatted(PublicPage.escaped(name)))
                .collect(Collectors.joining());
        return PublicPage.of(HttpStatus.OK, language, title(language), """
                <p>%s</p>
                %s<form method="post"><input type="hidden" name="shown" value="%d"><button type="submit">%s</button></form>
                """.formatted(
                        PublicPage.escaped(confirmations.asked(confirmation)),
                        about.isEmpty() ? "" : "<ul>\n" + about + "</ul>\n",
                        confirmations.lastOf(confirmation),
                        language.equals("zh") ? "确认" : "Confirm"));
    }

    private static ResponseEntity<String> confirmed(String language) {
        return PublicPage.of(
                HttpStatus.OK,
                language,
                title(language),
                language.equals("zh")
                        ? "<p class=\"done\" role=\"status\">已确认，谢谢。您可以随时通过邮件中的链接退订。</p>"
                        : "<p class=\"done\" role=\"status\">Confirmed, thank you. Every mail has a link to stop again.</p>");
    }

    private static ResponseEntity<String> expired(String language) {
        return PublicPage.of(
                HttpStatus.GONE,
                language,
                title(language),
                language.equals("zh")
                        ? "<p>该链接已过期，订阅未生效。请重新订阅，我们会再次发送确认邮件。</p>"
                        : "<p>This link has run out, and nothing was subscribed. Subscribe again and we send you another.</p>");
    }

    private static ResponseEntity<String> elsewhere(String language) {
        return PublicPage.of(
                HttpStatus.GONE,
                language,
                title(language),
                language.equals("zh")
                        ? "<p>此链接所发往的邮箱已不是您现在的邮箱，订阅未生效。请使用发往新邮箱的邮件中的链接，或重新订阅。</p>"
                        : "<p>This link was sent to another address than the one you have now, and nothing was subscribed. Use the"
                                + " link of the mail to the new address, or subscribe again.</p>");
    }

    private static String title(String language) {
        return language.equals("zh") ? "确认订阅" : "Confirm your subscription";
    }
}
