package io.rekindle.profile;

import io.rekindle.collect.ImportsUndone;
import io.rekindle.common.CustomerId;
import io.rekindle.platform.WriteGate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Takes what undone imports said of customers back: then that stands again which would stand without them. */
@Component
class UndoneTraits implements ImportsUndone {
    private static final int CUSTOMERS_AT_ONCE = 10_000;

    private final ProfileStore profiles;
    private final PersonalStore personal;
    private final ProfileTail tail;
    private final ImportedTags tags;
    private final WriteGate gate;
    private final TransactionTemplate transactions;

    UndoneTraits(
            ProfileStore profiles,
            PersonalStore personal,
            ProfileTail tail,
            ImportedTags tags,
            WriteGate gate,
            PlatformTransactionManager transactions) {
        this.profiles = profiles;
        this.personal = personal;
        this.tail = tail;
        this.tags = tags;
        this.gate = gate;
        this.transactions = new TransactionTemplate(transactions);
    }

    @Override
    public void settle(Collection<Long> undone) {
        if (undone.isEmpty()) return;
        // The gate first, as the tail comes: a backup that waits in between would hold both up for ever.
        gate.write(() -> transactions.executeWithoutResult(status -> takeBack(undone)));
    }

    private void takeBack(Collection<Long> undone) {
        // The tail waits for this row, and sees what is left.
        profiles.lastMerge();
        var touched = new HashSet<>(profiles.takeBack(undone));
        touched.addAll(personal.takeBack(undone));
        var all = new ArrayList<>(touched);
        for (int from = 0; from < all.size(); from += CUSTOMERS_AT_ONCE) {
            Set<CustomerId> some = new HashSet<>(all.subList(from, Math.min(all.size(), from + CUSTOMERS_AT_ONCE)));
            profiles.replace(List.copyOf(some), tail.seenOf(some, Long.MAX_VALUE));
            tags.follow(some);
        }
    }
}
