@NullMarked
package io.rekindle.collect.imports;

import org.jspecify.annotations.NullMarked;
