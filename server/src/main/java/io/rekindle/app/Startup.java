package io.rekindle.app;

import io.rekindle.access.FirstSignIn;
import io.rekindle.collect.Sources;
import io.rekindle.deliver.MailSettings;
import io.rekindle.platform.Installations;
import io.rekindle.platform.PlatformSettings;
import io.rekindle.rights.Erasures;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.stereotype.Component;

/** What is made at the first start, and told once by the command that started the server. */
@Component
public class Startup implements ApplicationRunner {
    private final Installations installations;
    private final FirstSignIn firstSignIn;
    private final Sources sources;
    private final Erasures erasures;
    private final PlatformSettings platform;
    private final MailSettings mail;
    private FirstSignIn.Made made = FirstSignIn.Made.NOTHING;
    private Optional<String> writeKey = Optional.empty();

    Startup(
            Installations installations,
            FirstSignIn firstSignIn,
            Sources sources,
            Erasures erasures,
            PlatformSettings platform,
            MailSettings mail) {
        this.installations = installations;
        this.firstSignIn = firstSignIn;
        this.sources = sources;
        this.erasures = erasures;
        this.platform = platform;
        this.mail = mail;
    }

    @Override
    public void run(ApplicationArguments arguments) {
        // First: as soon as there is a user, PostgreSQL counts as used.
        installations.mark();
        made = firstSignIn.ensure();
        writeKey = sources.firstKey();
        erasures.eraseAgain();
    }

    /** The secrets this start made, as lines for a person; empty from the second start on. */
    public List<String> tellOnce() {
        var lines = new ArrayList<String>();
        made.password()
                .ifPresent(password ->
                        lines.add("Sign in as %s with the password %s".formatted(FirstSignIn.EMAIL, password)));
        made.apiKey().ifPresent(key -> lines.add("The first API key (role admin): " + key));
        writeKey.ifPresent(key -> lines.add("The first write key (source '%s'): %s".formatted(Sources.FIRST, key)));
        if (!lines.isEmpty()) lines.add("These are shown this once.");
        return lines;
    }

    /** What works and yet should not stay so, as lines for a person; said at every start of a server that is to stay. */
    public List<String> warnings() {
        var lines = new ArrayList<String>();
        if (platform.demo()) return lines;
        if (platform.keyFileIsWithData())
            lines.add(
                    "the key file %s lies in the data folder: who copies the folder can read the names in it; move the file elsewhere and name it with REKINDLE_KEY_FILE"
                            .formatted(platform.keyFilePath()));
        if (mail.isConfigured() && platform.isPublicUrlLocal())
            lines.add("mails go out with links to %s, which customers cannot reach; set REKINDLE_PUBLIC_URL"
                    .formatted(platform.publicUrl()));
        return lines;
    }

    /** The write key this start made for the first source; empty when there was one. */
    public Optional<String> writeKey() {
        return writeKey;
    }
}
