package io.rekindle.deliver.outbox;

import io.rekindle.common.CustomerId;
import io.rekindle.plan.CouponCode;
import io.rekindle.platform.BusinessClock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Takes what messages need and marks them as being sent, many in one short transaction: permission, contact budget, coupon,
 * state. Each step is one statement for all of them. Nothing is handed over before that transaction is committed.
 */
final class Preparation {
    private final MessageStore store;
    private final Courier courier;
    private final String channel;
    private final BusinessClock clock;
    private final TransactionTemplate transaction;
    private final long start;

    Preparation(
            MessageStore store,
            Courier courier,
            String channel,
            BusinessClock clock,
            TransactionTemplate transaction,
            long start) {
        this.store = store;
        this.courier = courier;
        this.channel = channel;
        this.clock = clock;
        this.transaction = transaction;
        this.start = start;
    }

    /** Where prepared messages go, and what of them is not to be sent now. */
    interface Sink {
        /** To be handed over. */
        void put(Prepared prepared);

        /** Not begun; its row tells what it is now. */
        void release(DueMessage message);

        /** Nobody knows whether it is marked as being sent; it was not begun. */
        void unsure(DueMessage message);
    }

    /** Prepares messages whose time has come. What fails is the caller's: messages not told to the sink are due as before. */
    void prepare(List<DueMessage> due, Sink sink) {
        var recipients = courier.recipients(
                channel, due.stream().map(DueMessage::customer).distinct().toList());
        // One permission asked for per transaction: it takes locks, and all of them in one order.
        var byAsk = due.stream()
                .collect(
                        Collectors.groupingBy(message -> message.run().ask(), LinkedHashMap::new, Collectors.toList()));
        byAsk.values().forEach(messages -> prepare(messages, recipients, sink));
    }

    private void prepare(List<DueMessage> messages, Map<CustomerId, Courier.Recipient> recipients, Sink sink) {
        var at = clock.instant();
        var batch = new Batch(recipients);
        boolean known = false;
        try {
            transaction.executeWithoutResult(status -> batch.take(messages, at));
            known = true;
        } finally {
            if (!known) for (var message : messages) sink.unsure(message);
        }
        long since = System.nanoTime();
        for (var message : messages) {
            var address = batch.granted.get(message);
            if (address == null) sink.release(message);
            else
                sink.put(new Prepared(
                        message,
                        Objects.requireNonNull(recipients.get(message.customer())),
                        address,
                        batch.codes.get(message.messageId()),
                        since));
        }
    }

    /** What is decided about the messages of one transaction. */
    private final class Batch {
        private final Map<CustomerId, Courier.Recipient> recipients;
        private final Map<DueMessage, Courier.Address> granted = new LinkedHashMap<>();
        private final Map<Long, String> codes = new HashMap<>();
        private final List<MessageStore.Skip> skips = new ArrayList<>();
        private final Map<DueMessage, Instant> later = new HashMap<>();

        private Batch(Map<CustomerId, Courier.Recipient> recipients) {
            this.recipients = recipients;
        }

        private void take(List<DueMessage> messages, Instant at) {
            var claimed = store.claim(messages);
            var addressed = new LinkedHashMap<DueMessage, Courier.Address>();
            for (var message : messages) {
                if (!claimed.contains(message.messageId())) continue;
                var address = address(message);
                if (address == null) skips.add(new MessageStore.Skip(message, "no_address", null));
                else addressed.put(message, address);
            }
            if (!addressed.isEmpty()) judge(addressed);
            // What was taken for those that get none is given back when they are skipped.
            for (var message : withoutCode()) granted.remove(message);
            store.begin(hashes(), start, at);
            var skipped = store.skip(skips, at);
            if (!skipped.isEmpty()) courier.giveBack(skipped);
            store.postpone(later);
        }

        private Courier.@Nullable Address address(DueMessage message) {
            var recipient = recipients.get(message.customer());
            return recipient == null ? null : recipient.address();
        }

        private void judge(Map<DueMessage, Courier.Address> addressed) {
            var verdicts = courier.take(addressed);
            addressed.forEach((message, address) -> {
                switch (Objects.requireNonNull(verdicts.get(message.messageId()))) {
                    case Courier.Verdict.Granted yes -> granted.put(message, address);
                    case Courier.Verdict.Refused refused ->
                        skips.add(new MessageStore.Skip(message, refused.reason(), null));
                    case Courier.Verdict.AddressChanged changed -> {
                        // It stays due: the outbox is read again, with the address of then.
                    }
                    case Courier.Verdict.Later until -> later.put(message, until.notBefore());
                }
            });
        }

        /** Takes the codes; the messages that get none are not sent. */
        private List<DueMessage> withoutCode() {
            var byOffer = new LinkedHashMap<Long, List<DueMessage>>();
            for (var message : granted.keySet()) {
                var offer = message.run().offerId();
                if (offer != null)
                    byOffer.computeIfAbsent(offer, id -> new ArrayList<>()).add(message);
            }
            var without = new ArrayList<DueMessage>();
            byOffer.forEach((offer, messages) -> {
                var answers = courier.coupons(offer, messages);
                for (var message : messages)
                    switch (Objects.requireNonNull(answers.get(message.messageId()))) {
                        case CouponCode.Given given -> codes.put(message.messageId(), given.code());
                        case CouponCode.None none -> {
                            skips.add(
                                    new MessageStore.Skip(message, none.reason().code(), null));
                            without.add(message);
                        }
                    }
            });
            return without;
        }

        private Map<DueMessage, Long> hashes() {
            var hashes = new LinkedHashMap<DueMessage, Long>();
            granted.forEach((message, address) -> hashes.put(message, address.hash()));
            return hashes;
        }
    }
}
