@NullMarked
package io.rekindle.platform.jobs;

import org.jspecify.annotations.NullMarked;
