package io.rekindle.collect;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.collect.tracking.TrackingPlan.Mode;
import io.rekindle.collect.tracking.TrackingPlans;
import io.rekindle.testing.RekindleTest;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.transaction.support.TransactionTemplate;

/** What is kept in memory of keys and plans is what is committed, in whatever order changes of them come. */
@RekindleTest
class KeysInForceTest {
    private final Sources sources;
    private final TrackingPlans plans;
    private final TransactionTemplate transactions;
    private final String mark = UUID.randomUUID().toString();

    KeysInForceTest(
            @Autowired Sources sources, @Autowired TrackingPlans plans, @Autowired TransactionTemplate transactions) {
        this.sources = sources;
        this.plans = plans;
        this.transactions = transactions;
    }

    @Test
    void aKeyThatIsRevokedOpensNothingThoughAnotherIsMadeMeanwhile() {
        var source = sources.create(mark, List.of());
        var key = sources.createKey(source.id());
        assertThat(sources.authenticate(key.secret())).isPresent();
        var made = transactions.execute(status -> {
            sources.revokeKey(source.id(), key.id());
            // It sees the key as it was, and keeps what it saw.
            return CompletableFuture.supplyAsync(() -> sources.createKey(source.id()))
                    .join();
        });
        assertThat(sources.authenticate(key.secret())).isEmpty();
        assertThat(sources.authenticate(Objects.requireNonNull(made).secret())).isPresent();
    }

    @Test
    void aChangeThatIsNotCommittedHoldsForNobody() {
        var source = sources.create(mark, List.of());
        var key = sources.createKey(source.id());
        transactions.executeWithoutResult(status -> {
            sources.revokeKey(source.id(), key.id());
            plans.save(source.id(), 0, Mode.REJECT, false, List.of(), "");
            status.setRollbackOnly();
        });
        assertThat(sources.authenticate(key.secret())).isPresent();
        assertThat(plans.inForce(source.id())).isNull();
        plans.save(source.id(), 0, Mode.REJECT, false, List.of(), "");
        assertThat(plans.inForce(source.id())).isNotNull();
    }
}
