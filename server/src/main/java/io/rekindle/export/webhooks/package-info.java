/** Webhooks on their way: what is due, signed, sent, tried again. */
@NullMarked
package io.rekindle.export.webhooks;

import org.jspecify.annotations.NullMarked;
