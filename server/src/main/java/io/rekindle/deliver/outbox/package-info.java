/** The transactional outbox and the workers that empty it over several connections, each message at most once. */
@NullMarked
package io.rekindle.deliver.outbox;

import org.jspecify.annotations.NullMarked;
