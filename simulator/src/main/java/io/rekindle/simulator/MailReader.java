package io.rekindle.simulator;

import jakarta.mail.MessagingException;
import jakarta.mail.Multipart;
import jakarta.mail.Part;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.jspecify.annotations.Nullable;

/** Takes from a mail what a reader, her mail program and the machines before her would act on. */
final class MailReader {
    private static final int MOST_LINKS = 40;
    private static final int LONGEST_LINK = 4_096;
    private static final int DEEPEST_PART = 8;
    private static final Pattern HTTP_IN_BRACKETS = Pattern.compile("<\\s*(https?://[^>\\s]+)\\s*>");
    private static final Pattern UNSUBSCRIBES =
            Pattern.compile("unsubscribe|opt[ -]?out|退订|取消订阅", Pattern.CASE_INSENSITIVE);
    private static final Pattern COUPON =
            Pattern.compile("(?:\\b(?i:coupon code|voucher code|coupon|voucher|promo code|code)\\b|优惠码|优惠券|券码)"
                    + "[^\\p{L}\\p{N}]{1,12}([A-Z0-9][A-Z0-9-]{3,38}[A-Z0-9])(?![\\p{L}\\p{N}])");

    private static final Session SESSION = Session.getInstance(new Properties());

    private MailReader() {}

    /** @throws IOException when it is no mail that can be read */
    static Mail read(String recipient, byte[] bytes) throws IOException {
        try {
            MimeMessage message = new MimeMessage(SESSION, new ByteArrayInputStream(bytes));
            String html = html(message, 0);
            Document page = Jsoup.parse(html == null ? "" : html);
            String listUnsubscribe = httpAddress(message.getHeader("List-Unsubscribe", ","));
            String post = message.getHeader("List-Unsubscribe-Post", ",");
            Set<String> links = new LinkedHashSet<>();
            Set<String> unsubscribeLinks = new LinkedHashSet<>();
            for (Element link : page.select("a[href], area[href]")) {
                String address = link.attr("href").strip();
                boolean unsubscribes = address.equals(listUnsubscribe)
                        || UNSUBSCRIBES.matcher(link.text()).find();
                keep(unsubscribes ? unsubscribeLinks : links, address);
            }
            Set<String> pictures = new LinkedHashSet<>();
            for (Element picture : page.select("img[src]"))
                keep(pictures, picture.attr("src").strip());
            return new Mail(
                    recipient,
                    message.getSubject() == null ? "" : message.getSubject(),
                    List.copyOf(links),
                    List.copyOf(unsubscribeLinks),
                    List.copyOf(pictures),
                    listUnsubscribe,
                    post != null && post.replaceAll("\\s", "").equalsIgnoreCase("List-Unsubscribe=One-Click"),
                    coupon(page));
        } catch (MessagingException e) {
            throw new IOException("not a readable mail: " + e.getMessage(), e);
        }
    }

    private static @Nullable String html(Part part, int depth) throws MessagingException, IOException {
        if (depth > DEEPEST_PART) return null;
        if (part.isMimeType("text/html")) return String.valueOf(part.getContent());
        if (part.isMimeType("multipart/*") && part.getContent() instanceof Multipart parts)
            for (int place = 0; place < parts.getCount(); place++) {
                String found = html(parts.getBodyPart(place), depth + 1);
                if (found != null) return found;
            }
        return null;
    }

    private static @Nullable String httpAddress(@Nullable String header) {
        if (header == null) return null;
        Matcher matcher = HTTP_IN_BRACKETS.matcher(header.replaceAll("\\r?\\n\\s+", ""));
        return matcher.find() && matcher.group(1).length() <= LONGEST_LINK ? matcher.group(1) : null;
    }

    /** A code marked up as one (class or data attribute), else what follows the word in the text. */
    private static @Nullable String coupon(Document page) {
        Element marked = page.selectFirst("[data-coupon]");
        if (marked != null && !marked.attr("data-coupon").isBlank())
            return marked.attr("data-coupon").strip();
        Element named = page.selectFirst(".coupon, .coupon-code, #coupon");
        if (named != null && named.text().strip().matches("[\\p{L}\\p{N}-]{4,40}"))
            return named.text().strip();
        Matcher matcher = COUPON.matcher(page.text());
        return matcher.find() ? matcher.group(1) : null;
    }

    private static void keep(Set<String> addresses, String address) {
        boolean web = address.toLowerCase(Locale.ROOT).startsWith("http");
        if (web && address.length() <= LONGEST_LINK && addresses.size() < MOST_LINKS) addresses.add(address);
    }
}
