@NullMarked
package io.rekindle.models.recommend;

import org.jspecify.annotations.NullMarked;
