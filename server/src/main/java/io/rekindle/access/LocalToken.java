package io.rekindle.access;

import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Set;
import org.springframework.stereotype.Component;

/**
 * Lets a command on the same machine use the running server: a random token of this run, which the server writes into
 * its data folder, readable by its owner only. Whoever can read it could read the data itself.
 */
@Component
public class LocalToken {
    private final String secret;

    LocalToken() {
        var bytes = new byte[24];
        new SecureRandom().nextBytes(bytes);
        secret = "local_" + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    public String secret() {
        return secret;
    }

    /** The caller, when the secret is this run's. */
    public java.util.Optional<Caller> authenticate(String given) {
        var same = MessageDigest.isEqual(
                given.getBytes(java.nio.charset.StandardCharsets.UTF_8),
                secret.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        return same
                ? java.util.Optional.of(new Caller("command line", Set.of(Role.ADMIN)))
                : java.util.Optional.empty();
    }
}
