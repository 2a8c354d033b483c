package io.rekindle.simulator;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of a mail that was accepted. Addresses are as they stand in the mail, unchecked.
 *
 * @param recipient the envelope's recipient in lower case
 * @param subject the subject, empty when there is none
 * @param links where the links of the HTML part lead, unsubscribe links left out
 * @param unsubscribeLinks where the links of the HTML part lead that let a person unsubscribe
 * @param pictures where the pictures of the HTML part are loaded from
 * @param listUnsubscribe the HTTP address of the List-Unsubscribe header (RFC 2369)
 * @param oneClick whether the List-Unsubscribe-Post header (RFC 8058) allows to POST to it
 * @param coupon the coupon code found in the HTML part
 */
public record Mail(
        String recipient,
        String subject,
        List<String> links,
        List<String> unsubscribeLinks,
        List<String> pictures,
        @Nullable String listUnsubscribe,
        boolean oneClick,
        @Nullable String coupon) {
    /** Copies its lists. */
    public Mail {
        links = List.copyOf(links);
        unsubscribeLinks = List.copyOf(unsubscribeLinks);
        pictures = List.copyOf(pictures);
    }

    Mail to(String other) {
        return new Mail(other, subject, links, unsubscribeLinks, pictures, listUnsubscribe, oneClick, coupon);
    }
}
