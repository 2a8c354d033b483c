package io.rekindle.access;

import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Makes the first API key and the first console user of a new installation. */
@Component
public class FirstSignIn {
    /** The first console user. */
    public static final String EMAIL = "admin@rekindle.local";

    private static final Logger LOG = LoggerFactory.getLogger(FirstSignIn.class);

    private final ApiKeys keys;
    private final Users users;
    private final AccessSettings settings;

    FirstSignIn(ApiKeys keys, Users users, AccessSettings settings) {
        this.keys = keys;
        this.users = users;
        this.settings = settings;
    }

    /** Secrets that were made now and are shown this once; empty where there was nothing to make or it was set. */
    public record Made(Optional<String> apiKey, Optional<String> password) {
        /** Everything was there already. */
        public static final Made NOTHING = new Made(Optional.empty(), Optional.empty());

        @Override
        public String toString() {
            return "Made[secret]";
        }
    }

    @Transactional
    public Made ensure() {
        Optional<String> madeKey = Optional.empty();
        Optional<String> madePassword = Optional.empty();
        var set = settings.adminKey();
        if (set != null) {
            var known = keys.any(set);
            if (known.isEmpty()) keys.createWith("first key", Set.of(Role.ADMIN), set);
            else if (known.get().revokedAt() != null)
                LOG.warn(
                        "the key in REKINDLE_ADMIN_KEY is API key {}, which was revoked: it opens nothing; take another or unset the variable",
                        known.get().id());
        } else if (keys.list().isEmpty()) {
            madeKey = Optional.of(keys.create("first key", Set.of(Role.ADMIN)).secret());
        }
        if (users.list().isEmpty()) {
            var chosen = settings.adminPassword();
            var password = chosen == null ? Users.randomPassword() : chosen;
            users.create(EMAIL, "Administrator", EnumSet.of(Role.ADMIN), password);
            if (chosen == null) madePassword = Optional.of(password);
        }
        return new Made(madeKey, madePassword);
    }
}
