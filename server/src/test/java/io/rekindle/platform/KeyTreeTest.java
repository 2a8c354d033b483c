package io.rekindle.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keys of which some are destroyed: those are gone, and every other is what it was. */
class KeyTreeTest {
    /** The file stays what it is; the key of the environment around it is another from the next start on. */
    @Test
    void theKeyOfTheEnvironmentIsExchanged(@TempDir Path folder) throws Exception {
        var file = folder.resolve("keys").resolve("rekindle.key");
        var former = "cd".repeat(32);
        var next = "ef".repeat(32);
        var sealed = new Vault(KeyStore.readOrCreate(file, folder, former, null), () -> 0).seal("x", new byte[] {1});
        assertThatThrownBy(() -> KeyStore.readOrCreate(file, folder, next, null))
                .isInstanceOf(Problem.class)
                .hasMessageContaining("REKINDLE_KEY_BEFORE");
        assertThatThrownBy(() -> KeyStore.readOrCreate(file, folder, next, "ab".repeat(32)))
                .isInstanceOf(Problem.class);
        assertThat(new Vault(KeyStore.readOrCreate(file, folder, next, former), () -> 0).open("x", sealed))
                .containsExactly(1);
        assertThat(Vault.ofKeyFile(file, next, null).open("x", sealed)).containsExactly(1);
        assertThatThrownBy(() -> Vault.ofKeyFile(file, former, null)).isInstanceOf(Problem.class);
        // Who forgets to take the former key away again starts all the same.
        assertThat(new Vault(KeyStore.readOrCreate(file, folder, next, former), () -> 0).open("x", sealed))
                .containsExactly(1);
    }

    @Test
    void theDestroyedAreGoneAndAllOthersAreWhatTheyWere() {
        var random = new Random(41);
        var root = new byte[32];
        random.nextBytes(root);
        var whole = KeyTree.ofRoot(root);
        for (int round = 0; round < 200; round++) {
            var destroyed = new HashSet<Long>();
            // Neighbours and strangers: leaves near each other share almost their whole way.
            while (destroyed.size() < 20)
                destroyed.add(random.nextBoolean() ? random.nextLong() : random.nextInt(64) - 32L);
            long from = random.nextInt(1000);
            long to = from + random.nextInt(1000);
            var left =
                    KeyTree.of(whole.without(destroyed).withoutRange(from, to).seeds());
            var asked = new ArrayList<>(destroyed);
            asked.addAll(List.of(from - 1, from, (from + to) / 2, to, to + 1, 0L, -1L, Long.MIN_VALUE, Long.MAX_VALUE));
            for (int i = 0; i < 50; i++) asked.add(random.nextInt(200) - 100L);
            for (long leaf : asked) {
                boolean isGone = destroyed.contains(leaf) || (leaf >= from && leaf <= to);
                if (isGone) assertThat(left.key(leaf)).isNull();
                else assertThat(left.key(leaf)).isEqualTo(whole.key(leaf));
            }
            // What is kept gives none of the destroyed: no seed kept lies on the way to one.
            for (var node : left.seeds().keySet())
                for (long leaf : destroyed)
                    assertThat(
                                    node.depth() == 64
                                            ? node.path() == leaf
                                            : node.depth() == 0 || (leaf ^ node.path()) >>> (64 - node.depth()) == 0)
                            .isFalse();
        }
    }

    @Test
    void manyDestroyedSideBySideNeedFewSeeds() {
        var tree = KeyTree.ofRoot(new byte[32]);
        var leaves = new HashSet<Long>();
        for (long leaf = 1; leaf <= 10_000; leaf++) leaves.add(leaf);
        assertThat(tree.without(leaves).seeds()).hasSizeLessThan(80);
        assertThat(tree.withoutRange(1, 10_000).seeds().keySet())
                .isEqualTo(tree.without(leaves).seeds().keySet());
    }

    @Test
    void theKeyFileOfTheFirstFormIsReadAndWrittenAnewWithoutItsMasterKey(@TempDir Path folder) throws IOException {
        var file = folder.resolve("rekindle.key");
        var master = "ab".repeat(32);
        Files.writeString(file, master + "\n");
        var before = new Vault(java.util.HexFormat.of().parseHex(master));
        var store = KeyStore.readOrCreate(file, folder, null, null);
        var vault = new Vault(store, () -> 20_000);
        assertThat(vault.fingerprint()).isEqualTo(before.fingerprint());
        assertThat(vault.keyedHash("email", "ann")).isEqualTo(before.keyedHash("email", "ann"));
        assertThat(Files.readString(file)).doesNotContain(master);
        var person = vault.newPersonKey();
        var wrapped = vault.wrap(person, 7);
        var other = vault.wrap(person, 8);
        vault.destroy(List.of(wrapped));
        var first = new Vault.Entombed(Instant.parse("2026-01-01T00:00:00Z"), 77, false);
        var second = new Vault.Entombed(Instant.parse("2026-01-02T00:00:00Z"), 0, false);
        var third = new Vault.Entombed(Instant.parse("2026-01-03T00:00:00Z"), 0, true);
        vault.entomb(Set.of(-5L, 9L), first);
        vault.entomb(Set.of(4L), second);
        vault.entomb(Set.of(6L), third);

        var again = Vault.ofKeyFile(file, null, null);
        assertThat(again.isDestroyed(wrapped)).isTrue();
        assertThatThrownBy(() -> again.unwrap(wrapped))
                .isInstanceOfSatisfying(Problem.class, p -> assertThat(p.code()).isEqualTo("key_destroyed"));
        assertThat(again.unwrap(other).key()).isEqualTo(person.key());
        assertThat(again.entombed())
                .containsOnly(Map.entry(-5L, first), Map.entry(9L, first), Map.entry(4L, second), Map.entry(6L, third));
        assertThat(again.isUsable(7)).isFalse();
        try (var files = Files.list(folder)) {
            assertThat(files).as("nothing lies about").hasSize(1);
        }
    }

