package io.rekindle.deliver.smtp;

import io.rekindle.consent.Permissions;
import io.rekindle.deliver.MailSettings;
import io.rekindle.deliver.channel.Letter;
import io.rekindle.deliver.channel.Line;
import io.rekindle.deliver.channel.NoLineException;
import io.rekindle.deliver.channel.Pace;
import io.rekindle.deliver.channel.Provider;
import io.rekindle.deliver.channel.Refusal;
import io.rekindle.deliver.links.Links;
import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.MessagingException;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** The mail server. */
@Component
public final class MailProvider implements Provider<Mail> {
    private static final Logger LOG = LoggerFactory.getLogger(MailProvider.class);

    private final MailSettings settings;
    private final Links links;
    private final ReturnAddresses returns;
    private final @Nullable DkimKey key;

    public MailProvider(MailSettings settings, Links links, ReturnAddresses returns) {
        this.settings = settings;
        this.links = links;
        this.returns = returns;
        this.key = DkimKey.of(settings).orElse(null);
        if (key != null && settings.isConfigured())
            LOG.info(
                    "mails are signed for {}; the DNS has to say under {}: {}",
                    key.domain(),
                    key.recordName(),
                    key.record());
    }

    @Override
    public String channel() {
        return Permissions.EMAIL;
    }

    @Override
    public String name() {
        return "the mail server %s:%d".formatted(settings.host(), settings.port());
    }

    @Override
    public boolean isConfigured() {
        return settings.isConfigured();
    }

    @Override
    public Pace pace() {
        return new Pace(settings.connections(), settings.retries(), settings.firstRetry());
    }

    @Override
    public Mail madeOut(Letter letter) {
        var message = Long.toString(letter.messageId());
        var html = Objects.requireNonNull(letter.html(), "a mail has an HTML part");
        return new Mail(
                "%016x.%016x@%s".formatted(letter.decisionId(), letter.messageId(), settings.senderDomain()),
                returns.of(letter.messageId()).orElse(null),
                letter.address(),
                Objects.requireNonNull(letter.subject(), "a mail has a subject"),
                letter.ofCampaign() ? links.track(html, letter.runId(), letter.messageId()) : html,
                letter.text(),
                letter.at(),
                letter.ofCampaign()
                        ? Map.of(
                                "List-Unsubscribe",
                                "<" + letter.unsubscribeUrl() + ">",
                                "List-Unsubscribe-Post",
                                "List-Unsubscribe=One-Click",
                                "X-Rekindle-Decision",
                                Long.toString(letter.decisionId()),
                                "X-Rekindle-Message",
                                message)
                        : Map.of("X-Rekindle-Message", message));
    }

    @Override
    public Line<Mail> open() throws NoLineException {
        try {
            return SmtpConnection.open(settings, key);
        } catch (AuthenticationFailedException e) {
            throw new NoLineException(SmtpConnection.line(String.valueOf(e.getMessage())), Refusal.SIGN_IN, e);
        } catch (MessagingException e) {
            throw new NoLineException(SmtpConnection.line(String.valueOf(e.getMessage())), null, e);
        }
    }
}
