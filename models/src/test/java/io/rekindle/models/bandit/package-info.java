@NullMarked
package io.rekindle.models.bandit;

import org.jspecify.annotations.NullMarked;
