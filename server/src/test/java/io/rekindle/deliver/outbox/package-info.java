@NullMarked
package io.rekindle.deliver.outbox;

import org.jspecify.annotations.NullMarked;
