package io.rekindle.simulator;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.james.mime4j.MimeException;
import org.apache.james.mime4j.codec.DecoderUtil;
import org.apache.james.mime4j.parser.AbstractContentHandler;
import org.apache.james.mime4j.parser.MimeStreamParser;
import org.apache.james.mime4j.stream.BodyDescriptor;
import org.apache.james.mime4j.stream.Field;
import org.apache.james.mime4j.stream.MimeConfig;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.jspecify.annotations.Nullable;

/** Takes from a mail what a reader, her mail program and the machines before her would act on. */
final class MailReader {
    private static final int MOST_LINKS = 40;
    private static final int LONGEST_LINK = 4_096;
    private static final Pattern HTTP_IN_BRACKETS = Pattern.compile("<\\s*(https?://[^>\\s]+)\\s*>");
    private static final Pattern UNSUBSCRIBES =
            Pattern.compile("unsubscribe|opt[ -]?out|退订|取消订阅", Pattern.CASE_INSENSITIVE);
    private static final Pattern COUPON =
            Pattern.compile("(?:\\b(?i:coupon code|voucher code|coupon|voucher|promo code|code)\\b|优惠码|优惠券|券码)"
                    + "[^\\p{L}\\p{N}]{1,12}([A-Z0-9][A-Z0-9-]{3,38}[A-Z0-9])(?![\\p{L}\\p{N}])");

    private static final MimeConfig LENIENT = new MimeConfig.Builder()
            .setMaxLineLen(-1)
            .setMaxHeaderLen(100_000)
            .setMaxHeaderCount(1_000)
            .build();

    private MailReader() {}

    /** @throws IOException when it is no mail that can be read */
    static Mail read(String recipient, byte[] bytes) throws IOException {
        Content content = new Content();
        MimeStreamParser parser = new MimeStreamParser(LENIENT);
        parser.setContentDecoding(true);
        parser.setContentHandler(content);
        try {
            parser.parse(new ByteArrayInputStream(bytes));
        } catch (MimeException e) {
            throw new IOException("not a readable mail: " + e.getMessage(), e);
        }
        Document page = Jsoup.parse(content.html == null ? "" : content.html);
        String listUnsubscribe = httpAddress(content.header("list-unsubscribe"));
        String post = content.header("list-unsubscribe-post").replaceAll("\\s", "");
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
                DecoderUtil.decodeEncodedWords(content.header("subject"), UTF_8),
                List.copyOf(links),
                List.copyOf(unsubscribeLinks),
                List.copyOf(pictures),
                listUnsubscribe,
                post.equalsIgnoreCase("List-Unsubscribe=One-Click"),
                coupon(page));
    }

    /** The mail's own headers, and its first HTML part. */
    private static final class Content extends AbstractContentHandler {
        private final Map<String, String> headers = new HashMap<>();
        private @Nullable String html;
        private boolean headerOver;

        @Override
        public void field(Field field) {
            if (!headerOver) headers.putIfAbsent(field.getName().toLowerCase(Locale.ROOT), field.getBody());
        }

        @Override
        public void endHeader() {
            headerOver = true;
        }

        @Override
        public void body(BodyDescriptor part, InputStream bytes) throws IOException {
            if (html == null && part.getMimeType().equalsIgnoreCase("text/html"))
                html = new String(bytes.readAllBytes(), charset(part.getCharset()));
        }

        private String header(String name) {
            return headers.getOrDefault(name, "").strip();
        }

        private static Charset charset(@Nullable String name) throws IOException {
            if (name == null) return UTF_8;
            try {
                return Charset.forName(name);
            } catch (IllegalArgumentException e) {
                throw new IOException("its HTML part is in an unknown character set, " + name, e);
            }
        }
    }

    private static @Nullable String httpAddress(String header) {
        Matcher matcher = HTTP_IN_BRACKETS.matcher(header);
        return matcher.find() && matcher.group(1).length() <= LONGEST_LINK ? matcher.group(1) : null;
    }

    /** A code marked up as one (class or data attribute), else what follows the word in the text. */
    private static @Nullable String coupon(Document page) {
        Element marked = page.selectFirst("[data-coupon]");
        if (marked != null && !marked.attr("data-coupon").isBlank())
            return marked.attr("data-coupon").strip();
        Element named = page.selectFirst(".coupon, .coupon-code, #coupon");
        if (named != null && named.text().strip().matches("[\\p{L}\\p{N}_-]{4,40}"))
            return named.text().strip();
        Matcher matcher = COUPON.matcher(page.text());
        return matcher.find() ? matcher.group(1) : null;
    }

    private static void keep(Set<String> addresses, String address) {
        boolean web = address.toLowerCase(Locale.ROOT).startsWith("http");
        if (web && address.length() <= LONGEST_LINK && addresses.size() < MOST_LINKS) addresses.add(address);
    }
}
