@NullMarked
package io.rekindle.export.webhooks;

import org.jspecify.annotations.NullMarked;
