@NullMarked
package io.rekindle.models.table;

import org.jspecify.annotations.NullMarked;
