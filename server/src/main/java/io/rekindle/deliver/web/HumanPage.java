package io.rekindle.deliver.web;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;

/** A small page for who follows a link of a mail, in English or Chinese. */
final class HumanPage {
    private static final MediaType HTML = new MediaType(MediaType.TEXT_HTML, StandardCharsets.UTF_8);

    private HumanPage() {}

    /** What a page says in both languages. */
    record Words(String title, String titleChinese, String content, String contentChinese) {}

    private static final Words BROKEN = new Words(
            "This link does not work",
            "链接无法打开",
            "<p>It may be incomplete or no longer valid. Please open it from the e-mail again. If that does not help,"
                    + " reply to the e-mail.</p>",
            "<p>该链接可能不完整或已失效。请从邮件中重新打开；如果仍然无法打开，请直接回复该邮件。</p>");

    /** For a link that is not ours, whatever is wrong with it: nothing is told about what there is. */
    static ResponseEntity<String> broken(Locale locale) {
        return of(HttpStatus.NOT_FOUND, BROKEN, locale);
    }

    static ResponseEntity<String> of(HttpStatus status, Words words, Locale locale) {
        boolean chinese = locale.getLanguage().equals("zh");
        var title = chinese ? words.titleChinese() : words.title();
        return ResponseEntity.status(status)
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
                """.formatted(
                        chinese ? "zh-CN" : "en", title, title, chinese ? words.contentChinese() : words.content()));
    }
}
