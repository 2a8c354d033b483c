@NullMarked
package io.rekindle.models.cluster;

import org.jspecify.annotations.NullMarked;
