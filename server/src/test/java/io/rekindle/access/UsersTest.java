package io.rekindle.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rekindle.platform.Problem;
import io.rekindle.platform.SystemClock;
import io.rekindle.testing.RekindleTest;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;

@RekindleTest
class UsersTest {
    /** Thousands of slow hashes would test the hash. */
    private static final int LEAST_STRENGTH = 4;

    private final JdbcClient jdbc;
    private final AuditTrail audit;
    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-03-01T09:00:00Z"));

    UsersTest(@Autowired JdbcClient jdbc, @Autowired AuditTrail audit) {
        this.jdbc = jdbc;
        this.audit = audit;
    }

    @Test
    void wrongPasswordsOfUnknownAddressesAreForgottenWithTheWindow() {
        var users = users();
        for (int n = 0; n < 1500; n++) users.authenticate("nobody-%d@example.com".formatted(n), "wrong");
        assertThat(users.authenticate("x".repeat(100_000) + "@example.com", "wrong"))
                .isEmpty();
        assertThat(users.rememberedAddresses()).isEqualTo(1500);
        now.updateAndGet(at -> at.plus(Duration.ofMinutes(6)));
        users.authenticate("one-more@example.com", "wrong");
        assertThat(users.rememberedAddresses()).isEqualTo(1);
    }

    @Test
    void tenWrongPasswordsLockAnAddressForFiveMinutes() {
        var users = users();
        for (int n = 0; n < 10; n++) users.authenticate("locked@example.com", "wrong");
        assertThatThrownBy(() -> users.authenticate("Locked@example.com", "wrong"))
                .isInstanceOfSatisfying(Problem.class, p -> assertThat(p.code()).isEqualTo("too_many_attempts"));
        assertThat(users.authenticate("other@example.com", "wrong")).isEmpty();
        now.updateAndGet(at -> at.plus(Duration.ofMinutes(6)));
        assertThat(users.authenticate("locked@example.com", "wrong")).isEmpty();
    }

    private Users users() {
        var clock = new java.time.Clock() {
            @Override
            public java.time.ZoneId getZone() {
                return java.time.ZoneOffset.UTC;
            }

            @Override
            public java.time.Clock withZone(java.time.ZoneId zone) {
                return this;
            }

            @Override
            public Instant instant() {
                return now.get();
            }
        };
        return new Users(jdbc, audit, new SystemClock(clock), new BCryptPasswordEncoder(LEAST_STRENGTH));
    }
}
