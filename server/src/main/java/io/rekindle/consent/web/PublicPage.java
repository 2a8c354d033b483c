package io.rekindle.consent.web;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.util.HtmlUtils;

/** A page for customers, without sign-in, scripts or anything from elsewhere, in English or Chinese. */
final class PublicPage {
    private static final MediaType HTML = new MediaType(MediaType.TEXT_HTML, StandardCharsets.UTF_8);

    private PublicPage() {}

    /** The language of a page: asked for, else the browser's. */
    static String language(String asked, Locale browsers) {
        if (asked.equals("zh") || asked.equals("en")) return asked;
        return browsers.getLanguage().equals("zh") ? "zh" : "en";
    }

    static String escaped(String text) {
        return HtmlUtils.htmlEscape(text, StandardCharsets.UTF_8.name());
    }

    /** For a link that is not ours, whatever is wrong with it: nothing is told about what there is. */
    static ResponseEntity<String> broken(String language) {
        return language.equals("zh")
                ? of(HttpStatus.NOT_FOUND, "zh", "链接无法打开", "<p>该链接可能不完整或已失效。请从邮件中重新打开。</p>")
                : of(
                        HttpStatus.NOT_FOUND,
                        "en",
                        "This link does not work",
                        "<p>It may be incomplete or no longer valid. Please open it from the e-mail again.</p>");
    }

    /** @param content HTML whose values are escaped */
    static ResponseEntity<String> of(HttpStatus status, String language, String title, String content) {
        return ResponseEntity.status(status)
                .contentType(HTML)
                .cacheControl(CacheControl.noStore())
                .header("Vary", "Accept-Language")
                .header("Referrer-Policy", "no-referrer")
                .header("X-Robots-Tag", "noindex")
                .body("""
                        <!doctype html>
                        <html lang="%s">
                        <head>
                        <meta charset="utf-8">
                        <meta name="viewport" content="width=device-width, initial-scale=1">
                        <meta name="robots" content="noindex">
                        <title>%s</title>
                        <style>
                        body{font:16px/1.5 system-ui,sans-serif;max-width:34rem;margin:8vh auto;padding:0 1rem;color:#1a1a1a;background:#fff}
                        h1{font-size:1.5rem}fieldset{border:1px solid #767676;border-radius:6px;margin:1rem 0;padding:.5rem 1rem}
                        label{display:block;padding:.6rem 0}input[type=checkbox]{width:1.25rem;height:1.25rem;vertical-align:middle;margin-right:.6rem}
                        small{display:block;color:#595959;margin-left:1.9rem}
                        button{font:inherit;padding:.6rem 1.2rem;min-height:44px;border-radius:6px;border:1px solid #0b57d0;background:#0b57d0;color:#fff}
                        button.second{background:#fff;color:#0b57d0}button:focus-visible,input:focus-visible,a:focus-visible{outline:3px solid #f29900}
                        .done{border-left:4px solid #1e7e34;padding:.5rem 1rem;background:#f1f8f3}
                        </style>
                        </head>
                        <body>
                        <main>
                        <h1>%s</h1>
                        %s
                        </main>
                        </body>
                        </html>
                        """.formatted(language.equals("zh") ? "zh-CN" : "en", title, title, content));
    }
}
