@NullMarked
package io.rekindle.deliver.smtp;

import org.jspecify.annotations.NullMarked;
