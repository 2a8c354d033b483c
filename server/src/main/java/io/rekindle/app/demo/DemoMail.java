package io.rekindle.app.demo;

import java.util.Map;

/** The mail of the demonstration's campaign. */
final class DemoMail {
    private DemoMail() {}

    static Map<String, String> template(String shopUrl) {
        return Map.of(
                "name",
                "Welcome back",
                "channel",
                "email",
                "subject",
                "{{ customer.first_name }}, we have missed you",
                "html",
                """
                <html><body style="font-family:sans-serif;max-width:560px;margin:auto">
                <h2>Hello {{ customer.first_name }},</h2>
                <p>it has been a while. Here is a welcome for your next order: <b>{{ offer.value }} %% off</b> with the code</p>
                <p style="font-size:22px;letter-spacing:2px"><b class="coupon">{{ offer.code }}</b></p>
                <p><a href="%1$s/shop/welcome-back">See what is new</a></p>
                </body></html>
                """.formatted(shopUrl),
                "text",
                """
                Hello {{ customer.first_name }},

                it has been a while. Here is a welcome for your next order: {{ offer.value }} %% off with the code {{ offer.code }}

                %1$s/shop/welcome-back
                """.formatted(shopUrl));
    }
}
