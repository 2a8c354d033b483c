package io.rekindle.deliver.smtp;

import io.rekindle.deliver.MailSettings;
import io.rekindle.platform.Problem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.util.Base64;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.simplejavamail.utils.mail.dkim.Canonicalization;
import org.simplejavamail.utils.mail.dkim.DkimException;
import org.simplejavamail.utils.mail.dkim.DkimSigner;
import org.simplejavamail.utils.mail.dkim.SigningAlgorithm;

/**
 * The key mails are signed with (DKIM, RFC 6376, {@code rsa-sha256}, both canonicalisations relaxed), and the record a
 * receiver looks the public half up in.
 */
public final class DkimKey {
    /** RFC 8301: verifiers take nothing shorter for a signature. */
    private static final int SHORTEST_BITS = 1024;

    private final String domain;
    private final String selector;
    private final RSAPrivateCrtKey key;

    private DkimKey(String domain, String selector, RSAPrivateCrtKey key) {
        this.domain = domain;
        this.selector = selector;
        this.key = key;
    }

    /**
     * The key the settings name; empty when mails are not signed.
     *
     * @throws Problem when its file cannot be read or holds no RSA key
     */
    public static Optional<DkimKey> of(MailSettings settings) {
        var selector = settings.dkimSelector();
        var file = settings.dkimKeyFile();
        if (selector == null || file == null) return Optional.empty();
        var domain = Objects.requireNonNullElse(settings.dkimDomain(), settings.senderDomain());
        return Optional.of(new DkimKey(domain.toLowerCase(Locale.ROOT), selector, read(file)));
    }

    private static RSAPrivateCrtKey read(Path file) {
        String text;
        try {
            text = Files.readString(file, StandardCharsets.US_ASCII);
        } catch (IOException e) {
            throw unusable(file, "it cannot be read", e);
        }
        var body = text.replaceAll("-----(BEGIN|END) PRIVATE KEY-----", "").replaceAll("\\s+", "");
        try {
            var read = KeyFactory.getInstance("RSA")
                    .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(body)));
            if (!(read instanceof RSAPrivateCrtKey key)) throw unusable(file, "its public half is missing", null);
            if (key.getModulus().bitLength() < SHORTEST_BITS)
                throw unusable(file, "it is shorter than %d bits".formatted(SHORTEST_BITS), null);
            return key;
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            // Not as the cause: what cannot be read may still be a secret.
            throw unusable(file, "it is no RSA key as PKCS#8 in PEM", null);
        }
    }

    private static Problem unusable(Path file, String why, @Nullable Throwable cause) {
        var problem = Problem.invalid(
                        "dkim_key_unusable",
                        "mails cannot be signed with the key of rekindle.mail.dkim-key-file, {file}: {why}; make one with"
                                + " 'openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out FILE'")
                .with("file", file.toString())
                .with("why", why);
        if (cause != null) problem.addSuppressed(cause);
        return problem;
    }

    /** Who vouches: what the signature names as {@code d=}. */
    public String domain() {
        return domain;
    }

    /** Where receivers look the public key up. */
    public String recordName() {
        return "%s._domainkey.%s".formatted(selector, domain);
    }

    /** What the TXT record of that name says (RFC 6376, 3.6.1). */
    public String record() {
        try {
            var open = KeyFactory.getInstance("RSA")
                    .generatePublic(new RSAPublicKeySpec(key.getModulus(), key.getPublicExponent()));
            return "v=DKIM1; k=rsa; p=" + Base64.getEncoder().encodeToString(open.getEncoded());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has RSA", e);
        }
    }

    /** Signs for one thread. */
    DkimSigner signer() {
        try {
            var signer = new DkimSigner(domain, selector, key);
            signer.setSigningAlgorithm(SigningAlgorithm.SHA256_WITH_RSA);
            signer.setHeaderCanonicalization(Canonicalization.RELAXED);
            signer.setBodyCanonicalization(Canonicalization.RELAXED);
            // A length would let anybody add to a mail of ours (RFC 6376, 8.2).
            signer.setLengthParam(false);
            // RFC 8058: who unsubscribes with one click does so by these.
            signer.addHeaderToSign("List-Unsubscribe");
            signer.addHeaderToSign("List-Unsubscribe-Post");
            // Asked of the DNS for every mail otherwise.
            signer.setCheckDomainKey(false);
            return signer;
        } catch (DkimException e) {
            throw new IllegalStateException("%s cannot sign: %s".formatted(domain, e.getMessage()), e);
        }
    }
}