    @Test
    void aFileSealedWithAKeyOfTheEnvironmentOpensWithThatKeyOnly(@TempDir Path folder) throws IOException {
        var file = folder.resolve("rekindle.key");
        var outer = "cd".repeat(32);
        var sealed = new Vault(KeyStore.readOrCreate(file, folder, outer, null), () -> 0).seal("x", new byte[] {1});
        assertThat(Files.readString(file)).doesNotContain("lookup").startsWith("rekindle-keys 2 sealed");
        assertThat(Vault.ofKeyFile(file, outer, null).open("x", sealed)).containsExactly(1);
        assertThatThrownBy(() -> Vault.ofKeyFile(file, "ce".repeat(32), null))
                .isInstanceOfSatisfying(Problem.class, p -> assertThat(p.code()).isEqualTo("key_wrong"));
        assertThatThrownBy(() -> Vault.ofKeyFile(file, null, null))
                .isInstanceOfSatisfying(Problem.class, p -> assertThat(p.code()).isEqualTo("key_missing"));
        var whole = Files.readString(file);
        for (int cut = 1; cut < whole.length(); cut += 40) {
            Files.writeString(file, whole.substring(0, cut));
            assertThatThrownBy(() -> Vault.ofKeyFile(file, outer, null)).isInstanceOf(Problem.class);
        }
    }

    @Test
    void whatIsSealedDiesAloneWithItsDayOrWithItsBucket() {
        var days = new long[] {20_000};
        var vault = new Vault(KeyStore.inMemory(KeyRing.fresh()), () -> days[0]);
        var plain = "plain".getBytes(StandardCharsets.UTF_8);
        var first = vault.seal("a", plain);
        var second = vault.seal("a", plain);
        days[0]++;
        var later = vault.seal("a", plain);
        var ofAnotherKind = vault.seal("b", plain);
        vault.destroy(List.of(first));
        assertThat(List.of(first, second, later)).map(vault::isDestroyed).containsExactly(true, false, false);
        vault.destroySealedBefore("a", LocalDate.ofEpochDay(20_001));
        assertThat(List.of(first, second, later, ofAnotherKind))
                .map(vault::isDestroyed)
                .containsExactly(true, true, false, false);

        var hers = vault.sealFor(5, "intake", plain);
        var neighbours = vault.sealFor(5 + 4096, "intake", plain);
        var others = vault.sealFor(6, "intake", plain);
        var retired = vault.retire(Set.of(5L), "intake");
        var next = vault.sealFor(5, "intake", plain);
        vault.destroyLeaves(retired);
        assertThat(List.of(hers, neighbours, others, next))
                .map(vault::isDestroyed)
                .containsExactly(true, true, false, false);
        assertThat(vault.open("intake", next)).isEqualTo(plain);
    }

    @Test
    void keysAreExchangedAndTheOldAreGone() {
        var vault = new Vault(KeyStore.inMemory(KeyRing.fresh()), () -> 20_000);
        var plain = "plain".getBytes(StandardCharsets.UTF_8);
        var one = vault.seal("a", plain);
        var dead = vault.seal("a", plain);
        vault.destroy(List.of(dead));
        var hash = vault.keyedHash("email", "ann");
        vault.beginRotation();
        assertThat(vault.open("a", one)).isEqualTo(plain);
        var resealed = vault.reseal("a", one);
        assertThat(vault.reseal("a", dead)).isNull();
        assertThat(Arrays.copyOf(java.util.Objects.requireNonNull(resealed), 4)).isEqualTo(vault.presentMark());
        vault.endRotation();
        assertThat(vault.open("a", resealed)).isEqualTo(plain);
        assertThatThrownBy(() -> vault.open("a", one))
                .isInstanceOfSatisfying(Problem.class, p -> assertThat(p.code()).isEqualTo("key_mismatch"));
        assertThat(vault.keyedHash("email", "ann")).as("ids stay").isEqualTo(hash);
    }
}
