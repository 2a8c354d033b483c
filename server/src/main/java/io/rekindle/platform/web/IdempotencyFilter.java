package io.rekindle.platform.web;

import io.rekindle.platform.AnswersOnce;
import io.rekindle.platform.ManagementApi;
import io.rekindle.platform.Problem;
import io.rekindle.platform.SystemClock;
import io.rekindle.platform.Vault;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.core.annotation.Order;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.security.core.Authentication;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.util.ContentCachingResponseWrapper;
import tools.jackson.databind.json.JsonMapper;

/**
 * A POST that carries an {@code Idempotency-Key} is carried out once: asked again within a day, by the same caller, it
 * gets the answer of the first time. Answers go by whole days, and the keys they were sealed with go with them: what is
 * in a backup opens no longer than what is here. Failures on our side are not kept, so that a repeat tries again; nor is
 * an answer that shows personal data, for every look is written down with its reason. Runs after
 * security, so that the caller is known; the request's body is kept in memory, so uploads of files do not take part.
 */
@Component
@Order
class IdempotencyFilter extends OncePerRequestFilter {
    private static final String HEADER = "Idempotency-Key";
    private static final Duration KEPT = Duration.ofDays(1);
    private static final int LONGEST_KEY = 255;
    static final String SEAL = "idempotent-answer";

    private final JdbcClient jdbc;
    private final SystemClock clock;
    private final Vault vault;
    private final JsonMapper json;

    IdempotencyFilter(JdbcClient jdbc, SystemClock clock, Vault vault, JsonMapper json) {
        this.jdbc = jdbc;
        this.clock = clock;
        this.vault = vault;
        this.json = json;
        // What an earlier run of the server claimed and did not answer died with it: a repeat tries again.
        jdbc.sql("delete from idempotent_answers where status is null").update();
    }

    /** What is known of a key: whether it was used for this very request, and the answer when there is one. */
    private record Known(
            boolean sameRequest,
            Optional<Integer> status,
            @Nullable String contentType,
            Supplier<byte[]> body) {}

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        var type = request.getContentType();
        return request.getHeader(HEADER) == null
                || !request.getMethod().equals("POST")
                || !ManagementApi.covers(request)
                || request.getUserPrincipal() == null
                || (type != null && type.startsWith("multipart/"));
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        var key = request.getHeader(HEADER);
        if (key.isBlank() || key.length() > LONGEST_KEY) {
            refuse(
                    response,
                    Problem.invalid("idempotency_key_invalid", "an Idempotency-Key has 1 to {most} characters")
                            .with("most", LONGEST_KEY));
            return;
        }
        var caller = identity(request);
        var body = request.getInputStream().readAllBytes();
        var hash = hash(request, body);
        if (!claim(caller, key, hash)) {
            answerAgain(response, caller, key, hash);
            return;
        }
        var caught = new ContentCachingResponseWrapper(response);
        boolean kept = false;
        try {
            chain.doFilter(new BufferedRequest(request, body), caught);
            if (caught.getStatus() < 500 && !AnswersOnce.isMarked(request)) {
                keep(caller, key, caught);
                kept = true;
            }
        } finally {
            if (!kept) release(caller, key);
            caught.copyBodyToResponse();
        }
    }

    /** Names of keys may repeat; whoever authenticated the caller put beside the name what does not. */
    private static String identity(HttpServletRequest request) {
        var principal = request.getUserPrincipal();
        return principal instanceof Authentication known && known.getDetails() instanceof String identity
                ? identity
                : principal.getName();
    }

    private boolean claim(String caller, String key, byte[] hash) {
        var now = OffsetDateTime.ofInstant(clock.instant(), ZoneOffset.UTC);
        var oldest = now.minus(KEPT).toLocalDate();
        int gone = jdbc.sql("delete from idempotent_answers where created_at < :oldest")
                .param("oldest", oldest.atStartOfDay().atOffset(ZoneOffset.UTC))
                .update();
        if (gone > 0) vault.destroySealedBefore(SEAL, oldest);
        try {
            jdbc.sql("""
                            insert into idempotent_answers (caller, key, request_hash, created_at)
                            values (:caller, :key, :hash, :now)
                            """)
                    .param("caller", caller)
                    .param("key", key)
                    .param("hash", hash)
                    .param("now", now)
                    .update();
            return true;
        } catch (DuplicateKeyException e) {
            return false;
        }
    }

    private void answerAgain(HttpServletResponse response, String caller, String key, byte[] hash) throws IOException {
        var known = jdbc.sql("select * from idempotent_answers where caller = :caller and key = :key")
                .param("caller", caller)
                .param("key", key)
                .query((row, n) -> {
                    var sealed = row.getBytes("body");
                    return new Known(
                            Arrays.equals(row.getBytes("request_hash"), hash),
                            Optional.ofNullable(row.getObject("status", Integer.class)),
                            row.getString("content_type"),
                            () -> vault.open(SEAL, sealed));
                })
                .optional();
        if (known.isPresent() && !known.get().sameRequest()) {
            refuse(
                    response,
                    Problem.unprocessable(
                            "idempotency_key_reused",
                            "this Idempotency-Key was used for another request; take a new one for a new request",
                            List.of()));
        } else if (known.isEmpty() || known.get().status().isEmpty()) {
            refuse(
                    response,
                    Problem.conflict(
                            "request_in_progress",
                            "the first request with this Idempotency-Key is not done yet; ask again in a moment"));
        } else {
            response.setStatus(known.get().status().get());
            response.setContentType(known.get().contentType());
            response.getOutputStream().write(known.get().body().get());
        }
    }

    private void keep(String caller, String key, ContentCachingResponseWrapper caught) {
        jdbc.sql("""
                        update idempotent_answers set status = :status, content_type = :type, body = :body
                        where caller = :caller and key = :key
                        """)
                .param("status", caught.getStatus())
                .param("type", caught.getContentType())
                // Sealed: an answer may hold a secret that is shown once.
                .param("body", vault.seal(SEAL, caught.getContentAsByteArray()))
                .param("caller", caller)
                .param("key", key)
                .update();
    }

    private void release(String caller, String key) {
        jdbc.sql("delete from idempotent_answers where caller = :caller and key = :key and status is null")
                .param("caller", caller)
                .param("key", key)
                .update();
    }

    private void refuse(HttpServletResponse response, Problem problem) throws IOException {
        ProblemResponse.write(response, json, problem);
    }

    private static byte[] hash(HttpServletRequest request, byte[] body) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            for (var part : Arrays.asList(request.getMethod(), request.getRequestURI(), request.getQueryString())) {
                if (part != null) digest.update(part.getBytes(StandardCharsets.UTF_8));
                digest.update((byte) 0);
            }
            return digest.digest(body);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 is missing from this Java runtime", e);
        }
    }

    /** The request with its body read already. */
    private static final class BufferedRequest extends HttpServletRequestWrapper {
        private final byte[] body;

        BufferedRequest(HttpServletRequest request, byte[] body) {
            super(request);
            this.body = body;
        }

        @Override
        public ServletInputStream getInputStream() {
            var bytes = new ByteArrayInputStream(body);
            return new ServletInputStream() {
                @Override
                public int read() {
                    return bytes.read();
                }

                @Override
                public int read(byte[] into, int from, int length) {
                    return bytes.read(into, from, length);
                }

                @Override
                public boolean isFinished() {
                    return bytes.available() == 0;
                }

                @Override
                public boolean isReady() {
                    return true;
                }

                @Override
                public void setReadListener(ReadListener listener) {
                    throw new IllegalStateException("the management API reads its requests synchronously");
                }
            };
        }
    }
}
