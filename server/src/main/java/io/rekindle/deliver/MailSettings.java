package io.rekindle.deliver;

import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.InternetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The mail server messages are handed to. Without a host nothing is sent, and messages wait.
 *
 * @param host its name or address
 * @param port its port
 * @param user the user to sign in with, if the server wants one
 * @param password the user's password
 * @param from the sender, e.g. {@code "Our shop <news@example.com>"}
 * @param replyTo where answers go, if not to the sender
 * @param connections how many connections at once, 1 to 64
 * @param startTls whether the connection must be encrypted
 * @param connectTimeout patience for a connection
 * @param replyTimeout patience for each answer of the mail server
 * @param retries how often a message that is refused for now is tried again before it has failed
 * @param firstRetry business time to the first retry; doubled for each further one, at most a day
 * @param dkimSelector the name of the key mails are signed with, within the domain; null: they are not signed
 * @param dkimDomain who signs; null: the domain of the sender
 * @param dkimKeyFile an RSA key, PKCS#8 in PEM
 */
@ConfigurationProperties("rekindle.mail")
public record MailSettings(
        @Nullable String host,
        @DefaultValue("25") int port,
        @Nullable String user,
        @Nullable String password,
        @DefaultValue("Rekindle <rekindle@localhost>") String from,
        @Nullable String replyTo,
        @DefaultValue("4") int connections,
        @DefaultValue("if_offered") StartTls startTls,
        @DefaultValue("10s") Duration connectTimeout,
        @DefaultValue("2m") Duration replyTimeout,
        @DefaultValue("6") int retries,
        @DefaultValue("15m") Duration firstRetry,
        @Nullable String dkimSelector,
        @Nullable String dkimDomain,
        @Nullable Path dkimKeyFile) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9.-]{0,200}[A-Za-z0-9])?");

    /** Whether mail travels encrypted. */
    public enum StartTls {
        /** Never. */
        OFF,
        /** When the mail server offers it. */
        IF_OFFERED,
        /** Always: nothing is sent to a server that does not offer it. */
        REQUIRED
    }

    public MailSettings {
        if (port < 1 || port > 65535)
            throw new IllegalArgumentException("rekindle.mail.port is %d; it is between 1 and 65535".formatted(port));
        if (connections < 1 || connections > 64)
            throw new IllegalArgumentException(
                    "rekindle.mail.connections is %d; it is between 1 and 64".formatted(connections));
        if (retries < 0 || retries > 20)
            throw new IllegalArgumentException(
                    "rekindle.mail.retries is %d; it is between 0 and 20".formatted(retries));
        if (connectTimeout.isNegative()
                || connectTimeout.isZero()
                || replyTimeout.isNegative()
                || replyTimeout.isZero())
            throw new IllegalArgumentException("the time-outs of rekindle.mail must be longer than nothing");
        if (firstRetry.isNegative() || firstRetry.isZero())
            throw new IllegalArgumentException("rekindle.mail.first-retry must be longer than nothing");
        checkAddress("from", from);
        checkName("dkim-selector", dkimSelector);
        checkName("dkim-domain", dkimDomain);
        if ((dkimSelector == null) != (dkimKeyFile == null))
            throw new IllegalArgumentException(
                    "mails are signed when rekindle.mail.dkim-selector and rekindle.mail.dkim-key-file are both set");
        if (replyTo != null) checkAddress("reply-to", replyTo);
    }

    /** Whether there is a mail server to hand messages to. */
    public boolean isConfigured() {
        return host != null && !host.isBlank();
    }

    /** The domain of the sender, in small letters. */
    public String senderDomain() {
        var address = from.replaceAll(".*<|>.*", "").strip();
        return address.substring(address.indexOf('@') + 1).toLowerCase(Locale.ROOT);
    }

    @Override
    public String toString() {
        return "MailSettings[%s:%d, from %s]".formatted(host, port, from);
    }

    private static void checkName(String setting, @Nullable String name) {
        if (name != null && !NAME.matcher(name).matches())
            throw new IllegalArgumentException(
                    "rekindle.mail.%s is '%s', which is no name of the DNS".formatted(setting, name));
    }

    private static void checkAddress(String setting, String address) {
        try {
            new InternetAddress(address, true);
        } catch (AddressException e) {
            throw new IllegalArgumentException(
                    "rekindle.mail.%s is '%s', which is not a mail address: %s"
                            .formatted(setting, address, e.getMessage()),
                    e);
        }
    }
}
