/** What is heard of messages after they were sent. */
@NullMarked
package io.rekindle.deliver.receipts;

import org.jspecify.annotations.NullMarked;
