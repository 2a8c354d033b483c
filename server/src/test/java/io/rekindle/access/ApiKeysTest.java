package io.rekindle.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.testing.RekindleTest;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.transaction.support.TransactionTemplate;

@RekindleTest
class ApiKeysTest {
    private final ApiKeys keys;
    private final TransactionTemplate transactions;

    ApiKeysTest(@Autowired ApiKeys keys, @Autowired TransactionTemplate transactions) {
        this.keys = keys;
        this.transactions = transactions;
    }

    @Test
    void revokedKeyOpensNothingAtOnceThoughItWasJustRead() {
        for (int i = 0; i < 20; i++) {
            var made = keys.create("till-" + i, Set.of(Role.ANALYST));
            assertThat(keys.authenticate(made.secret())).isPresent();
            keys.revoke(made.key().id());
            assertThat(keys.authenticate(made.secret())).isEmpty();
            assertThat(keys.any(made.secret())).isPresent();
        }
    }

    @Test
    void whatWasReadWhileARevocationWasNotYetCommittedIsReadAgainAfterIt() {
        var made = keys.create("race", Set.of(Role.ANALYST));
        transactions.executeWithoutResult(status -> {
            keys.revoke(made.key().id());
            // Another connection still sees the key in force, and keeps what it saw.
            var seen = java.util.concurrent.CompletableFuture.supplyAsync(() -> keys.authenticate(made.secret()))
                    .join();
            assertThat(seen).isPresent();
        });
        assertThat(keys.authenticate(made.secret())).isEmpty();
    }

    @Test
    void revocationThatFailsLeavesTheKeyInForce() {
        var made = keys.create("kept", Set.of(Role.ANALYST));
        transactions.executeWithoutResult(status -> {
            keys.revoke(made.key().id());
            status.setRollbackOnly();
        });
        assertThat(keys.authenticate(made.secret())).isPresent();
    }
}
