/** What every channel's provider has in common: how messages are made out for it, handed over, and answered. */
@NullMarked
package io.rekindle.deliver.channel;

import org.jspecify.annotations.NullMarked;
