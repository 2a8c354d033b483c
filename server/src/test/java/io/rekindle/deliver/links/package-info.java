@NullMarked
package io.rekindle.deliver.links;

import org.jspecify.annotations.NullMarked;
