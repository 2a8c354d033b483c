package io.rekindle.deliver.web;

import io.rekindle.deliver.links.Responses;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Unsubscribing: a POST does it at once (one click, RFC 8058), a GET only asks. Scanners follow every link of a mail;
 * none of them may unsubscribe its recipient.
 */
@RestController
@RequestMapping("/u/{token}")
class UnsubscribeResource {
    private static final MediaType HTML = new MediaType(MediaType.TEXT_HTML, StandardCharsets.UTF_8);

    private final Responses responses;

    UnsubscribeResource(Responses responses) {
        this.responses = responses;
    }

    /** The words of the page in one language. */
    private record Words(String language, String title, String ask, String button, String done) {
        private static final Words ENGLISH = new Words(
                "en",
                "Unsubscribe",
                "Do you want to stop receiving these e-mails?",
                "Unsubscribe",
                "You are unsubscribed. We will not write to you again.");
        private static final Words CHINESE = new Words("zh-CN", "退订", "您确定不再接收这类邮件吗？", "退订", "您已退订，我们不会再给您发送这类邮件。");

        private static Words in(Locale locale) {
            return locale.getLanguage().equals("zh") ? CHINESE : ENGLISH;
        }
    }

    @GetMapping
    ResponseEntity<String> ask(@PathVariable String token, Locale locale) {
        if (!responses.canUnsubscribe(token)) return ResponseEntity.notFound().build();
        var words = Words.in(locale);
        return page(words, """
                <p>%s</p>
                <form method="post"><button type="submit" name="List-Unsubscribe" value="One-Click">%s</button></form>
                """.formatted(words.ask(), words.button()));
    }

    @PostMapping
    ResponseEntity<String> unsubscribe(@PathVariable String token, Locale locale) {
        if (!responses.unsubscribed(token)) return ResponseEntity.notFound().build();
        var words = Words.in(locale);
        return page(words, "<p>%s</p>".formatted(words.done()));
    }

    private static ResponseEntity<String> page(Words words, String content) {
        return ResponseEntity.ok()
                .contentType(HTML)
                .cacheControl(CacheControl.noStore())
                .header("Vary", "Accept-Language")
                .header("Referrer-Policy", "no-referrer")
                .body("""
                <!doctype html>
                <html lang="%s">
                <head>
                <meta charset="utf-8">
                <meta name="viewport" content="width=device-width, initial-scale=1">
                <meta name="robots" content="noindex">
                <title>%s</title>
                <style>body{font:16px/1.5 system-ui,sans-serif;max-width:30rem;margin:15vh auto;padding:0 1rem}\
                button{font:inherit;padding:.5rem 1.2rem}</style>
                </head>
                <body>
                <h1>%s</h1>
                %s
                </body>
                </html>
                """.formatted(words.language(), words.title(), words.title(), content));
    }
}
