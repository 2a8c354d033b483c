@NullMarked
package io.rekindle.plan.content;

import org.jspecify.annotations.NullMarked;
